"""What a check is bound to: a change, and the side of it that the check asks for."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.catalogue.load import load
from conformance.model.cases import Side
from conformance.model.versions import ApiVersion


@dataclass(frozen=True)
class Binding:
    """What a check is bound to."""

    change: str
    side: Side

    def covers(self, version: ApiVersion) -> bool:
        """Whether the check has something to ask in `version`."""
        window = load()[self.change].window
        match self.side:
            case Side.SINCE:
                return version in window
            case Side.BEFORE:
                return window.is_before(version)
            case Side.AFTER:
                return window.is_after(version)
            case Side.ALWAYS:
                return True

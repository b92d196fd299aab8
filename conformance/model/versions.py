"""API versions and the windows of versions in which something holds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import total_ordering
from typing import NamedTuple

_VERSION = re.compile(r"(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})", re.ASCII)


@total_ordering
class ApiVersion:
    """A version of the Remote API, such as 1.21. Ordered by number: 1.100 is newer than 1.41.

    It is immutable. ``conformance.model.codec`` writes it as ``"1.21"`` and reads it back.
    """

    __slots__ = ("_number",)

    def __init__(self, major: int, minor: int) -> None:
        self._number = (major, minor)

    @property
    def major(self) -> int:
        """The number before the dot."""
        return self._number[0]

    @property
    def minor(self) -> int:
        """The number behind the dot."""
        return self._number[1]

    @classmethod
    def parse(cls, text: str) -> ApiVersion:
        """Read ``"1.21"``; raise ValueError for any other text, also for ``"v1.21"`` and ``"1.021"``."""
        match = _VERSION.fullmatch(text)
        if match is None:
            raise ValueError(f"not an API version: {text!r} (expected MAJOR.MINOR, for example 1.21)")
        return cls(int(match[1]), int(match[2]))

    def next_minor(self) -> ApiVersion:
        """The version whose minor number is one more."""
        return ApiVersion(self.major, self.minor + 1)

    def previous_minor(self) -> ApiVersion:
        """The version whose minor number is one less. Raises ValueError if there is none."""
        if self.minor == 0:
            raise ValueError(f"no version comes directly before {self}")
        return ApiVersion(self.major, self.minor - 1)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ApiVersion) and self._number == other._number

    def __lt__(self, other: object) -> bool:
        return self._number < other._number if isinstance(other, ApiVersion) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._number)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"

    def __repr__(self) -> str:
        return f"ApiVersion({self.major}, {self.minor})"


class Window(NamedTuple):
    """The versions from ``since`` to ``until``, both inclusive; ``until`` None means: to this day."""

    since: ApiVersion
    until: ApiVersion | None = None

    def __contains__(self, version: object) -> bool:
        return isinstance(version, ApiVersion) and self.since <= version and not self.is_after(version)

    def is_before(self, version: ApiVersion) -> bool:
        """Tell whether `version` is older than the window."""
        return version < self.since

    def is_after(self, version: ApiVersion) -> bool:
        """Tell whether `version` is newer than the window."""
        return self.until is not None and version > self.until

    def __str__(self) -> str:
        if self.until is None:
            return f"{self.since}-"
        return str(self.since) if self.since == self.until else f"{self.since}-{self.until}"


def parse_selection(text: str, known: Iterable[ApiVersion]) -> list[ApiVersion]:
    """Read a selection of versions.

    ``"1.14-1.21"`` and ``"1.24,1.41"`` may be combined by commas, each version may begin with a ``v``; ``"all"`` is every
    version in `known`.
    A range yields the known versions inside it, a single version yields itself if it is known.
    Returns versions in ascending order without repeats. Raises ValueError, naming the part that is wrong.
    """
    versions = sorted(set(known))
    if text.strip() == "all":
        return versions
    chosen: set[ApiVersion] = set()
    for part in text.split(","):
        first, dash, last = (piece.strip().removeprefix("v") for piece in part.partition("-"))
        low = ApiVersion.parse(first)
        high = ApiVersion.parse(last) if dash else low
        if low > high:
            raise ValueError(f"{part.strip()!r} runs backwards; did you mean {high}-{low}?")
        inside = [version for version in versions if low <= version <= high]
        span = f"{versions[0]} to {versions[-1]}" if versions else "none"
        if not dash and not inside:
            raise ValueError(f"{low} is not a version this suite knows ({span})")
        if dash and (low not in versions or high not in versions):
            raise ValueError(f"{part.strip()!r} reaches outside the versions this suite knows ({span})")
        chosen.update(inside)
    return sorted(chosen)

"""What the checks of a run asked of each operation and what came, without bodies: the ground for its coverage.

A record says for each status, parameter and member in which versions it was seen: ``{"404": "1.14-1.18 1.21"}``. Members are
paths with ``[]`` for the elements of an array and ``{}`` for the values of a map, behind the status of their answer:
``"200 [].Ports[].Type"``; those of requests have no status: ``".HostConfig.Memory"``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from conformance.model.versions import ApiVersion

_STRETCH = re.compile(r"(\d+)\.(\d+)(?:-\1\.(\d+))?")


class OperationRecord(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    """What was seen of one operation, each with its versions. `undocumented` are members that no document knows."""

    statuses: dict[str, str] = {}
    parameters: dict[str, str] = {}
    body: dict[str, str] = {}
    members: dict[str, str] = {}
    undocumented: dict[str, str] = {}

    def places(self) -> Iterable[tuple[str, str, str]]:
        """Each place that was seen: its kind (the name of a field here), its name and its versions."""
        for kind in self.__struct_fields__:
            for name, versions in getattr(self, kind).items():
                yield kind, name, versions


#: Records by the names of the operations (``GET /containers/(id)/json``).
CoverageRecord = dict[str, OperationRecord]


def check_coverage(record: CoverageRecord) -> None:
    """Raise ValueError for a record whose versions are no versions."""
    for operation in record.values():
        for _, _, versions in operation.places():
            parse_versions(versions)


def write_versions(versions: Iterable[ApiVersion]) -> str:
    """Versions as text: stretches of neighbours, such as ``1.14-1.18 1.21``."""
    runs: list[list[ApiVersion]] = []
    for version in sorted(versions):
        if runs and version == runs[-1][-1].next_minor():
            runs[-1].append(version)
        else:
            runs.append([version])
    return " ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


@lru_cache(maxsize=1024)
def parse_versions(text: str) -> frozenset[ApiVersion]:
    """Read what write_versions() writes. Raises ValueError for anything else."""
    found: set[ApiVersion] = set()
    for part in text.split(" "):
        match = _STRETCH.fullmatch(part)
        if match is None or int(match[3] or match[2]) < int(match[2]) or int(match[3] or 0) > 9999:
            raise ValueError(f"not a list of API versions: {text!r} (expected such as 1.14-1.18 1.21)")
        major, first = int(match[1]), int(match[2])
        found |= {ApiVersion(major, minor) for minor in range(first, int(match[3] or first) + 1)}
    return frozenset(found)

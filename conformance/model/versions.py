"""API versions and the windows of versions in which something holds."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from functools import cache, total_ordering
from pathlib import Path
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


class Release(NamedTuple):
    """The first engine release that has an API version, and its month (``"2015-04"``; "" where it is not known)."""

    engine: str
    month: str


@cache
def releases() -> dict[ApiVersion, Release]:
    """Every version that documents describe, in ascending order, as ``versions.toml`` beside this module lists them."""
    rows = tomllib.loads(Path(__file__).with_name("versions.toml").read_text("utf-8"))
    found = {
        ApiVersion.parse(name): Release(row["engine"], row.get("released", "")) for name, row in rows.items()
    }
    return {version: found[version] for version in sorted(found)}


def parse_selection(
    text: str,
    known: Iterable[ApiVersion],
    *,
    of: str = "the catalogue",
    asks: Callable[[ApiVersion], bool] = lambda _: True,
) -> list[ApiVersion]:
    """Read a selection of the versions in `known`, which are those of `of`.

    ``"1.14-1.21"`` and ``"1.24,1.41"`` may be combined by commas, each version may begin with a ``v``; ``"all"`` is every
    version in `known`. A single version yields itself, a range and ``"all"`` yield those of their versions that `asks`
    accepts. Returns versions in ascending order without repeats. Raises ValueError, naming the part that is wrong.
    """
    versions = sorted(set(known))
    if text.strip() == "all":
        return [version for version in versions if asks(version)]
    chosen: set[ApiVersion] = set()
    for part in text.split(","):
        low, high = (_known(piece, versions, of) for piece in _ends(part))
        if low > high:
            raise ValueError(f"{part.strip()}: runs backwards; did you mean {high}-{low}?")
        chosen |= {
            version for version in versions if low <= version <= high and (low == high or asks(version))
        }
    return sorted(chosen)


def _ends(part: str) -> tuple[str, str]:
    first, dash, last = (piece.strip().removeprefix("v") for piece in part.partition("-"))
    return first, last if dash else first


def _known(text: str, versions: list[ApiVersion], of: str) -> ApiVersion:
    try:
        version = ApiVersion.parse(text)
    except ValueError as error:
        raise ValueError(f"{text}: {error}") from None
    if version not in versions:
        span = f"{versions[0]}-{versions[-1]}" if versions else "which has none"
        raise ValueError(f"{version}: not in {of} ({span})")
    return version

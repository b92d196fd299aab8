"""JSON documents as a check reads them: at(), array(), and a note of every member that was read.

The notes say which members a verdict rests on; mutation testing breaks exactly those.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

from conformance.catalogue.maps import get_map_name, is_map
from conformance.http import strict_json
from conformance.http.errors import Malformed, Missing
from conformance.model.text import one_line

#: Pytest shows the arguments of every function on the way to a failure; here they may be megabytes.
__tracebackhide__ = True

Path = tuple[str | int, ...]


class _Absent:
    """The type of ABSENT: no such member, which is not the same as a member that is null.

    It can be compared for equality and is false; any other operation on it raises Missing.
    """

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False

    def _missing(self, *_: Any) -> NoReturn:
        raise Missing("no such member")

    __iter__ = __len__ = __contains__ = __getitem__ = _missing
    __lt__ = __le__ = __gt__ = __ge__ = _missing

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):  # what Python and pytest look for in any object
            raise AttributeError(name)
        self._missing()


ABSENT = _Absent()


def at(document: Any, *path: str | int) -> Any:
    """Return the member of `document` at `path`, or ABSENT.

    A string part is split at its dots (``at(doc, "HostConfig.Memory")``); an int is an index into an array. A key that
    itself holds a dot is reached by plain indexing. A part below something that is no object gives ABSENT.
    """
    for part in path:
        for key in part.split(".") if isinstance(part, str) else (part,):
            if isinstance(document, dict) and isinstance(key, str):
                document = document.get(key, ABSENT)
            elif (
                isinstance(document, list) and isinstance(key, int) and -len(document) <= key < len(document)
            ):
                document = document[key]
            else:
                return ABSENT
    return document


def array(document: Any, *path: str | int) -> list[Any]:
    """Return the array at `path` in `document`. Raises AssertionError for anything else."""
    value = at(document, *path)
    if not isinstance(value, list):
        raise AssertionError(
            f"{'.'.join(map(str, path)) or 'the answer'}: expected an array, got {one_line(repr(value))}"
        )
    return value


def known(value: Any, wanted: Any, member: str = "") -> Any:
    """The value without the members that `wanted` does not have, at any depth: a client ignores members that it does not know.

    `member` is the name of the value. A map from names that users choose (``conformance.catalogue.maps``) keeps all of its names.
    """
    if isinstance(value, dict) and isinstance(wanted, dict):
        keeps_all = is_map(member)
        return {
            name: known(inner, wanted.get(name), get_map_name(member, name))
            for name, inner in value.items()
            if keeps_all or name in wanted
        }
    if isinstance(value, list) and isinstance(wanted, list) and len(value) == len(wanted):
        return [known(element, other) for element, other in zip(value, wanted, strict=True)]
    return value


class JsonObject(dict[str, Any]):
    """A JSON object that notes which of its members are read."""

    __slots__ = ("_reads", "_trail")
    _reads: dict[Path, bool]
    _trail: Path

    def _note(self, key: Any) -> None:
        self._reads[(*self._trail, key)] = super().__contains__(key)

    def __getitem__(self, key: str) -> Any:
        self._note(key)
        if not super().__contains__(key):
            raise Missing(f"no member {key!r}")
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """As dict.get, noted."""
        self._note(key)
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self._note(key)
        return super().__contains__(key)

    def __iter__(self) -> Iterator[str]:
        self._reads[self._trail] = True
        return super().__iter__()

    def items(self) -> Any:
        """As dict.items; every member counts as read."""
        for key in super().__iter__():
            self._note(key)
        return super().items()

    def values(self) -> Any:
        """As dict.values; every member counts as read."""
        for key in super().__iter__():
            self._note(key)
        return super().values()


class JsonArray(list[Any]):
    """A JSON array that notes which of its elements are read."""

    __slots__ = ("_reads", "_trail")
    _reads: dict[Path, bool]
    _trail: Path

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, int):
            there = self._reads[(*self._trail, index)] = -len(self) <= index < len(self)
            if not there:
                raise Missing(f"no element {index} in an array of {len(self)}")
        return super().__getitem__(index)

    def __iter__(self) -> Iterator[Any]:
        for index, element in enumerate(super().__iter__()):
            self._reads[(*self._trail, index)] = True
            yield element


def track(value: Any, trail: Path, reads: dict[Path, bool]) -> Any:
    """`value` with every object and array in it noting in `reads` what is read; `trail` is the path to `value`."""
    node: JsonObject | JsonArray
    if isinstance(value, dict):
        node = JsonObject((key, track(member, (*trail, key), reads)) for key, member in value.items())
    elif isinstance(value, list):
        node = JsonArray(track(element, (*trail, index), reads) for index, element in enumerate(value))
    else:
        return value
    node._trail, node._reads = trail, reads
    return node


def parse_json(text: bytes | str) -> Any:
    """Parse strict JSON (see ``conformance.http.strict_json``); raises Malformed for anything else."""
    try:
        return strict_json.load(text)
    except ValueError as error:
        raise Malformed(f"not JSON: {one_line(str(error))}: {one_line(_decode(text[:400]))}") from None


def _decode(text: bytes | str) -> str:
    return text if isinstance(text, str) else text.decode("utf-8", "replace")

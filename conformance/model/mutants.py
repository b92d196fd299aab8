"""The vocabulary of faults: what a mutant may say.

A mutant is one way in which a broken daemon would violate a statement. It names the exchanges in which the fault happens, and
the fault with its arguments. ``conformance.mutation.faults`` has a function for each name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import msgspec

MutantSide = Literal["since", "before", "after"]


class Mutant(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A way in which a broken daemon would violate a statement.

    `side` says which cases of the statement must notice it. The exchanges in which the fault happens are chosen by `method`
    and `path` (with ``(id)`` and ``(name)`` as in the documents; without a path, the endpoints of the statement), by `versions`
    of the path (``""`` all, ``1.14-1.18``, ``1.19-``, ``versioned``, ``unversioned``), by `query`, a regular expression that
    must be found in the query as it is sent, and by `status` of the daemon's response (0 any).
    `repairs` reverses the meaning: the daemon at hand violates the statement or cannot be asked, and the fault makes it behave.
    Cases that do not pass without it must then pass with it, and mutants that find no passing case are tested on top of it.
    """

    name: str
    fault: str
    side: MutantSide = "since"
    method: str = ""
    path: str = ""
    versions: str = ""
    query: str = ""
    status: int = 0
    repairs: bool = False
    args: dict[str, Any] = {}


class Argument(NamedTuple):
    """An argument of a fault: its types, whether it may be left out, and its values if only some are allowed."""

    types: tuple[type, ...]
    optional: bool = False
    choices: tuple[str, ...] = ()


_TEXT = Argument((str,))
_MAYBE_TEXT = Argument((str,), optional=True)
_ANY = Argument((str, int, float, bool, list, dict))
_MAYBE_ANY = Argument(_ANY.types, optional=True)
_NUMBER = Argument((int, float))
_COUNT = Argument((int,))
_MAYBE_LIST = Argument((list,), optional=True)


def _one_of(*words: str, optional: bool = False) -> Argument:
    return Argument((str,), optional, words)


# "member" is a path into JSON: dots between names, * for each element or member. It is applied to each message of a stream.
# With "header" it is a path into the JSON of a base64 header.
_MEMBER = {"member": _TEXT, "header": _MAYBE_TEXT}
# a part of a request: a member of its JSON body, a query parameter, a header, or a member inside a header
_PLACE = {"member": _MAYBE_TEXT, "query": _MAYBE_TEXT, "header": _MAYBE_TEXT}
# how a tar archive is changed
_ARCHIVE = {
    "do": _one_of(
        "empty", "half", "prefix", "strip", "flatten", "mode", "uid", "gid", "mtime", "content", "add"
    ),
    "value": Argument((str, int), optional=True),
}

FAULTS: dict[str, dict[str, Argument]] = {
    # the response
    "status": {"to": _COUNT},
    "drop": _MEMBER,
    "rename": {**_MEMBER, "to": _TEXT},
    "move": {**_MEMBER, "to": _TEXT},
    "null": _MEMBER,
    "retype": {**_MEMBER, "type": _one_of("bool", "int", "float", "string", "array", "object", "other")},
    "alter": {**_MEMBER, "value": _MAYBE_ANY},
    "add": {**_MEMBER, "value": _ANY},
    "elements": {"member": _MAYBE_TEXT, "keep": _one_of("none", "first", "rest", "reversed", "doubled")},
    "replace": {"text": _TEXT, "by": _TEXT},
    "cut": {"keep": _NUMBER},
    "break-off": {"after": _COUNT},
    "endless": {},
    "header": {"name": _TEXT, "value": _TEXT},
    "drop-header": {"name": _TEXT},
    "upgrade": {},
    "stale": {},
    "messages": {
        "do": _one_of("lose", "double", "reorder", "freeze", "first", "glue"),
        "where": Argument((dict,), optional=True),
    },
    "frames": {
        "do": _one_of(
            "mislabel",
            "merge",
            "truncate",
            "reorder",
            "unframe",
            "frame",
            "padding",
            "little-endian",
            "lose-stdout",
            "lose-stderr",
        )
    },
    "websocket": {"do": _one_of("text", "binary", "unframe", "lose")},
    "archive": _ARCHIVE,
    "delay": {"seconds": _NUMBER},
    "silence": {},
    "hang-up": {},
    # the request, before the daemon sees it
    "gone": {},
    "answer": {"status": _COUNT, "json": _MAYBE_ANY, "text": _MAYBE_TEXT},
    "swallow": _PLACE,
    "ask": {**_PLACE, "value": _ANY},
    "as-version": {"to": _TEXT},
    "route": {"to": _TEXT, "method": _MAYBE_TEXT},
    "upload": _ARCHIVE,
    "reword": {"text": _TEXT, "by": _TEXT},
    "retarget": {"text": _TEXT, "by": Argument((str,))},
    "cut-request": {"keep": _NUMBER},
    "stdin": {"do": _one_of("lose", "double", "hold-open")},
    "linger": {},
    # another engine or host; see EMULATORS
    "emulate": {},
}

#: What the fault "emulate" can put in place of the daemon or its host, by the argument "emulator", and the other arguments of
#: each. Needs that are met on the emulated host are in "has".
EMULATORS: dict[str, dict[str, Argument]] = {
    # another listener or socket file
    "tls-takes-anybody": {},
    "tls-speaks-plain": {},
    "tls-refuses-everybody": {},
    "socket-for-everybody": {},
    "socket-of-another-group": {},
    "socket-keeps-the-group-out": {},
    "no-other-address": {},
    # an engine that serves versions up to "serves"; in those beyond the daemon's own it ignores and assumes members of the
    # request (paths and values), omits and adds members of the response, and sends streams in the media types of "streams"
    # where the client accepts one
    "newer-engine": {
        "serves": _TEXT,
        "ignores": _MAYBE_LIST,
        "assumes": Argument((dict,), optional=True),
        "omits": _MAYBE_LIST,
        "adds": Argument((dict,), optional=True),
        "streams": _MAYBE_LIST,
    },
    # an engine that serves the versions from "floor" to "serves", and each path of "minima" from a version on; it refuses the
    # others with 400, in JSON for versions from "json" on and in text for older ones
    "version-window": {
        "floor": _TEXT,
        "serves": _TEXT,
        "json": _TEXT,
        "minima": Argument((dict,), optional=True),
    },
    # an engine that shows the whole container inside an exec instance
    "exec-shows-container": {},
    # a host with a file, such as one of a cgroup, that has the value of a member of the create request, or a default; the
    # daemon at hand does not get the member where it is withheld
    "cgroup-file": {
        "file": _TEXT,
        "member": _TEXT,
        "default": _COUNT,
        "withheld": Argument((bool,), optional=True),
        "has": _MAYBE_LIST,
    },
    # an engine that refuses a lower value of a member of the create request, as it refuses that value in another member
    "lowest-value": {"member": _TEXT, "lowest": _COUNT, "refused_in": _TEXT, "has": _MAYBE_LIST},
    # a host on which a privileged exec process that reads a text finds another
    "privileged-exec": {"reads": _TEXT, "finds": _TEXT},
}

_VERSIONS = re.compile(r"unversioned|versioned|\d+\.\d+(-(\d+\.\d+)?)?|-\d+\.\d+")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def problems(mutant: Mutant) -> Iterator[tuple[str, str]]:
    """What is wrong with a mutant: pairs of the word to look for in the file and a sentence."""
    for word, sentence in _find_problems(mutant):
        yield word, f"mutant {mutant.name}: {sentence}"


def _find_problems(mutant: Mutant) -> Iterator[tuple[str, str]]:
    if not _NAME.fullmatch(mutant.name):
        yield mutant.name, "a name is lower-case words joined by hyphens"
    if mutant.versions and not _VERSIONS.fullmatch(mutant.versions):
        allowed = "1.19, 1.14-1.18, 1.19-, -1.18, versioned, unversioned"
        yield mutant.name, f"versions: expected one of {allowed}, got {mutant.versions!r}"
    if mutant.path and not mutant.path.startswith("/"):
        yield mutant.name, f"path: expected a slash at the start, got {mutant.path!r}"
    if not _is_pattern(mutant.query):
        yield mutant.name, f"query: not a regular expression: {mutant.query!r}"
    if mutant.fault not in FAULTS:
        yield mutant.name, f"unknown fault {mutant.fault!r}; known are {', '.join(FAULTS)}"
    elif mutant.fault == "emulate":
        emulator = mutant.args.get("emulator")
        if emulator in EMULATORS:
            yield from _check_arguments(mutant, {"emulator": _TEXT, **EMULATORS[emulator]})
        else:
            yield mutant.name, f"unknown emulator {emulator!r}; known are {', '.join(EMULATORS)}"
    else:
        yield from _check_arguments(mutant, FAULTS[mutant.fault])
    if mutant.fault == "retarget" and not _is_pattern(mutant.args.get("text")):
        yield mutant.name, f"text: not a regular expression: {mutant.args.get('text')!r}"
    places = set(_PLACE) & set(mutant.args)
    if mutant.fault in ("swallow", "ask") and len(places) != 1 and places != {"member", "header"}:
        yield mutant.name, f"{mutant.fault} takes one of {', '.join(_PLACE)}, or a member inside a header"


def _is_pattern(text: object) -> bool:
    try:
        re.compile(str(text))
    except re.error:
        return False
    return True


def _check_arguments(mutant: Mutant, known: dict[str, Argument]) -> Iterator[tuple[str, str]]:
    for name in mutant.args:
        if name not in known:
            takes = ", ".join(known) or "no arguments"
            yield mutant.name, f"{mutant.fault} has no argument {name!r}; it takes {takes}"
    for name, argument in known.items():
        if name in mutant.args:
            wanted = _find_expected(argument, mutant.args[name])
            if wanted:
                yield mutant.name, f"{mutant.fault}: {name}: expected {wanted}, got {mutant.args[name]!r}"
        elif not argument.optional:
            yield mutant.name, f"{mutant.fault} needs the argument {name!r}"


def _find_expected(argument: Argument, value: Any) -> str:
    """What was expected in place of a value that does not fit; ``""`` if it fits."""
    if type(value) not in argument.types:
        return " or ".join(kind.__name__ for kind in argument.types)
    if argument.choices and value not in argument.choices:
        return f"one of {', '.join(argument.choices)}"
    return ""

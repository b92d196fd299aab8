"""The vocabulary of faults: what a mutant may say. What each does to a daemon's answers is in ``conformance.mutation``.

A mutant is one way in which a broken daemon would violate a change. It names the exchanges that are to be broken, and one
fault with its arguments. Here is only what can be said; ``conformance.mutation.faults.registry`` has a function for each name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import msgspec

MutantSide = Literal["since", "before", "after"]


class Mutant(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A way in which a broken daemon would violate a change.

    `side` says which cases of the change are to notice it. The rest says which exchanges are broken: `method` and `path`
    (with ``(id)`` and ``(name)`` as in the documents; without both, the endpoints of the change), `versions` of the path
    asked (``""`` all, ``1.14-1.18``, ``1.19-``, ``unversioned``), `query`, a regular expression that is to be found in the
    query as it is sent, `status` of the daemon's answer (0 any).
    With `mends` it is the other way round: the daemon at hand violates the change or cannot be asked, and the fault makes
    it behave; the cases that do not pass without it are to pass with it. Mutants that find no case to break are then
    tried upon the mended daemon.
    """

    name: str
    fault: str
    side: MutantSide = "since"
    method: str = ""
    path: str = ""
    versions: str = ""
    query: str = ""
    status: int = 0
    mends: bool = False
    args: dict[str, Any] = {}


class Argument(NamedTuple):
    """An argument of a fault: its types, whether it may be left out, and the words it is limited to."""

    types: tuple[type, ...]
    optional: bool = False
    choices: tuple[str, ...] = ()


_TEXT = Argument((str,))
_MAYBE_TEXT = Argument((str,), optional=True)
_ANY = Argument((str, int, float, bool, list, dict))
_MAYBE_ANY = Argument(_ANY.types, optional=True)
_NUMBER = Argument((int, float))
_COUNT = Argument((int,))


def _one_of(*words: str, optional: bool = False) -> Argument:
    return Argument((str,), optional, words)


# "member" is a path into JSON: dots between names, * for each element or member. It is looked up in each message of a
# stream. "header" moves a fault about members into a header that is base64 of JSON.
_MEMBER = {"member": _TEXT, "header": _MAYBE_TEXT}
# what in a request: a member of its JSON body, a query parameter, a header, or a member inside a header
_PLACE = {"member": _MAYBE_TEXT, "query": _MAYBE_TEXT, "header": _MAYBE_TEXT}
# what becomes of a tar archive
_ARCHIVE = {
    "do": _one_of(
        "empty", "half", "prefix", "strip", "flatten", "mode", "uid", "gid", "mtime", "content", "add"
    ),
    "value": Argument((str, int), optional=True),
}

FAULTS: dict[str, dict[str, Argument]] = {
    # the answer
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
    # what no proxy can do: the scripted stand-in says what it is
    "stand-in": {
        "what": _one_of(
            "tls-takes-anybody",
            "tls-speaks-plain",
            "tls-refuses-everybody",
            "socket-for-everybody",
            "socket-of-another-group",
            "socket-keeps-the-group-out",
            "nobody-listens-elsewhere",
            "a-newer-engine",
            "an-engine-that-shows-the-container-of-an-exec",
            "a-kernel-that-limits-more",
            "a-host-that-withholds-no-capability",
        )
    },
}

_VERSIONS = re.compile(r"unversioned|versioned|\d+\.\d+(-(\d+\.\d+)?)?|-\d+\.\d+")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def problems(mutant: Mutant) -> Iterator[tuple[str, str]]:
    """What is wrong with a mutant: pairs of the word where the eye should go and a sentence."""
    if not _NAME.fullmatch(mutant.name):
        yield mutant.name, f"mutant {mutant.name!r}: a name is made of lower-case words and hyphens"
    if mutant.versions and not _VERSIONS.fullmatch(mutant.versions):
        yield (
            mutant.name,
            f"mutant {mutant.name}: versions = {mutant.versions!r} is none of 1.19, 1.14-1.18, 1.19-, -1.18, versioned, unversioned",
        )
    if mutant.path and not mutant.path.startswith("/"):
        yield mutant.name, f"mutant {mutant.name}: path = {mutant.path!r} does not begin with a slash"
    if not _is_pattern(mutant.query):
        yield mutant.name, f"mutant {mutant.name}: query = {mutant.query!r} is no regular expression"
    known = FAULTS.get(mutant.fault)
    if known is None:
        yield (
            mutant.name,
            f"mutant {mutant.name}: there is no fault {mutant.fault!r}; there are {', '.join(FAULTS)}",
        )
        return
    for name in mutant.args:
        if name not in known:
            takes = ", ".join(known) or "no arguments"
            yield (
                mutant.name,
                f"mutant {mutant.name}: {mutant.fault} has no argument {name!r}, it takes {takes}",
            )
    for name, argument in known.items():
        yield from (
            (mutant.name, f"mutant {mutant.name}: {mutant.fault} {trouble}")
            for trouble in _argument(name, argument, mutant.args)
        )
    if mutant.fault == "retarget" and not _is_pattern(mutant.args.get("text")):
        yield (
            mutant.name,
            f"mutant {mutant.name}: text = {mutant.args.get('text')!r} is no regular expression",
        )
    places = set(_PLACE) & set(mutant.args)
    if mutant.fault in ("swallow", "ask") and len(places) != 1 and places != {"member", "header"}:
        yield (
            mutant.name,
            f"mutant {mutant.name}: {mutant.fault} takes one of {', '.join(_PLACE)}, or a member inside a header",
        )


def _is_pattern(text: object) -> bool:
    try:
        re.compile(str(text))
    except re.error:
        return False
    return True


def _argument(name: str, argument: Argument, args: dict[str, Any]) -> Iterator[str]:
    if name not in args:
        if not argument.optional:
            yield f"needs the argument {name!r}"
        return
    value = args[name]
    if type(value) not in argument.types:
        wanted = " or ".join(kind.__name__ for kind in argument.types)
        yield f"takes {wanted} as {name!r}, not {value!r}"
    elif argument.choices and value not in argument.choices:
        yield f"takes as {name!r} one of {', '.join(argument.choices)}, not {value!r}"

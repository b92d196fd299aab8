"""Reports and waivers of the old form, which named a case by the file of its test, in today's form.

Format 1 of the report wrote a case as ``FILE::FUNCTION[STATEMENT@VERSION-PARAMETERS]``; format 2 writes it as
``STATEMENT::FUNCTION[PARAMETERS]@VERSION``, so that moving a test to another file changes no name. Waivers named tests by
``FILE::FUNCTION`` and now name them by ``FUNCTION``. Verdicts, reasons and durations stay as they are.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from conformance.catalogue import load
from conformance.model import codec
from conformance.model.cases import Case, Side
from conformance.model.errors import UsageError
from conformance.model.verdicts import Result, Verdict
from conformance.model.versions import ApiVersion
from conformance.report.evidence import evidence_path
from conformance.report.file import (
    FORMAT,
    Footer,
    Header,
    digest,
    report_bytes,
    write_whole,
)

OLD_FORMAT = 1
#: How a test was named in the old form of waivers.
_OLD_NAME = re.compile(r"([^\"'\n]*\.py)::")
_OLD_STRING = re.compile(r"(?P<quote>[\"'])[^\"'\n]*\.py::")


class _OldCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    change: str
    version: ApiVersion
    check: str
    parameters: str = ""
    side: Side = Side.SINCE

    @property
    def key(self) -> str:
        tail = f"-{self.parameters}" if self.parameters else ""
        return f"{self.check}[{self.change}@{self.version}{tail}]"

    def converted(self) -> Case:
        return Case(
            change=self.change,
            test=_without_file(self.check),
            parameters=self.parameters,
            version=self.version,
            side=self.side,
        )


class _OldResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    case: _OldCase
    verdict: Verdict
    reason: str = ""
    seconds: float = 0.0
    daemon_seconds: float = 0.0
    evidence: bool = False

    def converted(self) -> Result:
        return Result(
            case=self.case.converted(),
            verdict=self.verdict,
            reason=self.reason,
            seconds=self.seconds,
            daemon_seconds=self.daemon_seconds,
            evidence=self.evidence,
        )


_NOTHING = msgspec.Raw()


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    header: msgspec.Raw = _NOTHING
    case: msgspec.Raw = _NOTHING
    footer: msgspec.Raw = _NOTHING


def convert(path: Path, output: Path) -> str:
    """Write the report or the waivers of `path` in today's form to `output`; returns in words what was converted.

    Evidence that lies beside a report is converted with it. Nothing is written if the file has today's form already.
    Raises UsageError, naming file and line, for a file that is neither or is damaged, and OSError if a file cannot be written.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot read the file: {error.strerror}") from None
    if data.lstrip().startswith(b"{"):
        return _convert_report(path, data, output)
    return _convert_waivers(path, data, output)


def is_old_name(name: str) -> bool:
    """Whether a waiver names a test in the old form."""
    return _OLD_NAME.match(name) is not None


def _without_file(name: str) -> str:
    return name.partition("::")[2] if is_old_name(name) else name


# reports


def _convert_report(path: Path, data: bytes, output: Path) -> str:
    lines = data.split(b"\n")
    lines.pop()  # empty, or cut short by a kill
    if not lines:
        raise UsageError(f"{path}:1: not a report: its first line is cut short")
    first = _decode(lines[0], _Line, path, 1).header
    if not bytes(first):
        raise UsageError(f"{path}:1: not a report: the first line holds no header")
    head = _decode(first, dict[str, Any], path, 1)
    if head.get("format") != OLD_FORMAT:
        return "already in today's form; unchanged"
    raw, last = [bytes(first)], None
    old: list[_OldResult] = []
    for number, text in enumerate(lines[1:], 2):
        line = _decode(text, _Line, path, number)
        if last is not None:
            raise UsageError(f"{path}:{number}: a line follows the footer")
        if bytes(line.case):
            raw.append(bytes(line.case))
            old.append(_decode(line.case, _OldResult, path, number))
        elif bytes(line.footer):
            last = _decode(line.footer, Footer, path, number)
        else:
            raise UsageError(f"{path}:{number}: neither a case nor a footer")
    if last is not None and last.digest != digest(raw):
        raise UsageError(
            f"{path}:{len(lines)}: the footer's digest does not fit the lines: the report was edited or damaged"
        )
    keys = {result.case.key: result.case.converted().key for result in old}
    header = _header(head, keys, path, {result.case.change for result in old})
    evidence = evidence_path(path)
    if evidence.exists():
        write_whole(evidence_path(output), b"".join(_evidence(evidence, keys)))
    write_whole(output, report_bytes(header, [result.converted() for result in old], last))
    return f"converted {len(old)} cases"


def _header(head: dict[str, Any], keys: dict[str, str], path: Path, asked: set[str]) -> Header:
    """The header in today's form; the digests of the statements are known if the catalogue is still the same."""
    selection = dict(head.get("selection") or {})
    if "case" in selection:
        selection["case"] = [keys.get(key, key) for key in selection["case"]]
    waivers = [
        {**row, "cases": [_without_file(name) for name in row["cases"]]} if "cases" in row else row
        for row in head.get("waivers") or []
    ]
    same = head.get("catalogue") == load().digest
    statements = {name: one for name, one in load().digests.items() if same and name in asked}
    new = {"format": FORMAT, "selection": selection, "waivers": waivers, "statements": statements}
    try:
        return codec.convert({**head, **new}, Header)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}:1: not the header of a report: {error}") from None


def _evidence(path: Path, keys: dict[str, str]) -> Iterable[bytes]:
    for number, text in enumerate(path.read_bytes().splitlines(), 1):
        entry = _decode(text, dict[str, msgspec.Raw], path, number)
        key = _decode(entry.get("key", msgspec.Raw(b"null")), str, path, number)
        yield msgspec.json.encode({**entry, "key": keys.get(key, key)}) + b"\n"


def _decode(text: bytes | msgspec.Raw, kind: Any, path: Path, number: int) -> Any:
    try:
        return codec.decode(text, kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{path}:{number}: not a line of a report of format {OLD_FORMAT}: {error}") from None


# waivers


def _convert_waivers(path: Path, data: bytes, output: Path) -> str:
    """Convert the text, so that comments and order stay."""
    try:
        text = data.decode()
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: neither a report nor a file of waivers: {error}") from None
    amount = sum(is_old_name(name) for name in _names(document))
    if not amount:
        return "already in today's form; unchanged"
    new = _OLD_STRING.sub(lambda match: match["quote"], text)
    if [_without_file(name) for name in _names(document)] != list(_names(tomllib.loads(new))):
        raise UsageError(
            f"{path}: a name in 'cases' is written with escapes; write it as test_name[parameters]"
        )
    write_whole(output, new.encode())
    return f"converted {amount} names of cases"


def _names(document: dict[str, Any]) -> Iterable[str]:
    tables = document.get("waiver")
    for table in tables if isinstance(tables, list) else []:
        names = table.get("cases") if isinstance(table, dict) else None
        yield from (name for name in (names if isinstance(names, list) else []) if isinstance(name, str))

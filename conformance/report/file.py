"""The report file: a header, one line per case, the coverage, a footer, as JSON Lines.

A file without a footer is an interrupted run. Its evidence lies beside it (``conformance.report.evidence``).
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from conformance.model import codec
from conformance.model.errors import Interrupted, UsageError
from conformance.model.policy import Policy
from conformance.model.text import escape_json
from conformance.model.verdicts import Result
from conformance.model.versions import ApiVersion
from conformance.report.coverage_record import CoverageRecord, check_coverage
from conformance.report.evidence import evidence_path
from conformance.report.facts import DaemonFacts, ReportedHost

#: The format of the file; format 1 named cases by the file of their test (see ``conformance.report.convert``).
FORMAT = 2


class Header(msgspec.Struct, kw_only=True):
    """What a run set out to do, and on which daemon.

    `catalogue` is the digest of the whole catalogue, `statements` has that of each statement that the run selected, by its
    id; it is empty where they are not known. `started` is RFC 3339 UTC.
    """

    format: int = FORMAT
    suite_version: str = ""
    catalogue: str = ""
    daemon: DaemonFacts = DaemonFacts()
    host: ReportedHost = ReportedHost()
    versions: list[ApiVersion] = []
    selection: dict[str, Any] = {}
    waivers: list[dict[str, Any]] = []
    started: str = ""
    run: str = ""
    workers: int = 0
    policy: Policy = Policy.EVERY_VERSION
    strict_legacy: bool = False
    strict_contested: bool = False
    statements: dict[str, str] = {}


class Footer(msgspec.Struct, kw_only=True):
    """How a run ended. `digest` is over the lines before the footer, `verdicts` over cases and verdicts alone (so that equal
    runs have equal values); `leaks` lists objects that could not be removed, `foreign` objects of others that
    vanished or changed during the run; `died` says how the daemon died, was restarted or changed its identity, and
    `running` has the keys of the cases that ran when that was noticed; `log` holds the last lines of the log of a private
    daemon. Of a shard, `positions` are the places of its
    cases among all that were `collected`.
    """

    totals: dict[str, int] = {}
    ended: str = ""
    seconds: float = 0.0
    daemon_seconds: float = 0.0
    leaks: list[str] = []
    foreign: list[str] = []
    complete: bool = True
    why_incomplete: str = ""
    exit_code: int = 0
    died: str = ""
    running: list[str] = []
    log: list[str] = []
    verdicts: str = ""
    digest: str = ""
    collected: int = 0
    positions: list[int] = []


class Report(msgspec.Struct, kw_only=True):
    """A whole report as read from its file; `footer` is None for an interrupted run.

    `coverage` is None for an interrupted run, and for one of a suite that did not record it.
    """

    header: Header
    results: list[Result]
    footer: Footer | None
    path: Path
    coverage: CoverageRecord | None = None

    def finished(self) -> Footer:
        """The footer; raises Interrupted if the run was interrupted."""
        if self.footer is None:
            raise Interrupted(f"{self.path} has no footer: that run was interrupted, so run it again")
        return self.footer


def verdict_digest(results: Iterable[Result]) -> str:
    """SHA-256 over cases and verdicts, without reasons and durations: equal for equal runs."""
    return digest(codec.encode([result.case, result.verdict]) for result in results)


def digest(lines: Iterable[bytes]) -> str:
    """SHA-256 over lines without their line feeds, as ``sha256:...``."""
    state = hashlib.sha256()
    for line in lines:
        state.update(line + b"\n")
    return "sha256:" + state.hexdigest()


def _line(kind: str, value: Any) -> bytes:
    return escape_json(codec.encode({kind: value}))


class ReportWriter:
    """Writes a report during the run; ``finish`` puts the lines into their order and adds the footer.

    The file is locked meanwhile. Raises UsageError if another run is writing it.
    """

    def __init__(self, path: Path, header: Header) -> None:
        self.path = path
        self.evidence_path = evidence_path(path)
        self._header = header
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lines = path.open("ab")
        _lock(self._lines, path)
        self._lines.truncate(0)
        self._evidence = self.evidence_path.open("wb")
        self._write(_line("header", header))

    def _write(self, line: bytes) -> None:
        self._lines.write(line + b"\n")
        self._lines.flush()

    def result(self, result: Result) -> None:
        """Add a verdict."""
        self._write(_line("case", result))

    def evidence(self, line: bytes) -> None:
        """Add the evidence of a case, as encode_evidence() writes it."""
        self._evidence.write(line)
        self._evidence.flush()

    def finish(self, results: list[Result], footer: Footer, coverage: CoverageRecord | None = None) -> None:
        """Replace the file by its final form: header, `results` in this order, the rest. Whole or not at all."""
        try:
            write_whole(self.path, report_bytes(self._header, results, footer, coverage))
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Close the files without a footer, so that the report counts as interrupted."""
        try:
            self._lines.close()
        finally:
            self._evidence.close()


def check_unlocked(path: Path) -> None:
    """Raise UsageError if a run is writing the report at `path`, which need not exist."""
    with suppress(OSError), path.open("rb") as file:
        _lock(file, path)


def _lock(file: BinaryIO, path: Path) -> None:
    """Lock a report until it is closed, where the file system has locks. Raises UsageError if another run holds it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise UsageError(
            f"{path}: another run is writing this report; wait for it, or name another file with --report"
        ) from None
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
            raise


def report_bytes(
    header: Header, results: list[Result], footer: Footer | None, coverage: CoverageRecord | None = None
) -> bytes:
    """A whole report file, with the digests set in its footer; without a footer, that of an interrupted run."""
    lines = [_line("header", header), *(_line("case", result) for result in results)]
    if coverage is not None:
        lines.append(_line("coverage", coverage))
    if footer is not None:
        footer.verdicts = verdict_digest(results)
        footer.digest = digest(lines)
        lines.append(_line("footer", footer))
    return b"".join(line + b"\n" for line in lines)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; write straight to a device or a pipe."""
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    path = Path(os.path.realpath(path))
    draft = path.parent / f".{path.name}.{os.getpid()}.draft"
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    header: Header | None = None
    case: Result | None = None
    coverage: CoverageRecord | None = None
    footer: Footer | None = None


def read_report(path: Path) -> Report:
    """Read a report. Raises UsageError with file and line if it is not a report, is damaged, or has another format."""
    decoder = codec.decoder(_Line)
    header: Header | None = None
    footer: Footer | None = None
    coverage: CoverageRecord | None = None
    results: list[Result] = []
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot read the report: {error.strerror}") from None
    lines = data.split(b"\n")
    cut = lines.pop()
    for number, text in enumerate(lines, 1):
        line = _decode(decoder, text, path, number)
        if number == 1:
            if line.header is None:
                raise UsageError(f"{path}:1: not a report: the first line holds no header")
            header = line.header
        elif footer is not None:
            raise UsageError(f"{path}:{number}: a line follows the footer")
        elif coverage is None and line.case is not None:
            results.append(line.case)
        elif coverage is None and line.coverage is not None:
            coverage = _checked(line.coverage, path, number)
        elif line.footer is not None:
            footer = line.footer
        else:
            raise UsageError(f"{path}:{number}: expected a case, the coverage or the footer")
    if header is None:
        raise UsageError(f"{path}:1: not a report: the file is empty or its first line is cut short")
    if cut and footer is not None:
        raise UsageError(f"{path}:{len(lines) + 1}: a line follows the footer")
    if footer is not None and footer.digest != digest(lines[:-1]):
        raise UsageError(
            f"{path}:{len(lines)}: the footer's digest does not fit the lines: the report was edited or damaged"
        )
    return Report(header=header, results=results, footer=footer, path=path, coverage=coverage)


def _checked(coverage: CoverageRecord, path: Path, number: int) -> CoverageRecord:
    """The coverage, with its versions validated."""
    try:
        check_coverage(coverage)
    except ValueError as error:
        raise UsageError(f"{path}:{number}: {error}") from None
    return coverage


def _decode(decoder: msgspec.json.Decoder[_Line], text: bytes, path: Path, number: int) -> _Line:
    if number == 1:
        with suppress(msgspec.DecodeError, UnicodeDecodeError, TypeError, AttributeError, RecursionError):
            declared = msgspec.json.decode(text).get("header", {}).get("format")
            if isinstance(declared, int) and declared > FORMAT:
                raise UsageError(
                    f"{path}:1: this report has format {declared}, this suite reads up to {FORMAT}: update the suite"
                )
            if isinstance(declared, int) and declared < FORMAT:
                raise UsageError(
                    f"{path}:1: this report names its cases in the old form; convert it first: docker-conformance convert {path}"
                )
    try:
        return decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{path}:{number}: not a line of a report: {error}") from None

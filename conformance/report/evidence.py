"""The evidence of a case: its exchanges as the redactor keeps them, and the text of a failure.

One typed value goes from the redactor through the worker's message and the evidence file to every page. The file lies
beside its report as ``NAME.evidence.jsonl``, one JSON object per case that has evidence.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from conformance.model import codec
from conformance.model.errors import UsageError
from conformance.model.text import escape_json
from conformance.model.verdicts import Result


class Body(msgspec.Struct, frozen=True, omit_defaults=True):
    """A body, redacted and cut. `length` is its full length in bytes; it is kept as `text` if it is UTF-8, else in `base64`."""

    length: int
    text: str | None = None
    base64: str | None = None


class RecordedResponse(msgspec.Struct, frozen=True, kw_only=True):
    """A response, redacted. `complete` is False when it was not read to its end."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: Body
    complete: bool = True


class RecordedExchange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request and its response, redacted.

    `role` says who sent the request: ``check``, or ``environment`` for a request that prepares. `seconds` is how long the
    daemon took, `fault` says in one line why no whole response came, `curl` is a command line that repeats the request.
    """

    role: str
    method: str
    target: str
    headers: list[tuple[str, str]]
    seconds: float
    body: Body | None = None
    response: RecordedResponse | None = None
    fault: str = ""
    curl: str = ""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a case by its `key`; `detail` is the text of its failure, `left_out` the number of exchanges that are not kept."""

    key: str
    exchanges: list[RecordedExchange] = []
    detail: str = ""
    left_out: int = 0

    @property
    def asked(self) -> list[RecordedExchange]:
        """The exchanges of the check itself, without those that prepared it."""
        return [exchange for exchange in self.exchanges if exchange.role == "check"]


#: The evidence of a case that has none.
NO_EVIDENCE = Evidence(key="")


class CaseRecord(msgspec.Struct, frozen=True):
    """A case that ended, as a worker hands it to the controller."""

    result: Result
    evidence: Evidence | None

    def to_json(self) -> str:
        """The whole as JSON."""
        return codec.encode(self).decode()

    @classmethod
    def from_json(cls, text: str) -> CaseRecord:
        """The inverse of to_json()."""
        return codec.decode(text, cls)


def encode_evidence(evidence: Evidence) -> bytes:
    """The evidence of a case as a line of its file."""
    return escape_json(msgspec.json.encode(evidence)) + b"\n"


def evidence_path(report: Path) -> Path:
    """Where the evidence of a report lies."""
    return path_beside(report, ".evidence.jsonl")


def page_path(report: Path) -> Path:
    """Where a run writes the page of its report."""
    return path_beside(report, ".html")


def path_beside(report: Path, ending: str) -> Path:
    """A file beside a report, of its name with another ending."""
    return report.with_name(report.name.removesuffix(".jsonl") + ending)


def read_evidence(report: Path) -> Iterator[Evidence]:
    """Read the evidence beside a report, case by case; nothing if there is no such file.

    Raises UsageError with file and line for a line that is not evidence, and for a file that cannot be read.
    """
    path = evidence_path(report)
    if not path.exists():
        return
    decoder = msgspec.json.Decoder(Evidence)
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    yield decoder.decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                    raise UsageError(f"{path}:{number}: not a line of evidence: {error}") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot read the evidence: {error.strerror}") from None

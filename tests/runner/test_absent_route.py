"""A 404 is an answer where there is a route, and none where there is not: whole runs against a scripted daemon."""

import pytest
from hostile import daemon
from hostile.running import command

from conformance.model.verdicts import Verdict
from conformance.report.file import read_report

MISSING = "general/image-history-missing"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "verdict"),
    [("^$", Verdict.NOT_IMPLEMENTED), (r"^GET /v1\.21/images/.*/history", Verdict.PASS)],
    ids=["of the router", "of a route"],
)
def test_a_404_of_the_router_is_no_answer(where, verdict, tmp_path):
    def knows_no_such_image(asked):
        asked.connection.sendall(daemon.document({"message": "no such image"}, "404 Not Found"))

    with daemon.daemon(tmp_path / "s", knows_no_such_image, where) as url:
        command("run", "--host", url, "--api", "1.21", "--change", MISSING, folder=tmp_path)

    report = read_report(tmp_path / "conformance-report.jsonl")
    assert [result.verdict for result in report.results] == [verdict]

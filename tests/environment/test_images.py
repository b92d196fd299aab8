"""Images that checks build upon."""

import json

import pytest
from emulated import environment_on
from hostile.daemon import document, response

from conformance.environment.images import build_contexts
from conformance.http.tar import unpack

IMAGE = "f" * 64
ROUTES = "/containers/|/images/|/build|/commit"


class Builder:
    """Commits and builds; `commits_labels` and `builds_labels` say which of them knows labels, as engines from API v1.17 on do."""

    def __init__(self, commits_labels, builds_labels):
        self.commits_labels, self.builds_labels = commits_labels, builds_labels
        self.labels = {}
        self.dockerfiles = []

    def answer(self, asked):
        path = asked.path.partition("?")[0]
        if path.endswith("/commit"):
            self.labels = json.loads(asked.body)["Labels"] if self.commits_labels else {}
            answer = document({"Id": IMAGE}, "201 Created")
        elif path.endswith("/build"):
            self.dockerfiles.append(unpack(asked.body)["Dockerfile"].content.decode())
            knows = self.builds_labels or "LABEL" not in self.dockerfiles[-1]
            answer = document(
                {"stream": f"Successfully built {IMAGE}"}
                if knows
                else {"error": "Unknown instruction: LABEL"}
            )
        elif path.endswith("/create"):
            answer = document({"Id": "c"}, "201 Created")
        elif "/images/" in path:
            answer = document({"Id": IMAGE, "Config": {"Labels": self.labels}})
        else:
            answer = response(b"", "204 No Content")
        asked.connection.sendall(answer)


@pytest.fixture
def first_lines(tmp_path, state):
    """The lines before the instructions of a build on an engine, without the value of labels."""

    def build(engine):
        with environment_on(tmp_path, engine, ROUTES) as env:
            context = build_contexts(env)("RUN true")
            env.after_removal.clear()  # what looks for leftovers of builds
            lines = unpack(context["body"])["Dockerfile"].content.decode().splitlines()
            return [line.replace(env.prefix, "").partition(" ")[0] for line in lines]

    return build


@pytest.mark.parametrize(
    ("commits", "builds", "lines"),
    [
        (True, True, ["FROM", "RUN"]),
        (False, True, ["FROM", "LABEL", "RUN"]),
        (False, False, ["FROM", "RUN"]),
    ],
    ids=["commit", "build", "neither"],
)
def test_builds_are_labelled_as_far_as_the_daemon_knows_labels(first_lines, commits, builds, lines):
    assert first_lines(Builder(commits, builds)) == lines

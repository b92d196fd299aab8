"""Which versions a daemon serves, how it refuses the others, and whether it serves what it says."""

import json

import pytest

from conformance import assert_refused, assert_status, assert_type, at, since
from conformance.testing import Unavailable, load_catalogue, parse_json

#: The minor number of the oldest version that a served one is looked for from; engines up to 25 go down to it.
OLDEST = 12
PATHS = pytest.mark.parametrize("path", ["/_ping", "/containers/json"])
#: The version that further engines serve as their oldest, and how they are configured to.
FLOOR, BELOW = "1.40", "1.39"
#: The version from which on errors are JSON.
JSON_SINCE = "1.24"


def minor(version):
    """The number behind the dot."""
    return int(version.partition(".")[2])


def message_of(answer):
    """What a refusal in JSON says is wrong."""
    return assert_type(parse_json(answer.text), "message", str)


def words_of(answer):
    """What a refusal says is wrong, in JSON or in text."""
    return message_of(answer) if answer.media_type == "application/json" else answer.text


def versions_around(daemon):
    """Every version from OLDEST to one that is newer than all that documents describe and than the daemon's own."""
    newest = max(daemon.newest, *(change.since for change in load_catalogue().changes.values()))
    return [f"1.{number}" for number in range(OLDEST, newest.minor + 2)]


@pytest.fixture
def newer(daemon):
    """The version after the newest that the daemon serves."""
    return str(daemon.newest.next_minor())


@pytest.fixture
def older(daemon):
    """The version before the oldest that the daemon serves."""
    return str(daemon.oldest.previous_minor())


@pytest.fixture
def too_old_for_json(older):
    """A version that the daemon refuses as too old, from before errors were JSON."""
    if minor(older) >= minor(JSON_SINCE):
        return f"1.{minor(JSON_SINCE) - 1}"
    return older


@pytest.fixture(params=["variable", "configuration"])
def engine_with_a_floor(request, further_engine):
    """An engine that was told, by its environment or by its configuration, to serve no version below FLOOR."""
    if request.param == "variable":
        return further_engine("floor by variable", variables={"DOCKER_MIN_API_VERSION": FLOOR})
    etc = {"docker/floor.json": json.dumps({"min-api-version": FLOOR})}
    return further_engine("floor by configuration", ["--config-file=/etc/docker/floor.json"], etc=etc)


@since("general/window-is-served")
@PATHS
def test_exactly_the_versions_of_the_window_are_served(api, daemon, path):
    document = api.get("/version").json()
    oldest, newest = (minor(assert_type(document, name, str)) for name in ("MinAPIVersion", "ApiVersion"))

    served = {version: api.at(version).get(path).status == 200 for version in versions_around(daemon)}

    wrong = [
        version for version, is_served in served.items() if is_served != (oldest <= minor(version) <= newest)
    ]
    assert wrong == [], f"expected exactly 1.{oldest} to 1.{newest} to be served; the others are {wrong}"


@since("general/window-is-served")
@PATHS
def test_all_other_versions_are_refused_with_400(api, daemon, path):
    outside = [
        version
        for version in versions_around(daemon)
        if not daemon.oldest.minor <= minor(version) <= daemon.newest.minor
    ]

    statuses = {version: api.at(version).get(path).status for version in outside}

    wrong = {version: status for version, status in statuses.items() if status != 400}
    assert wrong == {}, f"expected status 400 outside {daemon.oldest} to {daemon.newest}, got {wrong}"


@since("general/ping-names-the-newest")
@pytest.mark.parametrize("prefix", ["", "oldest"], ids=["without a version", "oldest"])
def test_ping_names_the_newest_version(api, daemon, prefix):
    answer = api.at(daemon.oldest if prefix else None).get("/_ping")

    assert_status(answer, 200)
    named = answer.header("Api-Version")
    assert named == at(api.get("/version").json(), "ApiVersion")
    assert_status(api.at(named).get("/containers/json"), 200)


@since("general/answers-name-the-newest")
def test_answers_and_refusals_name_the_newest_version(api, daemon, newer, older):
    answers = {
        "served": api.get("/containers/json"),
        "not found": api.get("/containers/dockerconf-none/json"),
        "too new": api.at(newer).get("/containers/json"),
        "too old": api.at(older).get("/containers/json"),
    }

    assert_status(answers["served"], 200)
    assert_status(answers["not found"], 404)
    named = {what: answer.header("Api-Version") for what, answer in answers.items()}
    assert named == dict.fromkeys(answers, str(daemon.newest))


@since("general/refusal-names-the-limit")
def test_refusal_of_a_newer_version_names_the_newest(api, daemon, newer):
    answer = api.at(newer).get("/containers/json")

    assert_refused(answer)
    message = words_of(answer)
    assert str(daemon.newest) in message
    assert newer in message


@since("general/refusal-names-the-limit")
def test_refusal_of_an_older_version_names_the_oldest(api, daemon, older):
    answer = api.at(older).get("/containers/json")

    assert_refused(answer)
    message = words_of(answer)
    assert str(daemon.oldest) in message
    assert older in message


@since("general/refusal-is-json")
@PATHS
def test_refusal_of_a_newer_version_is_json(api, newer, path):
    answer = api.at(newer).get(path)

    assert_refused(answer)
    assert answer.media_type == "application/json"
    assert message_of(answer)


@since("general/refusal-is-text")
def test_refusal_of_a_version_without_json_errors_is_text(api, too_old_for_json):
    answer = api.at(too_old_for_json).get("/containers/json")

    assert_refused(answer)
    assert answer.media_type == "text/plain"
    assert too_old_for_json in answer.text


@since("general/raised-floor")
def test_a_raised_floor_is_named_and_kept(engine_with_a_floor):
    api = engine_with_a_floor.api

    document = api.at(None).get("/version").json()

    assert at(document, "MinAPIVersion") == FLOOR
    assert_status(api.at(FLOOR).get("/containers/json"), 200)
    assert_status(api.at(BELOW).get("/containers/json"), 400)


@since("general/raised-floor")
@pytest.mark.parametrize("version", [JSON_SINCE, BELOW])
def test_refusal_below_a_raised_floor_is_json_that_names_it(engine_with_a_floor, version):
    answer = engine_with_a_floor.api.at(version).get("/containers/json")

    assert_status(answer, 400)
    assert answer.media_type == "application/json"
    assert FLOOR in message_of(answer)


@pytest.fixture
def version_below(daemon, minimum):
    """The version before `minimum`. Raises Unavailable where the daemon does not serve it."""
    below = f"1.{minor(minimum) - 1}"
    if minor(below) < daemon.oldest.minor:
        raise Unavailable(f"the daemon serves no version below {minimum}")
    return below


@since("general/route-minimum")
@pytest.mark.parametrize(
    ("path", "minimum"), [("/configs", "1.30"), ("/distribution/dockerconf-none/json", "1.30")]
)
def test_a_path_is_refused_with_400_below_its_version(api, version_below, path, minimum):
    answer = api.at(version_below).get(path)

    assert_status(answer, 400)
    assert minimum in message_of(answer)

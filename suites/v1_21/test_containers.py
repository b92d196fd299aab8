"""GET /containers/json and GET /containers/(id)/json, as API v1.21 changed them (networks: test_network_settings.py)."""

import pytest

from conformance import ABSENT, array, assert_type, at, since
from conformance.testing import becomes_true

WRITTEN = 300_000


@since("1.21/list-imageid")
def test_list_has_the_id_of_the_image(api, env):
    container = env.idle_container()
    image = at(env.get(f"/images/{env.image}/json"), "Id")

    rows = array(api.get("/containers/json").json())

    row = next((row for row in rows if at(row, "Id") == container), None)
    assert row is not None, "expected the container in the list"
    assert at(row, "ImageID") == image


@pytest.fixture
def container_with_data(env):
    """The name of a container whose process wrote WRITTEN random bytes."""

    def make():
        name = env.create_container("dd", "if=/dev/urandom", "of=/written", f"bs={WRITTEN}", "count=1")
        env.start_and_wait(name)
        return name

    return env.share("container that has written", make)


@since("1.21/inspect-size")
@pytest.mark.parametrize("value", ["1", "True", "true"])
def test_inspect_tells_the_sizes(api, container_with_data, value):
    document = api.get(f"/containers/{container_with_data}/json", {"size": value}).json()

    own, whole = assert_type(document, "SizeRw", int), assert_type(document, "SizeRootFs", int)
    assert WRITTEN <= own <= whole


@since("1.21/inspect-size-default")
@pytest.mark.parametrize(
    "query", [{}, {"size": "0"}, {"size": "False"}, {"size": "false"}], ids=["unsaid", "0", "False", "false"]
)
@pytest.mark.parametrize("member", ["SizeRw", "SizeRootFs"])
def test_inspect_leaves_the_sizes_out(api, container_with_data, member, query):
    document = api.get(f"/containers/{container_with_data}/json", query).json()

    # The container has written data, so zero is no size; the document does not say that the member is left out.
    assert at(document, member) in (ABSENT, None, 0)


def create_paused(env):
    name = env.create_container("sleep", "86400", start=True, StopSignal="SIGKILL")
    env.post(f"/containers/{name}/pause")
    return name


def create_exited(env):
    name = env.create_container()
    env.start_and_wait(name)
    return name


MAKE = {
    "created": lambda env: env.create_container(),
    "running": lambda env: env.idle_container(),
    "exited": create_exited,
    "paused": create_paused,
}


@since("1.21/inspect-state-status")
@pytest.mark.parametrize(
    "word", ["created", "running", "exited", pytest.param("paused", marks=pytest.mark.needs("freezer"))]
)
def test_inspect_tells_the_state_in_a_word(api, env, word):
    name = env.share(("container that is", word), lambda: MAKE[word](env))
    # An engine may need time to record that a process has ended.
    becomes_true(lambda: at(env.get(f"/containers/{name}/json"), "State", "Status") == word, 10)

    document = api.get(f"/containers/{name}/json").json()

    assert at(document, "State", "Status") == word

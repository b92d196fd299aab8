"""What the environment shares between checks, and for how long."""

import pytest
from emulated import Engine, environment_on

from conformance.environment.container_runs import unchanged_container
from conformance.model.errors import FixtureError

pytestmark = pytest.mark.usefixtures("state")


@pytest.fixture
def engine():
    return Engine(attach=lambda version, name, connection: connection.close())


def test_a_shared_object_that_never_stays_usable_is_a_fixture_error(tmp_path, engine):
    made = []
    with environment_on(tmp_path, engine) as env:
        with pytest.raises(FixtureError, match="shared fixture 'straw': none of 3 stayed usable"):
            env.share_while("straw", lambda: made.append(1), lambda _: False, attempts=3)

    assert len(made) == 3


@pytest.mark.parametrize("running", [True, False])
def test_a_container_that_a_check_changed_is_replaced(tmp_path, engine, running):
    with environment_on(tmp_path, engine) as env:
        first = unchanged_container(env, running=running)
        assert unchanged_container(env, running=running) == first

        (engine.running.discard if running else engine.running.add)(first)

        assert unchanged_container(env, running=running) != first


def test_each_purpose_has_an_unchanged_container_of_its_own(tmp_path, engine):
    with environment_on(tmp_path, engine) as env:
        assert unchanged_container(env, running=False) != unchanged_container(
            env, running=False, purpose="this"
        )


def test_a_sibling_for_another_thread_shares_objects_and_keeps_its_own_apart(tmp_path, engine):
    with environment_on(tmp_path, engine) as env:
        sibling = env.apart(env.client.alone(), env.ledger.apart("thread"))
        shared = sibling.share(
            "container", lambda: sibling.create_container(HostConfig={"NetworkMode": "none"})
        )
        own = sibling.create_container(HostConfig={"NetworkMode": "none"})

        assert env.share("container", lambda: "another") == shared
        assert env.ledger.opened(shared=True) == []
        assert sibling.ledger.opened() == [("container", own)]
        sibling.clear()
        left = sibling.ledger.opened(shared=True)
        assert (("container", shared) in left, ("container", own) in left) == (True, False)
        sibling.close()

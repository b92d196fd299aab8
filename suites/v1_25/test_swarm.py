"""The lock of a swarm's managers, as the reference of API v1.25 has it."""

import pytest

from conformance import assert_status, assert_type, since
from fixtures.swarm import edit


@pytest.fixture
def locked_swarm(own_swarm):
    """The manager of a swarm whose managers lock themselves; they do no more when the check has ended."""
    set_autolock(own_swarm.env, True)
    yield own_swarm
    set_autolock(own_swarm.env, False)


def set_autolock(env, value):
    query, spec = edit(env, "/swarm", EncryptionConfig={"AutoLockManagers": value})
    env.post("/swarm/update", query, json=spec)


def unlock_key(env):
    return env.get("/swarm/unlockkey")["UnlockKey"]


@since("1.25/swarm-unlockkey")
def test_swarm_whose_managers_lock_themselves_has_a_key(locked_swarm):
    answer = locked_swarm.api.get("/swarm/unlockkey")

    assert_status(answer, 200)
    assert assert_type(answer.json(), "UnlockKey", str)


@since("1.25/swarm-autolock")
@pytest.mark.parametrize("value", [True, False])
def test_managers_lock_themselves_if_the_specification_says_so(own_swarm, value):
    set_autolock(own_swarm.env, not value)

    query, spec = edit(own_swarm.env, "/swarm", EncryptionConfig={"AutoLockManagers": value})
    answer = own_swarm.api.post("/swarm/update", query, json=spec)

    assert_status(answer, 200)
    assert bool(unlock_key(own_swarm.env)) is value


@since("1.25/swarm-rotate-unlockkey")
def test_key_of_the_swarm_is_another(locked_swarm):
    before = unlock_key(locked_swarm.env)

    query, spec = edit(locked_swarm.env, "/swarm")
    answer = locked_swarm.api.post("/swarm/update", {**query, "rotateManagerUnlockKey": "true"}, json=spec)

    assert_status(answer, 200)
    assert unlock_key(locked_swarm.env) not in ("", before)

"""Shared values and failures, and scopes that forget them."""

import pytest

from conformance.environment.cache import SharedCache
from conformance.environment.ledger import Ledger, new_run
from conformance.model.errors import FixtureError, SharedFixtureError


@pytest.fixture
def ledger(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    ledger = Ledger(new_run("unix:///nonexistent"), "test")
    yield ledger
    ledger.close()


@pytest.fixture
def cache(ledger):
    return SharedCache(ledger)


def fail():
    raise FixtureError("refused")


def test_a_value_is_made_once(cache):
    made = []

    for _ in range(2):
        cache.get("key", lambda: made.append(1))

    assert made == [1]


def test_a_failure_is_raised_again_and_not_tried_again(cache):
    tries = []

    for _ in range(2):
        with pytest.raises(FixtureError, match="refused"):
            cache.get("key", lambda: tries.append(1) or fail())

    assert tries == [1]


def test_objects_of_a_value_outlive_the_check(cache, ledger):
    cache.get("key", lambda: ledger.will_create("container", "a"))
    ledger.will_create("container", "b")

    assert ledger.opened() == [("container", "b")]


def test_a_scope_forgets_what_was_made_inside_and_names_its_objects(cache, ledger):
    cache.get("before", lambda: ledger.will_create("container", "a"))
    with cache.scope() as objects:
        cache.get("before", fail)
        cache.get("inside", lambda: ledger.will_create("container", "b"))

    assert objects == [("container", "b")]
    with pytest.raises(FixtureError):
        cache.get("inside", fail)


def test_a_scope_forgets_only_what_used_the_counter(cache, ledger):
    requests = []

    def outer():
        cache.get("inner", lambda: ledger.will_create("container", "inner"))
        requests.append(1)
        ledger.will_create("container", "outer")

    with cache.scope(lambda: len(requests)) as objects:
        cache.get("outer", outer)

    assert objects == [("container", "outer")]
    cache.get("inner", fail)
    with pytest.raises(FixtureError):
        cache.get("outer", fail)


def test_a_failure_is_tried_again_in_a_scope_that_says_so(cache):
    with pytest.raises(FixtureError):
        cache.get("key", fail)
    with cache.scope(retry=True):
        assert cache.get("key", lambda: "made") == "made"

    with pytest.raises(FixtureError, match="refused"):
        cache.get("key", lambda: "made")


def test_a_scope_that_ends_with_an_error_forgets_too(cache):
    with pytest.raises(FixtureError), cache.scope():  # noqa: PT012  both lines belong to the block
        cache.get("key", lambda: 1)
        fail()

    assert cache.get("key", lambda: 2) == 2


def test_the_exchange_of_a_failure_goes_to_every_reader(cache):
    transcript = ["before"]

    def make():
        transcript.append("refused")
        fail()

    for _ in range(2):
        with pytest.raises(SharedFixtureError) as caught:
            cache.get(("made of", ("a", 1)), make, transcript=transcript)
        assert (caught.value.fixture, caught.value.exchange) == ("made of a 1", "refused")


def test_the_exchange_that_an_error_names_is_not_replaced_by_a_later_one(cache):
    transcript = []

    def make():
        transcript.append("a look at what is there")
        raise FixtureError("refused", "the refused one")

    with pytest.raises(SharedFixtureError) as caught:
        cache.get("key", make, transcript=transcript)
    assert caught.value.exchange == "the refused one"

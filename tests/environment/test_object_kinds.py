"""The table of object kinds: one row is all that a new kind needs."""

from types import SimpleNamespace

import pytest
from listing import Listing, refused, rows

from conformance.environment import cleanup, ledger, snapshot
from conformance.environment.assertions import adopt_if_created
from conformance.environment.environment import Environment
from conformance.environment.ledger import LABEL, PREFIX, LedgerEntry
from conformance.environment.object_kinds import KINDS, ObjectKind
from conformance.environment.test_image import TestImage
from conformance.http.messages import Response

SECRET = ObjectKind(
    "secret",
    list_path="/secrets",
    delete_path="/secrets/{}",
    inspect_path="/secrets/{}",
    id="ID",
    created_id="ID",
    names=("Spec.Name",),
    labels="Spec.Labels",
    compared=("Version", "Spec"),
)


@pytest.fixture
def secrets(monkeypatch):
    """Adds a kind to the table, as a change of the source would."""
    monkeypatch.setitem(KINDS, "secret", SECRET)


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return ledger.new_run("unix:///nowhere")


def secret(number, name, **labels):
    return {"ID": number, "Version": {"Index": 1}, "Spec": {"Name": name, "Labels": labels}}


def test_leftovers_of_a_new_kind_are_found_by_name_and_by_label(secrets, run):
    theirs = secret("3", "theirs", **{LABEL: "another run"})
    listing = Listing(
        {"/secrets": [rows(secret("1", f"{run.prefix}a"), secret("2", "b", **{LABEL: run.run}), theirs)]}
    )

    found = cleanup.find_leftovers(listing, run)

    assert found.entries == [LedgerEntry("secret", f"{run.prefix}a"), LedgerEntry("secret", "2")]


def test_a_daemon_without_a_new_kind_has_no_leftovers_of_it(secrets, run):
    assert cleanup.find_leftovers(Listing({"/secrets": [refused(404)]}), run) == ([], [])


def test_objects_of_a_new_kind_are_removed_in_their_turn(secrets):
    listing = Listing({})

    left = cleanup.remove_all(
        listing, [LedgerEntry("image", "i:1"), LedgerEntry("secret", "s"), LedgerEntry("container", "c")]
    )

    assert left == []
    assert listing.removed == ["/containers/c", "/images/i:1", "/secrets/s"]


def test_a_snapshot_compares_foreign_objects_of_a_new_kind(secrets):
    def state(*secrets):
        return snapshot.take(Listing({"/secrets": [rows(*secrets)]}))

    before = state(secret("1", "a"), secret("2", "b"), secret("3", f"{PREFIX}x"))
    after = state(secret("2", "b", colour="red"))

    assert snapshot.differences(before, after) == ["secret 1 vanished", "secret 2 changed"]


def test_the_environment_names_and_adopts_objects_of_a_new_kind(secrets, run):
    env = Environment(SimpleNamespace(), ledger.Ledger(run, "main"), TestImage("image:1", "image:1"))

    name = env.reserve_name("secret")
    adopt_if_created(env, "secret", Response(201, body=b'{"ID": "abc"}'))

    assert name.startswith(run.prefix)
    assert env.ledger.opened() == [("secret", "abc"), ("secret", name)]


def test_a_link_name_is_not_a_name_of_the_container(run):
    row = {"Id": "1", "Names": ["/theirs", f"/{run.prefix}a/alias"]}

    assert cleanup.find_leftovers(Listing({"/containers/json": [rows(row)]}), run).entries == []


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_row_of_a_kind_is_complete(kind):
    assert kind.list_path.startswith("/")
    assert kind.delete_path.count("{}") == 1
    assert kind.compared
    assert set(kind.names) & set(kind.compared) or kind.id in kind.compared


def test_users_are_removed_before_what_they_use():
    assert list(KINDS) == ["container", "network", "volume", "image"]

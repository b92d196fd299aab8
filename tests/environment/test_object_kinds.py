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

GADGET = ObjectKind(
    "gadget",
    list_path="/gadgets",
    delete_path="/gadgets/{}",
    inspect_path="/gadgets/{}",
    id="ID",
    created_id="ID",
    names=("Spec.Name",),
    labels="Spec.Labels",
    compared=("Version", "Spec"),
)


@pytest.fixture
def gadgets(monkeypatch):
    """Adds a kind to the table, as a change of the source would."""
    monkeypatch.setitem(KINDS, "gadget", GADGET)


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return ledger.new_run("unix:///nowhere")


def gadget(number, name, **labels):
    return {"ID": number, "Version": {"Index": 1}, "Spec": {"Name": name, "Labels": labels}}


def test_leftovers_of_a_new_kind_are_found_by_name_and_by_label(gadgets, run):
    theirs = gadget("3", "theirs", **{LABEL: "another run"})
    listing = Listing(
        {"/gadgets": [rows(gadget("1", f"{run.prefix}a"), gadget("2", "b", **{LABEL: run.run}), theirs)]}
    )

    found = cleanup.find_leftovers(listing, run)

    assert found.entries == [LedgerEntry("gadget", f"{run.prefix}a"), LedgerEntry("gadget", "2")]


def test_a_daemon_without_a_new_kind_has_no_leftovers_of_it(gadgets, run):
    assert cleanup.find_leftovers(Listing({"/gadgets": [refused(404)]}), run) == ([], [])


def test_objects_of_a_new_kind_are_removed_in_their_turn(gadgets):
    listing = Listing({})

    left = cleanup.remove_all(
        listing, [LedgerEntry("image", "i:1"), LedgerEntry("gadget", "s"), LedgerEntry("container", "c")]
    )

    assert left == []
    assert listing.removed == ["/containers/c", "/images/i:1", "/gadgets/s"]


def test_a_snapshot_compares_foreign_objects_of_a_new_kind(gadgets):
    def state(*gadgets):
        return snapshot.take(Listing({"/gadgets": [rows(*gadgets)]}))

    before = state(gadget("1", "a"), gadget("2", "b"), gadget("3", f"{PREFIX}x"))
    after = state(gadget("2", "b", colour="red"))

    assert snapshot.differences(before, after) == ["gadget 1 vanished", "gadget 2 changed"]


def test_the_environment_names_and_adopts_objects_of_a_new_kind(gadgets, run):
    env = Environment(SimpleNamespace(), ledger.Ledger(run, "main"), TestImage("image:1", "image:1"))

    name = env.reserve_name("gadget")
    adopt_if_created(env, "gadget", Response(201, body=b'{"ID": "abc"}'))

    assert name.startswith(run.prefix)
    assert env.ledger.opened() == [("gadget", "abc"), ("gadget", name)]


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
    assert list(KINDS) == ["service", "container", "secret", "config", "network", "volume", "image", "plugin"]


def test_an_engine_that_manages_no_swarm_has_no_objects_of_one(run):
    listing = Listing({path: [refused(503)] for path in ("/services", "/secrets", "/configs")})

    assert cleanup.find_leftovers(listing, run) == ([], [])

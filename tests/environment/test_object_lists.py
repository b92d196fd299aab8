"""How clean-up and snapshots read the lists of a daemon."""

from __future__ import annotations

import pytest
from listing import Listing, refused, rows

from conformance.environment.object_lists import ListRefused, ObjectLists
from conformance.http.messages import Response


def test_a_list_that_is_refused_for_a_moment_is_requested_again():
    client = Listing({"/images/json": [refused(), refused(), rows({"Id": "1"})]})

    assert ObjectLists(client).rows("/images/json") == [{"Id": "1"}]
    assert len(client.transcript) == 1


def test_the_patience_is_for_all_lists_together():
    client = Listing({"/images/json": [refused()], "/networks": [refused(), rows("late")]})
    lists = ObjectLists(client, patience=0.2)

    with pytest.raises(ListRefused, match="refused with 500: not now"):
        lists.rows("/images/json")
    with pytest.raises(ListRefused, match="refused with 500"):
        lists.rows("/networks")


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_daemon_without_a_list_has_no_such_objects(status):
    assert ObjectLists(Listing({"/networks": [refused(status)]})).rows("/networks") == []


@pytest.mark.parametrize(
    ("body", "member"), [(b"null", ""), (b'{"Volumes": null}', "Volumes"), (b"{}", "Volumes")]
)
def test_null_and_an_absent_list_are_empty(body, member):
    assert ObjectLists(Listing({"/x": [Response(200, "OK", (), body)]})).rows("/x", member=member) == []


@pytest.mark.parametrize(
    ("status", "body", "member"),
    [
        (200, b"nonsense", ""),
        (200, b"{}", ""),
        (200, b'{"Volumes": 0}', "Volumes"),
        (200, b"0", "Volumes"),
        (403, b"", ""),
    ],
)
def test_an_answer_without_a_list_is_refused_and_not_requested_again(status, body, member):
    client = Listing({"/x": [Response(status, "", (), body), rows()]})

    with pytest.raises(ListRefused):
        ObjectLists(client).rows("/x", member=member)

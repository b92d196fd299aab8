"""GET /info, as API v1.44 changed it: folders of device specifications, and what a runtime says of itself."""

from conformance import ABSENT, array, assert_type, at, before, since


@since("1.44/info-cdispecdirs")
def test_folders_are_a_list_of_text(api):
    folders = array(api.get("/info").json(), "CDISpecDirs")

    assert all(isinstance(folder, str) for folder in folders)


def statuses(api):
    runtimes = assert_type(api.get("/info").json(), "Runtimes", dict)
    return [at(runtime, "status") for runtime in runtimes.values()]


@since("1.44/info-runtimes-status")
def test_status_is_a_map_of_text(api):
    given = [status for status in statuses(api) if status not in (ABSENT, None)]

    assert given, "expected a runtime with a status, got none"
    assert all(isinstance(value, str) for status in given for value in assert_type(status, (), dict).values())


@before("1.44/info-runtimes-status")
def test_runtimes_have_no_status(api):
    assert [status for status in statuses(api) if status is not ABSENT] == []

"""GET /version, as the reference of API v1.20 describes it."""

from conformance import ABSENT, at, since


@since("1.20/version-experimental")
def test_experimental_is_a_boolean_if_it_is_there(api):
    value = at(api.get("/version").json(), "Experimental")

    assert value is ABSENT or isinstance(value, bool), f"Experimental is to be a boolean, it is {value!r}"

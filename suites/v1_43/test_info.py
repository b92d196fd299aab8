"""GET /info, as API v1.43 changed it: the option that no process gains privileges."""

from conformance import array, since


@since("1.43/info-no-new-privileges")
def test_option_is_named_where_it_is_set(further_engine):
    engine = further_engine("no-new-privileges", ("--no-new-privileges",))

    assert "name=no-new-privileges" in array(engine.api.get("/info").json(), "SecurityOptions")


@since("1.43/info-no-new-privileges")
def test_option_is_not_named_where_it_is_not_set(spare_engine):
    options = array(spare_engine.api.get("/info").json(), "SecurityOptions")

    assert "name=no-new-privileges" not in options

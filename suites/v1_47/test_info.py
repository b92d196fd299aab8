"""GET /info, as API v1.47 changed it: no warnings about a module that is loaded when it is needed."""

from conformance import assert_type, since


@since("1.47/info-no-bridge-nf-warnings")
def test_nothing_warns_of_bridge_nf_call(api):
    document = api.get("/info").json()

    warnings = assert_type(document, "Warnings", list, nullable=True) or []
    assert not any("bridge-nf-call" in warning for warning in warnings), warnings

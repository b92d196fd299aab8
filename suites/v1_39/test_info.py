"""GET /info, as API v1.39 changed it: what is not known, the license, and warnings."""

import pytest

from conformance import array, assert_type, at, since


@since("1.39/info-unknown-empty")
@pytest.mark.parametrize("member", ["KernelVersion", "OperatingSystem"])
def test_what_is_not_known_has_no_name(api, member):
    document = api.get("/info").json()

    assert assert_type(document, member, str) != "<unknown>"


@since("1.39/info-productlicense")
def test_license_is_text(api):
    document = api.get("/info").json()

    assert_type(document, "ProductLicense", str, optional=True)


@since("1.39/info-warnings")
def test_warnings_are_a_list_of_texts(api):
    document = api.get("/info").json()

    warnings = [] if at(document, "Warnings") is None else array(document, "Warnings")
    assert all(isinstance(warning, str) and warning for warning in warnings), warnings

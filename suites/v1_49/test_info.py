"""GET /info, as API v1.49 changed it: the firewall, and what is left out."""

import pytest

from conformance import ABSENT, assert_type, at, before, since


@since("1.49/info-firewallbackend")
def test_firewall_has_a_driver(api):
    document = api.get("/info").json()

    assert assert_type(document, "FirewallBackend.Driver", str)


@since("1.49/info-no-nondistributable")
@pytest.mark.parametrize("member", ["CIDRs", "Hostnames"])
def test_nondistributable_artifacts_are_absent(api, member):
    document = api.get("/info").json()

    assert at(document, "RegistryConfig", f"AllowNondistributableArtifacts{member}") is ABSENT


@since("1.49/info-no-expected-commits")
@pytest.mark.parametrize("component", ["ContainerdCommit", "RuncCommit", "InitCommit"])
def test_no_commit_is_expected(api, component):
    document = api.get("/info").json()

    assert at(document, component, "Expected") is ABSENT


@before("1.49/info-no-expected-commits")
@pytest.mark.parametrize("component", ["ContainerdCommit", "RuncCommit", "InitCommit"])
def test_a_commit_that_is_known_is_expected(api, component):
    document = api.get("/info").json()

    if at(document, component, "ID"):
        assert_type(document, f"{component}.Expected", str)

"""Beginning a swarm, its authority, and what is shown of it, as API v1.30 changed them."""

import base64
import ssl

import pytest
import trustme

from conformance import assert_refused, assert_status, assert_type, at, since
from conformance.testing import becomes_true, wait_until
from fixtures.swarm import PATIENCE, begin_swarm, edit, swarm_addresses


@since("1.30/swarm-info-ca")
@pytest.mark.parametrize(
    ("path", "member"), [("/swarm", "TLSInfo"), ("/info", "Swarm.Cluster.TLSInfo")], ids=["swarm", "info"]
)
def test_root_certificate_of_the_swarm_is_shown_with_its_subject_and_key(swarm, path, member):
    document = swarm.api.get(path).json()

    assert_certificate_is_described(document, member)


@since("1.30/node-tlsinfo")
@pytest.mark.parametrize("path", ["/nodes", "/nodes/(id)"])
def test_root_certificate_that_a_node_trusts_is_shown(swarm, node, path):
    document = swarm.api.get(path.replace("(id)", node)).json()

    row = document if path.endswith(")") else at(document, 0)
    assert_certificate_is_described(row, "Description.TLSInfo")
    assert at(row, "Description.TLSInfo.TrustRoot") == swarm.env.get("/swarm")["TLSInfo"]["TrustRoot"]


def assert_certificate_is_described(document, member):
    """Assert that a trust root is a certificate which contains the subject and the key that stand beside it."""
    certificate = ssl.PEM_cert_to_DER_cert(assert_type(document, f"{member}.TrustRoot", str).strip())
    for name in ("CertIssuerSubject", "CertIssuerPublicKey"):
        part = base64.b64decode(assert_type(document, f"{member}.{name}", str))
        assert part, f"{name} is empty"
        assert part in certificate


@pytest.fixture
def settled_swarm(own_swarm):
    """The manager of a swarm that is not changing its authority, and that a check may change."""
    wait_until(
        lambda: not own_swarm.env.get("/swarm")["RootRotationInProgress"], "the authority to be changed", 30
    )
    return own_swarm


@since("1.30/swarm-update-ca-rotation")
def test_swarm_gets_a_new_authority_when_the_counter_changes(settled_swarm):
    before = settled_swarm.env.get("/swarm")
    counter = at(before, "Spec", "CAConfig", "ForceRotate")

    rotate = {"ForceRotate": (counter if isinstance(counter, int) else 0) + 1}
    query, spec = edit(settled_swarm.env, "/swarm", CAConfig=rotate)
    answer = settled_swarm.api.post("/swarm/update", query, json=spec)

    assert_status(answer, 200)
    after = settled_swarm.env.get("/swarm")
    assert (
        after["RootRotationInProgress"] or after["TLSInfo"]["TrustRoot"] != before["TLSInfo"]["TrustRoot"]
    ), "the authority stays"


@since("1.30/swarm-update-ca-rotation")
def test_swarm_trusts_the_authority_that_it_is_given(settled_swarm):
    authority = trustme.CA()
    certificate = authority.cert_pem.bytes().decode()

    given = {"SigningCACert": certificate, "SigningCAKey": authority.private_key_pem.bytes().decode()}
    query, spec = edit(settled_swarm.env, "/swarm", CAConfig=given)
    answer = settled_swarm.api.post("/swarm/update", query, json=spec)

    assert_status(answer, 200)

    def trusted():
        return settled_swarm.env.get("/swarm")["TLSInfo"]["TrustRoot"].strip()

    assert becomes_true(lambda: trusted() == certificate.strip(), PATIENCE), "another authority is trusted"


@since("1.30/swarm-init-datapathaddr")
def test_swarm_begins_with_an_address_for_data(alone):
    answer = alone.api.post("/swarm/init", json={**swarm_addresses(), "DataPathAddr": "127.0.0.1"})

    assert_status(answer, 200)


@since("1.30/swarm-init-datapathaddr")
def test_no_swarm_begins_with_an_address_for_data_that_is_none(alone):
    answer = alone.api.post("/swarm/init", json={**swarm_addresses(), "DataPathAddr": "no-such-interface"})

    assert_refused(answer)


@since("1.30/swarm-root-rotation")
def test_authority_of_a_resting_swarm_is_not_being_changed(swarm):
    document = swarm.api.get("/swarm").json()

    assert assert_type(document, "RootRotationInProgress", bool) is False


@pytest.fixture
def swarm_with_authorities(further_engine):
    """The manager of a swarm that may be given authorities which sign for it, and that nothing else is asked of."""
    return further_engine("external authorities", prepare=begin_swarm)


@since("1.30/swarm-externalca-cacert")
def test_certificate_of_an_external_authority_is_kept(swarm_with_authorities):
    api, env, _ = swarm_with_authorities
    certificate = trustme.CA().cert_pem.bytes().decode()

    authority = {"Protocol": "cfssl", "URL": "https://127.0.0.1:1", "CACert": certificate}
    query, spec = edit(env, "/swarm", CAConfig={"ExternalCAs": [authority]})
    answer = api.post("/swarm/update", query, json=spec)

    assert_status(answer, 200)
    shown = assert_type(api.get("/swarm").json(), ("Spec", "CAConfig", "ExternalCAs", 0, "CACert"), str)
    assert shown.strip() == certificate.strip()

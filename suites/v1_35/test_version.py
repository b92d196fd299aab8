"""GET /version, as API v1.35 changed it: the platform and the components."""

import pytest

from conformance import array, assert_type, at, since

#: Members of the answer that the component of the engine has too. The changelog writes APIVersion there, engines ApiVersion.
MEMBERS = {name: (name,) for name in ("GitCommit", "MinAPIVersion", "GoVersion", "Os", "Arch", "BuildTime")}
MEMBERS |= {"KernelVersion": ("KernelVersion",), "ApiVersion": ("APIVersion", "ApiVersion")}


@since("1.35/version-platform-name")
def test_platform_has_a_name(api):
    document = api.get("/version").json()

    assert_type(document, "Platform.Name", str)


@since("1.35/version-components")
def test_components_have_names_and_versions(api):
    document = api.get("/version").json()

    components = array(document, "Components")
    for component in components:
        assert assert_type(component, "Name", str)
        assert_type(component, "Version", str)
        assert_type(component, "Details", dict, nullable=True, optional=True)
    assert at(document, "Version") in [at(component, "Version") for component in components]


@since("1.35/version-components-engine")
@pytest.mark.parametrize("member", MEMBERS)
def test_component_of_the_engine_says_what_the_answer_says(api, member):
    document = api.get("/version").json()

    components = array(document, "Components")
    engine = next((row for row in components if at(row, "Version") == at(document, "Version")), None)
    assert assert_type(document, member, str) in [at(engine, "Details", name) for name in MEMBERS[member]]

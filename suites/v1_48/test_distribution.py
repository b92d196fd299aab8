"""GET /distribution/(name)/json, as the reference of API v1.48 describes it: further members of the descriptor."""

import pytest

from conformance import ABSENT, at, since


@pytest.fixture
def pushed(env, registry):
    """The name of an image that the registry has and the daemon does not."""
    return env.share("image at the registry", lambda: registry.push_new("1")[0])


def is_text(value):
    """Whether a value is text."""
    return isinstance(value, str)


def is_list_of_text(value):
    """Whether a value is a list of text."""
    return isinstance(value, list) and all(map(is_text, value))


def is_map_of_text(value):
    """Whether a value is a map of text."""
    return isinstance(value, dict) and all(map(is_text, value.values()))


@since("1.48/distribution-descriptor-members")
@pytest.mark.parametrize(
    ("member", "is_valid"),
    [
        ("urls", is_list_of_text),
        ("annotations", is_map_of_text),
        ("data", is_text),
        ("artifactType", is_text),
    ],
)
def test_member_of_the_descriptor_is_of_its_type(api, registry, pushed, member, is_valid):
    document = api.get(f"/distribution/{pushed}/json", headers=registry.auth_header()).json()

    value = at(document, "Descriptor", member)
    assert value in (ABSENT, None) or is_valid(value)

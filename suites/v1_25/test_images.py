"""The image endpoints, as API v1.25 changed them: the version of the operating system, no base layer, and a filter."""

import pytest

from conformance import ABSENT, array, assert_type, at, since
from conformance.testing import import_image
from fixtures.images import load_image

OS_VERSION = "10.0.14393.1066"


@pytest.fixture
def image_with_os_version(env, platforms):
    """The name of an image whose configuration names a version of its operating system."""
    _, _, architecture = platforms.own.partition("/")

    def make():
        return load_image(env, b"for a version of its own\n", architecture, **{"os.version": OS_VERSION})

    return env.share("image with a version of its operating system", make)


@since("1.25/image-inspect-osversion")
def test_inspect_has_the_version_of_the_operating_system(api, image_with_os_version):
    document = api.get(f"/images/{image_with_os_version}/json").json()

    assert at(document, "OsVersion") == OS_VERSION


@since("1.25/image-inspect-no-baselayer")
def test_root_file_system_has_layers_and_no_base_layer(api, env):
    root = assert_type(api.get(f"/images/{env.image}/json").json(), "RootFS", dict)

    assert_type(root, "Layers", list)
    assert at(root, "BaseLayer") is ABSENT


@pytest.fixture
def tagged_image(env):
    """A repository with the tag ``one`` alone, and the id of its image, which has another name beside it."""

    def make():
        repository = env.reserve_name("image").rpartition(":")[0]
        name = env.adopt("image", f"{repository}:one")
        import_image(env, b"with two names\n", name)
        env.tag_image(name)
        return repository, at(env.get(f"/images/{name}/json"), "Id")

    return env.share("image with a tag", make)


@since("1.25/images-filter-reference")
@pytest.mark.parametrize(
    ("form", "found"), [("{}", True), ("{}:one", True), ("{}:two", False)], ids=["name", "tag", "other tag"]
)
def test_filter_leaves_the_images_with_the_name(api, env, tagged_image, form, found):
    repository, image = tagged_image

    rows = array(api.get("/images/json", {"filters": {"reference": [form.format(repository)]}}).json())

    listed = [at(row, "Id") for row in rows]
    assert (image in listed, env.image in listed) == (found, False)

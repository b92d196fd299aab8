"""POST /build and GET /images/json, as API v1.17 changed them: labels, and the name of the Dockerfile."""

import pytest

from conformance import assert_progress_succeeds, assert_type, at, since
from conformance.testing import Member, build_image, read_image_file


@pytest.fixture
def labelled(env, build_context):
    """The id of a shared image with a label."""
    name = env.share(
        "labelled", lambda: build_image(env, build_context, 'LABEL "com.example.vendor"="ACME Incorporated"')
    )
    return env.get(f"/images/{name}/json")["Id"]


@since("1.17/build-label")
def test_label_is_in_the_images_configuration(api, env, build_context):
    name = env.reserve_name("image")
    context = build_context(
        'LABEL "com.example.vendor"="ACME Incorporated" plain=word', "LABEL second='of two'"
    )

    answer = api.post("/build", {"t": name, "nocache": 1}, **context)

    assert_progress_succeeds(answer)
    image = env.client.get(f"/images/{name}/json").json()
    labels = at(image, "Config.Labels")
    wanted = {"com.example.vendor": "ACME Incorporated", "plain": "word", "second": "of two"}
    assert isinstance(labels, dict)
    assert {key: labels.get(key) for key in wanted} == wanted


@since("1.17/build-label")
def test_inspect_shows_the_label(api, labelled):
    image = api.get(f"/images/{labelled}/json").json()

    labels = assert_type(image, "Config.Labels", dict)
    assert labels.get("com.example.vendor") == "ACME Incorporated"


@since("1.17/images-show-labels")
def test_list_shows_the_labels(api, labelled):
    rows = api.get("/images/json").json()

    found = [at(row, "Labels") for row in rows if at(row, "Id") == labelled]
    assert [
        labels
        for labels in found
        if isinstance(labels, dict) and labels.get("com.example.vendor") == "ACME Incorporated"
    ]


@since("1.17/build-dockerfile")
def test_another_file_of_the_context_is_built(api, env, build_context):
    name = env.reserve_name("image")
    context = build_context(
        "ADD Dockerfile /file", dockerfile="sub/Other", files=[Member("Dockerfile", b"NONSENSE\n")]
    )

    answer = api.post("/build", {"t": name, "nocache": 1, "dockerfile": "sub/Other"}, **context)

    assert_progress_succeeds(answer)
    assert read_image_file(env, name, "/file") == "NONSENSE\n"

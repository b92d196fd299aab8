"""POST /build, as the reference of API v1.23 has it: labels of the image."""

from conformance import assert_progress_succeeds, at, since


@since("1.23/build-labels")
def test_image_has_the_labels_beside_those_of_the_dockerfile(api, env, build_context):
    name = env.reserve_name("image")
    context = build_context("LABEL own=kept")

    answer = api.post(
        "/build", {"t": name, "nocache": 1, "labels": {"colour": "dark red", "shape": "round"}}, **context
    )

    assert_progress_succeeds(answer)
    labels = at(env.get(f"/images/{name}/json"), "Config", "Labels") or {}
    assert {"own": "kept", "colour": "dark red", "shape": "round"}.items() <= labels.items()

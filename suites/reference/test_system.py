"""What the daemon tells of itself, and what holds for requests of any kind, as the references describe it."""

import pytest

from conformance import ABSENT, array, assert_status, assert_type, at, since
from conformance.testing import build_contexts, build_image, exclusively
from fixtures.daemon_options import ORIGIN
from fixtures.images import bare

CHUNKED = {"Transfer-Encoding": "chunked"}


@since("reference/system-ping")
def test_ping_answers_ok_as_text(api):
    answer = api.get("/_ping")

    assert_status(answer, 200)
    assert answer.body == b"OK"
    assert answer.media_type == "text/plain"


@since("reference/system-version-members")
@pytest.mark.parametrize("member", ["Version", "ApiVersion", "GitCommit", "GoVersion"])
def test_version_has_the_member(api, member):
    document = api.get("/version").json()

    value = assert_type(document, member, str)
    assert value or member == "GitCommit", f"{member}: expected a version, got an empty string"


def compare_counts(env, path, count):
    """Count five times; returns of each time the least, the counted and the greatest number of rows that GET `path` has.

    Objects of others come and go meanwhile, though hardly each time.
    """

    def look():
        before = {at(row, "Id") for row in env.get(path, {"all": 1})}
        counted = count()
        after = {at(row, "Id") for row in env.get(path, {"all": 1})}
        return len(before & after), counted, len(before | after)

    return [look() for _ in range(5)]


@since("reference/system-info-containers")
def test_info_counts_every_container(api, env):
    env.idle_container()
    env.share("counted", env.create_container)

    looks = compare_counts(
        env, "/containers/json", lambda: assert_type(api.get("/info").json(), "Containers", int)
    )

    assert any(least <= counted <= most for least, counted, most in looks), looks


@since("reference/system-info-images")
def test_info_counts_images(api, env):
    assert env.image

    document = api.get("/info").json()

    assert assert_type(document, "Images", int) > 0


@since("reference/system-info-images-count")
def test_info_counts_every_image(api, env):
    assert env.image

    looks = compare_counts(env, "/images/json", lambda: assert_type(api.get("/info").json(), "Images", int))

    assert any(least <= counted <= most for least, counted, most in looks), looks


@since("reference/system-cors")
def test_answers_name_the_origin_that_the_engine_was_given(cors_engine):
    answer = cors_engine.api.get("/version")

    assert answer.header("Access-Control-Allow-Origin") == ORIGIN


@since("reference/system-no-cors")
def test_answers_name_no_origin_by_default(api):
    answer = api.get("/version", headers={"Origin": ORIGIN})

    assert_status(answer, 200)
    assert answer.header("Access-Control-Allow-Origin") in (None, "")


@since("reference/system-info-driver")
def test_info_names_the_storage_driver(api, env):
    driver = at(env.get(f"/images/{env.image}/json"), "GraphDriver", "Name")

    document = api.get("/info").json()

    shown = assert_type(document, "Driver", str)
    # An image that containerd stores names no driver.
    assert shown == (driver or shown) != ""


@since("reference/system-info-kernel")
def test_info_names_the_kernel_that_containers_run_on(api, env):
    kernel = env.execute(env.idle_container(), "uname", "-r").stdout.strip()

    document = api.get("/info").json()

    assert assert_type(document, "KernelVersion", str) == kernel


@since("reference/system-info-internals")
@pytest.mark.parametrize("member", ["NFd", "NGoroutines", "NEventsListener"])
def test_info_has_the_number(api, member):
    document = api.get("/info").json()

    assert assert_type(document, member, int) >= 0


@since("reference/system-info-registries")
def test_info_names_the_index_and_the_registries(api):
    document = api.get("/info").json()

    assert assert_type(document, "IndexServerAddress", str)
    assert_type(document, "RegistryConfig.IndexConfigs", dict)
    assert_type(document, "RegistryConfig.InsecureRegistryCIDRs", list)


@since("reference/system-version-mismatch-methods")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("HEAD", "/containers/{}/archive?path=/etc"),
        ("PUT", "/containers/{}/archive?path=/"),
        ("DELETE", "/containers/{}"),
        ("POST", "/containers/{}/rename?name={}"),
    ],
    ids=["HEAD", "PUT", "DELETE", "POST"],
)
def test_a_request_by_any_method_for_a_version_that_is_too_new_is_refused(api, env, daemon, method, path):
    name = env.create_container()
    newer = api.at(daemon.newest.next_minor())

    # The second name is for the request that renames: it is removed with the run where the daemon serves it.
    answer = newer.request(method, path.format(name, env.reserve_name("container")))

    assert_status(answer, 400)
    assert_status(env.client.get(f"/containers/{name}/json"), 200)


@since("reference/system-chunked-body")
def test_a_body_in_chunks_is_read_to_its_end(api, env):
    name = env.reserve_name("container")
    body = env.container_body("true", Env=["GIVEN=" + "x" * 3000])

    answer = api.post("/containers/create", {"name": name}, json=body, headers=CHUNKED)

    assert_status(answer, 201)
    assert body["Env"][0] in at(env.get(f"/containers/{name}/json"), "Config", "Env")


@since("reference/system-df-shared-size")
def test_usage_counts_the_bytes_that_images_share(api, env):
    name = env.share(
        "image that shares layers", lambda: build_image(env, build_contexts(env), "COPY Dockerfile /")
    )

    with exclusively("disk-usage"):
        document = api.get("/system/df").json()

    image = bare(at(env.get(f"/images/{name}/json"), "Id"))
    rows = [row for row in array(document, "Images") if bare(at(row, "Id")) == image]
    assert len(rows) == 1, f"expected one row of the image, got {len(rows)}"
    assert assert_type(rows[0], "SharedSize", int) > 1000


@since("reference/system-df-usage-counts")
@pytest.mark.parametrize("usage", ["ImageUsage", "ContainerUsage", "VolumeUsage"])
def test_what_is_in_use_is_counted_apart(api, env, usage):
    env.idle_container()
    env.share(
        "container whose volume is in use",
        lambda: env.create_container(HostConfig={"Binds": [f"{env.create_volume()}:/data"]}),
    )

    with exclusively("disk-usage"):
        document = api.get("/system/df").json()

    shown = at(document, usage)
    assert 0 < assert_type(shown, "ActiveCount", int) <= assert_type(shown, "TotalCount", int)
    # An engine may leave out a number that is zero.
    sizes = [
        0 if at(shown, name) is ABSENT else assert_type(shown, name, int)
        for name in ("Reclaimable", "TotalSize")
    ]
    assert 0 <= sizes[0] <= sizes[1]

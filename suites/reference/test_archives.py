"""HEAD, GET and PUT /containers/(id)/archive: refusals of HEAD, and archives that are larger than a buffer."""

import base64
import secrets

import pytest

from conformance import assert_status, assert_type, since
from conformance.testing import (
    KILLED_ON_STOP,
    TAR,
    Member,
    commit_image,
    pack,
    parse_json,
    unpack,
    wait_for_log,
)

STAT = "X-Docker-Container-Path-Stat"


@since("reference/containers-archive-head-refused")
@pytest.mark.parametrize(
    ("path", "status"),
    [("/nosuch", 404), ("", 400)],
    ids=["no such path", "no path"],
)
def test_head_has_the_status_that_get_has(api, stopped_archive_source, path, status):
    answer = api.head(f"/containers/{stopped_archive_source}/archive", {"path": path})

    assert_status(answer, status)


@since("reference/containers-archive-head-refused")
def test_head_of_an_unknown_container_is_not_found(api, env):
    answer = api.head(f"/containers/{env.prefix}unknown/archive", {"path": "/"})

    assert_status(answer, 404)


@since("reference/containers-archive-large")
def test_a_large_file_arrives_and_comes_back_whole(api, own_container):
    content = secrets.token_bytes(3_000_000)

    put = api.put(
        f"/containers/{own_container}/archive",
        {"path": "/tmp"},
        body=pack(Member("large", content)),
        headers=TAR,
    )
    got = api.get(f"/containers/{own_container}/archive", {"path": "/tmp/large"})

    assert_status(put, 200)
    assert_status(got, 200)
    assert unpack(got.body)["large"].content == content


@since("reference/containers-archive-head-relative")
def test_head_takes_a_relative_path_from_the_root_directory(api, stopped_archive_source):
    answers = [
        api.head(f"/containers/{stopped_archive_source}/archive", {"path": path})
        for path in ("/tree/file", "tree/file")
    ]

    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].header(STAT) == answers[1].header(STAT)


@since("reference/containers-archive-mode")
@pytest.mark.parametrize(
    ("mode", "bit"), [(0o4755, 23), (0o2755, 22), (0o1755, 20)], ids=["set-uid", "set-gid", "sticky"]
)
def test_mode_has_the_bits_beyond_the_permissions(api, env, mode, bit):
    def make():
        script = "; ".join(
            f"touch /m{mode:o}; chmod {mode:o} /m{mode:o}" for mode in (0o4755, 0o2755, 0o1755)
        )
        name = env.create_container("sh", "-c", script)
        env.start_and_wait(name)
        return name

    name = env.share("container with special modes", make)

    answer = api.head(f"/containers/{name}/archive", {"path": f"/m{mode:o}"})

    assert read_mode(answer) == 0o755 | 1 << bit


@since("reference/containers-archive-mode")
def test_mode_of_a_link_has_the_bit_of_links(api, stopped_archive_source):
    answer = api.head(f"/containers/{stopped_archive_source}/archive", {"path": "/tree/dirlink"})

    assert read_mode(answer) & 1 << 27


def read_mode(answer):
    """The mode in the header about the path."""
    header = answer.header(STAT)
    assert header, f"expected a header {STAT}, got none"
    return assert_type(parse_json(base64.b64decode(header)), "mode", int)


@since("reference/containers-archive-root")
def test_the_root_directory_is_an_archive(api, env):
    name = env.share("container to read whole", env.create_container)

    answer = api.get(f"/containers/{name}/archive", {"path": "/"})

    assert_status(answer, 200)
    names = {name.strip("./") for name in unpack(answer.body)}
    assert {"etc/passwd", "fixtures/file"} <= names


@since("reference/containers-archive-links")
@pytest.mark.parametrize("running", [True, False], ids=["running", "stopped"])
def test_a_link_on_the_way_leads_to_its_target_in_the_container(api, env, running):
    name = env.create_container(
        "sh",
        "-c",
        "mkdir -p /run/deep; ln -s /run /link; ln -s ../run /tmp/up; echo ready; exec sleep 86400",
        **KILLED_ON_STOP,
    )
    env.start(name)
    wait_for_log(env, name, b"ready")
    if not running:
        env.post(f"/containers/{name}/stop")

    answers = [
        api.put(f"/containers/{name}/archive", {"path": path}, body=pack(Member(file, b"new\n")), headers=TAR)
        for path, file in (("/link", "one"), ("/link/deep", "two"), ("/tmp/up/deep", "three"))
    ]
    got = [
        api.get(f"/containers/{name}/archive", {"path": path})
        for path in ("/run/one", "/link/deep/two", "/tmp/up/deep/three")
    ]

    assert [answer.status for answer in (*answers, *got)] == [200] * 6
    contents = [
        unpack(answer.body)[file].content for answer, file in zip(got, ("one", "two", "three"), strict=True)
    ]
    assert contents == [b"new\n"] * 3


@since("reference/containers-copy-links")
def test_copy_follows_links_into_and_out_of_a_volume(api, env):
    def make():
        script = "echo root > /run/one; echo volume > /data/two; ln -s /data /link; ln -s /run /data/back"
        name = env.create_container("sh", "-c", script, Volumes={"/data": {}})
        env.start_and_wait(name)
        return name

    name = env.share("container with links and a volume", make)

    answers = [
        api.post(f"/containers/{name}/copy", json={"Resource": path})
        for path in ("/link/two", "/data/back/one")
    ]

    assert [answer.status for answer in answers] == [200, 200]
    contents = [
        unpack(answer.body)[file].content for answer, file in zip(answers, ("two", "one"), strict=True)
    ]
    assert contents == [b"volume\n", b"root\n"]


@since("reference/containers-archive-beside-mounts")
def test_an_archive_is_taken_while_a_file_is_mounted_below_a_link(api, env, host_folder):
    def make():
        container = env.create_container("sh", "-c", "ln -s /run /link", HostConfig={"NetworkMode": "none"})
        env.start_and_wait(container)
        return commit_image(env, container)

    image = env.share("image with a link to a folder", make)
    body = env.container_body(
        "sleep", "86400", HostConfig={"Binds": [f"{host_folder}/file:/link/file"]}, **KILLED_ON_STOP
    )
    name = env.reserve_name("container")
    env.post("/containers/create", {"name": name}, json={**body, "Image": image})
    env.start(name)

    put = api.put(
        f"/containers/{name}/archive", {"path": "/tmp"}, body=pack(Member("new", b"new\n")), headers=TAR
    )
    got = api.get(f"/containers/{name}/archive", {"path": "/tmp/new"})

    assert_status(put, 200)
    assert_status(got, 200)
    assert unpack(got.body)["new"].content == b"new\n"


@since("reference/containers-archive-dotted-names")
def test_names_in_the_archive_may_begin_with_a_dot(api, env):
    name = env.create_container()
    sent = pack(Member("./", kind="dir"), Member("./sent", b"sent\n"))

    answer = api.put(f"/containers/{name}/archive", {"path": "/tmp"}, body=sent, headers=TAR)

    assert_status(answer, 200)
    got = env.client.get(f"/containers/{name}/archive", {"path": "/tmp/sent"})
    assert_status(got, 200)
    assert unpack(got.body)["sent"].content == b"sent\n"


@since("reference/containers-archive-inside")
def test_a_path_does_not_lead_out_of_the_container(api, env):
    name = env.create_container()
    above = "/../../../../../../tmp"
    content = secrets.token_bytes(16)

    put = api.put(
        f"/containers/{name}/archive", {"path": above}, body=pack(Member("sent", content)), headers=TAR
    )
    got = api.get(f"/containers/{name}/archive", {"path": f"{above}/sent"})

    assert [answer.status for answer in (put, got)] == [200] * 2
    assert unpack(got.body)["sent"].content == content
    inside = env.client.get(f"/containers/{name}/archive", {"path": "/tmp/sent"})
    assert_status(inside, 200)
    assert unpack(inside.body)["sent"].content == content


@since("reference/containers-archive-link-slash")
@pytest.mark.parametrize("end", ["/", "/."], ids=["a slash", "a slash and a dot"])
def test_a_link_with_a_slash_at_its_end_is_the_folder_to_which_it_leads(api, stopped_archive_source, end):
    answer = api.get(f"/containers/{stopped_archive_source}/archive", {"path": f"/tree/dirlink{end}"})

    assert_status(answer, 200)
    contents = {name.rpartition("/")[2]: member.content for name, member in unpack(answer.body).items()}
    assert contents.get("inner") == b"inner\n"

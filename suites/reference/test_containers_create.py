"""What POST /containers/create answers and refuses: names, images, members that say nothing."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from conformance import (
    adopt_if_created,
    array,
    assert_alive,
    assert_status,
    assert_type,
    at,
    since,
)
from conformance.testing import (
    run_created,
)

#: How many requests are sent at once.
REQUESTS = 6


@since("reference/containers-create-answer")
def test_create_answers_the_id_and_a_list_of_warnings(api, env):
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": name}, json=env.container_body())

    assert_status(answer, 201)
    assert at(answer.json(), "Id") == at(env.get(f"/containers/{name}/json"), "Id")
    array(answer.json(), "Warnings")


@since("reference/containers-create-name")
@pytest.mark.parametrize("slash", ["", "/"], ids=["plain", "behind a slash"])
def test_the_container_has_the_name(api, env, slash):
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": slash + name}, json=env.container_body())

    assert_status(answer, 201)
    container = assert_type(answer.json(), "Id", str)
    assert at(env.get(f"/containers/{container}/json"), "Name") == f"/{name}"


@since("reference/containers-create-unnamed")
def test_a_container_without_a_name_gets_one(api, env):
    answer = api.post("/containers/create", json=env.container_body())

    assert_status(answer, 201)
    container = env.adopt("container", at(answer.json(), "Id"))
    assert assert_type(env.get(f"/containers/{container}/json"), "Name", str).lstrip("/")


@pytest.fixture
def image_named_latest(env):
    """The id of an image and its name, whose tag is latest."""

    def make():
        name = env.tag_image()
        repository = name.rpartition(":")[0]
        env.ledger.will_create("image", f"{repository}:latest")
        env.post(f"/images/{name}/tag", {"repo": repository, "tag": "latest"})
        return at(env.get(f"/images/{name}/json"), "Id"), f"{repository}:latest"

    return env.share("image of containers with the tag latest", make)


@since("reference/containers-create-image")
@pytest.mark.parametrize("by", ["name and tag", "name", "id", "short id"])
def test_the_image_is_found_by_name_and_by_id(api, env, image_named_latest, by):
    image, tagged = image_named_latest
    bare = image.removeprefix("sha256:")
    shown = {
        "name and tag": tagged,
        "name": tagged.removesuffix(":latest"),
        "id": bare,
        "short id": bare[:12],
    }
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": name}, json=env.container_body("true", Image=shown[by]))

    assert_status(answer, 201)
    assert assert_type(env.get(f"/containers/{name}/json"), "Image", str).removeprefix("sha256:") == bare


#: Members without a value, as clients in Go send them.
NULLS = {
    "Entrypoint": None,
    "Env": None,
    "ExposedPorts": None,
    "Labels": None,
    "OnBuild": None,
    "Volumes": None,
}

HOST_NULLS = dict.fromkeys(
    ["Binds", "CapAdd", "CapDrop", "Dns", "DnsSearch", "ExtraHosts", "Links", "SecurityOpt", "VolumesFrom"]
)

#: Members with the value that says nothing, as the example has them.
ZEROS = {
    "AttachStdin": False,
    "Domainname": "",
    "Hostname": "",
    "NetworkDisabled": False,
    "OpenStdin": False,
    "StdinOnce": False,
    "Tty": False,
    "User": "",
    "WorkingDir": "",
}

HOST_ZEROS = {
    "CgroupParent": "",
    "CpuPeriod": 0,
    "CpuQuota": 0,
    "CpuShares": 0,
    "CpusetCpus": "",
    "CpusetMems": "",
    "Devices": [],
    "Memory": 0,
    "MemoryReservation": 0,
    "MemorySwap": 0,
    "OomKillDisable": False,
    "PidMode": "",
    "PortBindings": {},
    "Privileged": False,
    "PublishAllPorts": False,
    "ReadonlyRootfs": False,
    "RestartPolicy": {"Name": "", "MaximumRetryCount": 0},
    "SecurityOpt": [],
    "Ulimits": [],
    "VolumeDriver": "",
}


@since("reference/containers-create-nothing-said")
@pytest.mark.parametrize(
    ("members", "host"), [(NULLS, HOST_NULLS), (ZEROS, HOST_ZEROS)], ids=["null", "empty values"]
)
def test_a_member_that_says_nothing_changes_nothing(api, env, members, host):
    name = env.reserve_name("container")
    body = {**members, **env.container_body("echo", "out", HostConfig=host)}
    if members is NULLS:
        body["Labels"] = env.labels

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    result = run_created(env, name, must_write=True)
    assert (result.exit_code, result.stdout) == (0, "out\n")


@since("reference/containers-create-charset")
def test_the_type_of_the_body_may_name_its_character_set(api, env):
    name = env.reserve_name("container")
    body = env.container_body("true", Env=["GIVEN=yes"])

    answer = api.post(
        "/containers/create",
        {"name": name},
        json=body,
        headers={"Content-Type": "application/json; charset=utf-8"},
    )

    assert_status(answer, 201)
    assert "GIVEN=yes" in array(env.get(f"/containers/{name}/json"), "Config", "Env")


@since("reference/containers-create-from-inspect")
def test_the_configuration_that_an_inspection_shows_is_taken(api, env):
    volume = env.create_volume()
    source = env.create_container(
        "sh",
        "-c",
        "echo $COLOUR $(cat /proc/sys/kernel/hostname); test -d /data && id -u",
        Env=["COLOUR=red"],
        User="tester",
        Labels={"colour": "red"},
        ExposedPorts={"7/tcp": {}},
        HostConfig={"NetworkMode": "none", "Binds": [f"{volume}:/data"], "CapDrop": ["MKNOD"]},
    )
    shown = api.get(f"/containers/{source}/json").json()
    name = env.reserve_name("container")

    body = {**assert_type(shown, "Config", dict), "HostConfig": at(shown, "HostConfig")}
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    hostname = at(shown, "Config.Hostname")
    user = env.start_and_wait(source).stdout.partition("\n")[2]
    assert run_created(env, name, must_write=True).stdout == f"red {hostname}\n{user}"
    assert at(env.get(f"/containers/{name}/json"), "Config", "Labels", "colour") == "red"


@since("reference/containers-create-name-race")
def test_one_of_several_requests_at_once_gets_the_name(api, env):
    name, body = env.reserve_name("container"), env.container_body()

    with ThreadPoolExecutor(REQUESTS) as pool:
        answers = list(
            pool.map(
                lambda _: api.apart().post("/containers/create", {"name": name}, json=body), range(REQUESTS)
            )
        )

    for answer in answers[1:]:
        adopt_if_created(env, "container", answer)
    assert sorted(answer.status for answer in answers) == [201] + [409] * (REQUESTS - 1)


@since("reference/containers-create-null")
def test_a_body_of_null_is_a_bad_parameter(api, env):
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create", {"name": name}, body=b"null", headers={"Content-Type": "application/json"}
    )

    assert_status(answer, 400)
    assert_alive(api)

"""The process that POST /containers/create describes: its program, terminal, input, user, folder and environment."""

import secrets

import pytest

from conformance import (
    adopt_if_created,
    assert_refused,
    assert_status,
    assert_type,
    at,
    since,
)
from conformance.testing import (
    KILLED_ON_STOP,
    STDOUT,
    Batch,
    FixtureError,
    SharedRequest,
    Unavailable,
    becomes_true,
    is_running,
    look_at_effect,
    payload,
    refusal_unless,
    run_created,
)
from fixtures.containers import body_without_host_config
from fixtures.images import commit_configured_image

#: Members that one container can have together.
MEMBERS = {
    "Env": ["GIVEN=yes", "EMPTY=", "SIGNS=a=b c"],
    "User": "tester",
    "WorkingDir": "/tmp",
    "Hostname": "somehost",
    "Domainname": "example.test",
    "Entrypoint": ["/bin/sh", "-c"],
    "Cmd": [
        "env | sort; echo user $(id -un); echo dir $(pwd); echo host $(hostname); echo domain $(cat /proc/sys/kernel/domainname); cat /etc/hosts"
    ],
}


@pytest.fixture
def created_process(api, env):
    """Posts to /containers/create with the given members, runs the container and returns the lines of its output."""

    def send(path, members):
        name = env.reserve_name("container")
        body = {**env.container_body(own_network=True), "Cmd": MEMBERS["Cmd"], **members}
        body.setdefault("Entrypoint", MEMBERS["Entrypoint"])
        create = SharedRequest(api, "POST", path, {"name": name}, json=body)
        return look_at_effect(
            create,
            refusal_unless(201),
            lambda: run_created(env, name, must_write=True).stdout.splitlines(),
        )

    return Batch(env, api, "created process", [MEMBERS], send)


@since("reference/containers-create-env")
def test_the_process_has_the_environment(created_process):
    lines = created_process.post("/containers/create", Env=MEMBERS["Env"])

    assert set(MEMBERS["Env"]) <= set(lines)


@since("reference/containers-create-user")
def test_the_process_runs_as_the_user(created_process):
    lines = created_process.post("/containers/create", User="tester")

    assert "user tester" in lines


@since("reference/containers-create-user")
@pytest.mark.parametrize(
    ("user", "ids"), [("1000", "1000 1000"), ("1000:44", "1000 44"), ("tester:audio", "1000 29")]
)
def test_a_user_may_be_given_by_number_and_with_a_group(api, env, user, ids):
    name = env.reserve_name("container")
    body = env.container_body("sh", "-c", "echo $(id -u) $(id -g)", User=user)

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout == f"{ids}\n"


@since("reference/containers-create-working-directory")
def test_the_process_starts_in_the_directory(created_process):
    lines = created_process.post("/containers/create", WorkingDir="/tmp")

    assert "dir /tmp" in lines


@since("reference/containers-create-working-directory")
def test_the_directory_is_made_where_the_image_has_none(api, env):
    name = env.reserve_name("container")
    body = env.container_body("pwd", WorkingDir="/made/for/it")

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout == "/made/for/it\n"


@since("reference/containers-create-hostname")
def test_the_container_has_the_host_name(created_process):
    lines = created_process.post("/containers/create", Hostname="somehost")

    assert any(
        line.split()[1:2] in (["somehost"], ["somehost.example.test"])
        for line in lines
        if line.startswith("host ")
    )


@since("reference/containers-create-domain-name")
@pytest.mark.needs("host-namespaces")
def test_the_container_finds_itself_under_the_domain(created_process):
    lines = created_process.post("/containers/create", Hostname="somehost", Domainname="example.test")

    # The references leave open where: in /etc/hosts, in the host name, or as the kernel's domain name.
    shown = [word for line in lines for word in line.split()]
    assert "somehost.example.test" in shown or "domain example.test" in lines


@since("reference/containers-create-command")
@pytest.mark.parametrize(
    "command",
    [
        {"Cmd": ["echo", "one two"]},
        {"Entrypoint": ["echo"], "Cmd": ["one two"]},
        {"Entrypoint": ["echo", "one two"]},
        {"Entrypoint": ["sh", "-c"], "Cmd": ["echo one two"]},
        {"Entrypoint": "echo", "Cmd": ["one two"]},
        {"Entrypoint": None, "Cmd": ["echo", "one two"]},
        {"Entrypoint": [], "Cmd": ["echo", "one two"]},
        {"Entrypoint": "", "Cmd": ["echo", "one two"]},
    ],
    ids=[
        "command",
        "entry point and argument",
        "entry point",
        "shell",
        "entry point as a string",
        "entry point null",
        "no entry point",
        "empty entry point",
    ],
)
def test_the_process_is_the_entry_point_with_the_command_as_its_arguments(api, env, command):
    name = env.reserve_name("container")
    body = {**env.container_body(), **command}
    if "Cmd" not in command:
        del body["Cmd"]

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout == "one two\n"


@since("reference/containers-create-command")
def test_a_command_may_be_one_string(api, env):
    name = env.reserve_name("container")
    body = {**env.container_body(), "Cmd": "/fixtures/script"}

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout == "script\n"


@since("reference/containers-create-terminal")
@pytest.mark.parametrize("tty", [True, False])
def test_the_process_has_a_terminal_if_it_was_asked_for(api, env, tty):
    name = env.reserve_name("container")
    body = env.container_body("sh", "-c", "test -t 1; exit $?", Tty=tty)

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    env.start(name)
    assert (env.wait_for_exit(name) == 0) is tty


@since("reference/containers-create-stdin-once")
@pytest.mark.parametrize("once", [True, False])
def test_standard_input_closes_with_the_first_client_that_leaves(api, env, once):
    name = env.reserve_name("container")
    body = env.container_body(
        "sh", "-c", "cat; exit 5", OpenStdin=True, StdinOnce=once, AttachStdin=True, **KILLED_ON_STOP
    )

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    env.start(name)
    query = {"stream": 1, "stdin": 1, "stdout": 1}
    with env.client.hijack("POST", f"/containers/{name}/attach", query, headers=()) as attached:
        attached.send(b"here\n")
        attached.read_output_until(b"here")
    assert becomes_true(lambda: is_running(env, name) is False, 5 if once else 0.5) is once


@pytest.fixture
def image_with_defaults(env):
    """The name of an image with an entry point, a command, a variable, a folder and a user of its own."""
    config = {
        "Entrypoint": ["sh", "-c", "echo $0 $FROM_IMAGE $(pwd) $(id -un)"],
        "Cmd": ["from-the-image"],
        "Env": ["FROM_IMAGE=yes"],
        "User": "tester",
        "WorkingDir": "/tmp",
        "Labels": {"dockerconf.of-the-image": "yes"},
        "ExposedPorts": {"81/tcp": {}},
    }
    return env.share("image with defaults", lambda: commit_configured_image(env, config))


@since("reference/containers-create-image-defaults")
@pytest.mark.parametrize(
    ("members", "shown"),
    [
        ({}, "from-the-image yes /tmp tester"),
        ({"Cmd": ["other"]}, "other yes /tmp tester"),
        ({"Env": ["FROM_IMAGE=no"]}, "from-the-image no /tmp tester"),
        ({"User": "root", "WorkingDir": "/"}, "from-the-image yes / root"),
        ({"Cmd": [], "Entrypoint": ["echo", "own"]}, "own"),
    ],
    ids=["nothing", "a command", "a variable", "user and folder", "an entry point"],
)
def test_what_create_does_not_say_is_as_in_the_image(api, env, image_with_defaults, members, shown):
    name = env.reserve_name("container")
    body = {**env.container_body(Image=image_with_defaults), **members}
    if "Cmd" not in members:
        del body["Cmd"]

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout == f"{shown}\n"


@since("reference/containers-create-image-defaults")
@pytest.mark.parametrize(
    "members",
    [
        {"Cmd": None},
        {"Entrypoint": None},
        {"Env": None},
        {"Env": []},
        {"User": ""},
        {"WorkingDir": ""},
        {"Cmd": None, "Entrypoint": None, "Env": [], "User": "", "WorkingDir": ""},
    ],
    ids=str,
)
def test_a_member_that_is_null_or_empty_is_as_in_the_image(api, env, image_with_defaults, members):
    name = env.reserve_name("container")
    body = env.container_body(Image=image_with_defaults)
    del body["Cmd"]

    answer = api.post("/containers/create", {"name": name}, json={**body, **members})

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout == "from-the-image yes /tmp tester\n"


@since("reference/containers-create-entrypoint-reset")
def test_an_entry_point_of_one_empty_string_is_none(api, env):
    image = env.share(
        "image with an entry point", lambda: commit_configured_image(env, {"Entrypoint": ["echo", "image"]})
    )
    name = env.reserve_name("container")
    body = env.container_body("echo", "own", Image=image, Entrypoint=[""])

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout == "own\n"


@since("reference/containers-create-image-objects")
@pytest.mark.parametrize(
    ("member", "own", "of_image"),
    [
        ("Labels", "dockerconf.own", "dockerconf.of-the-image"),
        ("ExposedPorts", "7/tcp", "81/tcp"),
    ],
    ids=["Labels", "ExposedPorts"],
)
@pytest.mark.parametrize("said", [True, False], ids=["beside its own", "alone"])
def test_labels_and_ports_of_the_image_are_there(api, env, image_with_defaults, member, own, of_image, said):
    name = env.reserve_name("container")
    body = env.container_body(own_network=True, Image=image_with_defaults)
    value = "" if member == "Labels" else {}
    if said:
        body[member] = {**body.get(member, {}), own: value}

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    shown = assert_type(api.get(f"/containers/{name}/json").json(), ("Config", member), dict)
    assert (of_image in shown, own in shown) == (True, said)


@since("reference/containers-create-open-stdin")
@pytest.mark.parametrize("opened", [True, False], ids=["open", "closed"])
def test_standard_input_stays_open_only_if_it_was_asked_for(api, env, opened):
    name = env.reserve_name("container")
    body = env.container_body("sh", "-c", "read line; exit 5", OpenStdin=opened, **KILLED_ON_STOP)

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    env.start(name)
    assert becomes_true(lambda: is_running(env, name) is False, 0.5 if opened else 5) is not opened


@since("reference/containers-create-privileged")
@pytest.mark.usefixtures("privileged_host")
@pytest.mark.parametrize("privileged", [True, False])
def test_a_privileged_process_has_more_capabilities(api, env, privileged):
    name = env.reserve_name("container")
    show = ("grep", "CapEff", "/proc/self/status")
    body = env.container_body(*show, HostConfig={"Privileged": privileged})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    shown, plain = (
        int(output.split()[1], 16)
        for output in (
            run_created(env, name, must_write=True).stdout,
            env.execute(env.idle_container(), *show).stdout,
        )
    )
    assert (shown > plain) is privileged, (
        f"expected {'more than' if privileged else 'no more than'} {plain:#x}, got {shown:#x}"
    )


@since("reference/containers-create-pid-container")
@pytest.mark.parametrize("by", ["name", "id"])
def test_a_container_joins_the_processes_of_another(api, env, by):
    other = env.idle_container()
    shown = at(env.get(f"/containers/{other}/json"), "Name").lstrip("/") if by == "name" else other
    script = "readlink /proc/self/ns/pid"
    name = env.reserve_name("container")
    body = env.container_body("sh", "-c", script, HostConfig={"PidMode": f"container:{shown}"})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout == env.execute(other, "sh", "-c", script).stdout


@since("reference/containers-create-unicode")
def test_text_beyond_ascii_arrives_as_it_was_sent(api, env):
    name = env.reserve_name("container")
    labels = {**env.labels, "dockerconf.text": "Grüße, 世界 \U0001f600"}
    body = env.container_body("sh", "-c", "echo $TEXT", Env=["TEXT=Grüße, 世界"], Labels=labels)

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout == "Grüße, 世界\n"
    assert at(env.get(f"/containers/{name}/json"), "Config", "Labels") == labels


@since("reference/containers-create-lxc")
def test_a_configuration_of_lxc_has_no_effect_on_another_driver(api, env):
    name = env.reserve_name("container")
    host = {"LxcConf": {"lxc.utsname": "docker"}}
    body = env.container_body("hostname", own_network=True, Hostname="somehost", HostConfig=host)

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout == "somehost\n"


@since("reference/containers-create-mode-without-name")
@pytest.mark.parametrize("member", ["PidMode", "NetworkMode", "IpcMode"])
def test_a_mode_that_names_no_container_is_refused(api, env, member):
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body(HostConfig={member: "container:"})
    )

    if answer.status == 201:
        answer = env.client.post(f"/containers/{name}/start")
    assert_refused(answer)


@since("reference/containers-create-attach-members")
@pytest.mark.parametrize("member", ["AttachStdin", "AttachStdout", "AttachStderr"])
def test_the_configuration_shows_which_stream_is_attached(api, env, member):
    attached = {"AttachStdin": False, "AttachStdout": False, "AttachStderr": False, member: True}
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": name}, json=env.container_body(**attached))

    assert_status(answer, 201)
    config = at(env.get(f"/containers/{name}/json"), "Config")
    assert {shown: at(config, shown) for shown in attached} == attached


@since("reference/containers-create-security-options-beside")
def test_security_options_beside_the_host_configuration_are_kept(api, env):
    name = env.reserve_name("container")
    options = ["label:user:USER", "label:level:s0:c1"]
    body = body_without_host_config(env, SecurityOpt=options)

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    shown = env.get(f"/containers/{name}/json")
    kept = at(shown, "HostConfig", "SecurityOpt") or at(shown, "Config", "SecurityOpt")
    assert [option.replace("=", ":") for option in kept or []] == options


@since("reference/containers-create-memory-swap-unlimited")
def test_memory_swap_of_minus_one_leaves_swap_unlimited(container_limits):
    limits = container_limits.post("/containers/create", HostConfig={"Memory": 64 << 20, "MemorySwap": -1})

    assert (limits.memory, limits.memory_and_swap) == (64 << 20, None)


@since("reference/containers-create-memory-swap-alone")
def test_memory_swap_without_memory_is_refused(api, env):
    name = env.reserve_name("container")
    body = env.container_body(HostConfig={"MemorySwap": 64 << 20})

    answer = api.post("/containers/create", {"name": name}, json=body)

    adopt_if_created(env, "container", answer)
    assert_refused(answer)


@since("reference/containers-create-mode-unknown")
@pytest.mark.parametrize("member", ["PidMode", "NetworkMode", "IpcMode"])
def test_a_mode_that_names_an_unknown_container_is_refused(api, env, member):
    name = env.reserve_name("container")
    mode = f"container:nosuch-{secrets.token_hex(4)}"

    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body(HostConfig={member: mode})
    )

    if answer.status == 201:
        answer = env.client.post(f"/containers/{name}/start")
    assert_refused(answer)


#: Opens the device that the container was given, for reading and for writing, and says what succeeds.
OPEN_DEVICE = ("sh", "-c", "(: < /dev/given) && echo reads; (: > /dev/given) && echo writes; true")


def give_kernel_log(permissions):
    """The part of a host configuration that gives a device which no container has by itself. Its reading needs a capability, too."""
    device = {"PathOnHost": "/dev/kmsg", "PathInContainer": "/dev/given", "CgroupPermissions": permissions}
    return {"Devices": [device], "CapAdd": ["SYSLOG"]}


@pytest.fixture
def kernel_log(env):
    """Requires that a container can use the log of the kernel."""

    def use():
        name = env.create_container(*OPEN_DEVICE, HostConfig=give_kernel_log("rwm"))
        env.start_and_wait(name)
        return payload(env.read_log(name), STDOUT)

    try:
        shown = env.share("use of the log of the kernel", use)
    except FixtureError as error:
        raise Unavailable(f"no container can have /dev/kmsg of the daemon's host: {error}") from None
    if shown.split() != [b"reads", b"writes"]:
        raise Unavailable("no container can read and write /dev/kmsg of the daemon's host")


@since("reference/containers-create-device-permissions")
@pytest.mark.usefixtures("kernel_log")
@pytest.mark.parametrize(
    ("permissions", "reads", "writes"), [("r", True, False), ("w", False, True), ("rw", True, True)]
)
def test_a_device_is_used_as_its_permissions_say(api, env, permissions, reads, writes):
    body = env.container_body(*OPEN_DEVICE, HostConfig=give_kernel_log(permissions))
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    shown = run_created(env, name).stdout.split()
    assert ("reads" in shown, "writes" in shown) == (reads, writes), f"the process {shown or 'does neither'}"


@since("reference/containers-create-memory-swap-below")
def test_memory_swap_below_memory_is_refused(api, env):
    name = env.reserve_name("container")
    body = env.container_body(HostConfig={"Memory": 64 << 20, "MemorySwap": 32 << 20})

    answer = api.post("/containers/create", {"name": name}, json=body)

    adopt_if_created(env, "container", answer)
    assert_refused(answer)


@since("reference/containers-create-shm-size-negative")
def test_memory_to_share_below_zero_is_refused(api, env):
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body(HostConfig={"ShmSize": -1})
    )

    adopt_if_created(env, "container", answer)
    assert_refused(answer)

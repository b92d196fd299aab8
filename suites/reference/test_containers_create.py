"""What a process finds of the members of POST /containers/create, as the references describe them."""

import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest

from conformance import (
    adopt_if_created,
    array,
    assert_alive,
    assert_refused,
    assert_status,
    assert_type,
    at,
    since,
)
from conformance.testing import (
    KILLED_ON_STOP,
    Batch,
    SharedRequest,
    becomes_true,
    import_image,
    is_running,
    look_at_effect,
    refusal_unless,
    run_created,
)

#: How many requests are sent at once.
REQUESTS = 6
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


@since("reference/containers-create-network-none")
def test_a_container_without_a_network_has_the_loopback_alone(api, env):
    name = env.reserve_name("container")
    body = env.container_body("ls", "/sys/class/net", HostConfig={"NetworkMode": "none"})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    shown = run_created(env, name, must_write=True).stdout.split()
    assert "lo" in shown and not [interface for interface in shown if interface.startswith("eth")]


@since("reference/containers-create-network-disabled")
def test_a_container_whose_network_is_disabled_has_the_loopback_alone(api, env):
    name = env.reserve_name("container")
    body = env.container_body("ls", "/sys/class/net", NetworkDisabled=True)

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    shown = run_created(env, name, must_write=True).stdout.split()
    assert not [interface for interface in shown if interface.startswith("eth")]


@since("reference/containers-create-network-container")
@pytest.mark.parametrize("by", ["id", "name"])
def test_a_container_joins_the_network_of_another(api, env, by):
    other = env.idle_container()
    shown = at(env.get(f"/containers/{other}/json"), "Name").lstrip("/") if by == "name" else other
    name = env.reserve_name("container")
    script = "cat /sys/class/net/*/address; readlink /proc/self/ns/net"
    body = env.container_body("sh", "-c", script, HostConfig={"NetworkMode": f"container:{shown}"})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout == env.execute(other, "sh", "-c", script).stdout


@since("reference/containers-create-network-host")
@pytest.mark.needs("host-namespaces")
def test_a_container_on_the_network_of_the_host_shares_it_with_others_there(api, env):
    script = "readlink /proc/self/ns/net"
    first = env.share("container on the network of the host", lambda: _on_host(env))
    name = env.reserve_name("container")
    body = env.container_body("sh", "-c", script, HostConfig={"NetworkMode": "host"})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    shown = run_created(env, name, must_write=True).stdout
    assert shown == env.execute(first, "sh", "-c", script).stdout
    assert shown != env.execute(env.idle_container(), "sh", "-c", script).stdout


def _on_host(env):
    host = {"NetworkMode": "host", "UsernsMode": "host"}
    return env.create_container("sleep", "86400", start=True, HostConfig=host, **KILLED_ON_STOP)


@since("reference/containers-create-ports")
@pytest.mark.parametrize(
    "host",
    [{"PortBindings": {"7/tcp": [{"HostPort": ""}]}}, {"PublishAllPorts": True}],
    ids=["PortBindings", "PublishAllPorts"],
)
def test_the_process_is_reached_through_the_published_port(api, env, host):
    name = env.reserve_name("container")
    script = "while :; do echo from the container | nc -l -p 7; done"
    body = env.container_body(
        "sh",
        "-c",
        script,
        ExposedPorts={"7/tcp": {}},
        HostConfig=host,
        **KILLED_ON_STOP,
    )

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    env.start(name)
    bindings = at(env.get(f"/containers/{name}/json"), "NetworkSettings", "Ports")["7/tcp"]
    port = assert_type(bindings, (0, "HostPort"), str)
    call = f"for _ in $(seq 20); do nc -w 1 127.0.0.1 {port} </dev/null && break; sleep 0.1; done"
    client = env.share("container on the network of the host", lambda: _on_host(env))
    assert "from the container" in env.execute(client, "sh", "-c", call).stdout


@since("reference/containers-create-volumes-from")
@pytest.mark.parametrize(("suffix", "written"), [("", True), (":rw", True), (":ro", False)])
def test_volumes_of_another_container_are_there(api, env, volume_source, suffix, written):
    name = env.reserve_name("container")
    script = "cat /data/file; touch /data/new 2>/dev/null && echo written && rm /data/new"
    body = env.container_body("sh", "-c", script, HostConfig={"VolumesFrom": [volume_source + suffix]})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    shown = run_created(env, name, must_write=True).stdout.splitlines()
    assert shown == (["in the volume", "written"] if written else ["in the volume"])


@since("reference/containers-create-links")
def test_a_linked_container_is_found_by_its_alias(api, env):
    other = env.share("container to link to", lambda: _on_bridge(env))
    address = at(env.get(f"/containers/{other}/json"), "NetworkSettings", "Networks", "bridge", "IPAddress")
    name = env.reserve_name("container")
    host = {"NetworkMode": "bridge", "Links": [f"{other}:alias"]}
    body = env.container_body("cat", "/etc/hosts", HostConfig=host)

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    rows = [line.split() for line in run_created(env, name, must_write=True).stdout.splitlines()]
    assert [row[0] for row in rows if "alias" in row[1:]] == [address]


def _on_bridge(env):
    return env.create_container(
        "sleep", "86400", start=True, HostConfig={"NetworkMode": "bridge"}, **KILLED_ON_STOP
    )


def end_once(code):
    """A command that ends with `code` when it runs in a container for the first time, and goes on when it runs again."""
    return "sh", "-c", f"test -e /ran && exec sleep 86400; touch /ran; sleep 0.1; exit {code}"


def assert_restarted_once(api, env, body):
    """Create and start a container that runs ``end_once``: it has to be restarted once, and to go on."""
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    env.start(name)
    assert becomes_true(lambda: count_restarts(env, name) == 1 and is_running(env, name), 10)


@since("reference/containers-create-restart-policy")
@pytest.mark.parametrize("code", [0, 1])
def test_always_restarts_a_container_whatever_its_exit_code(api, env, code):
    policy = {"RestartPolicy": {"Name": "always"}}
    body = env.container_body(*end_once(code), HostConfig=policy, **KILLED_ON_STOP)

    assert_restarted_once(api, env, body)


@since("reference/containers-create-restart-policy")
def test_on_failure_restarts_a_failing_container_as_often_as_it_may(api, env):
    name = env.reserve_name("container")
    policy = {"Name": "on-failure", "MaximumRetryCount": 2}
    body = env.container_body("sh", "-c", "sleep 0.05; exit 1", HostConfig={"RestartPolicy": policy})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    env.start(name)
    assert becomes_true(lambda: count_restarts(env, name) == 2 and is_running(env, name) is False, 10)


@since("reference/containers-create-restart-policy")
def test_on_failure_leaves_a_container_that_succeeded(api, env):
    name = env.reserve_name("container")
    policy = {"Name": "on-failure", "MaximumRetryCount": 2}
    body = env.container_body("true", HostConfig={"RestartPolicy": policy})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    env.start_and_wait(name)
    assert not becomes_true(lambda: count_restarts(env, name) > 0, 0.5), "the container was restarted"


def count_restarts(env, name):
    return at(env.get(f"/containers/{name}/json"), "RestartCount")


@since("reference/containers-create-answer")
def test_create_answers_the_id_and_a_list_of_warnings(api, env):
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": name}, json=env.container_body())

    assert_status(answer, 201)
    assert at(answer.json(), "Id") == at(env.get(f"/containers/{name}/json"), "Id")
    array(answer.json(), "Warnings")


@since("reference/containers-create-volumes")
@pytest.mark.parametrize(
    "path", ["/data", "/deep/in/it", "/data/"], ids=["one level", "deep", "with a slash"]
)
def test_each_path_is_a_volume(api, env, path):
    name = env.reserve_name("container")
    script = f"grep -c ' {path.rstrip('/')} ' /proc/mounts; touch {path}/file && echo written"
    body = env.container_body("sh", "-c", script, Volumes={path: {}, "/other": {}})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout.split() == ["1", "written"]


@since("reference/containers-create-binds")
@pytest.mark.parametrize(("suffix", "written"), [("", True), (":ro", False)], ids=["writable", "read-only"])
def test_a_folder_of_the_host_is_mounted(api, env, host_folder, suffix, written):
    name = env.reserve_name("container")
    script = "cat /bound/file; touch /bound/new 2>/dev/null && echo written && rm /bound/new"
    host = {"Binds": [f"{host_folder}:/bound{suffix}"]}
    body = env.container_body("sh", "-c", script, HostConfig=host)

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    shown = run_created(env, name, must_write=True).stdout.splitlines()
    assert shown == (["on the host", "written"] if written else ["on the host"])


@since("reference/containers-create-binds")
def test_several_folders_of_the_host_are_mounted(api, env, host_folder):
    name = env.reserve_name("container")
    host = {"Binds": [f"{host_folder}:/one", f"{host_folder}:/two:ro"]}
    body = env.container_body("cat", "/one/file", "/two/file", HostConfig=host)

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout == "on the host\n" * 2


@since("reference/containers-create-binds")
def test_one_file_of_the_host_is_mounted(api, env, host_folder):
    name = env.reserve_name("container")
    body = env.container_body("cat", "/bound", HostConfig={"Binds": [f"{host_folder}/file:/bound:ro"]})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout == "on the host\n"


@pytest.fixture
def image_with_defaults(env):
    """The name of an image with an entry point, a command, a variable, a folder and a user of its own."""

    def make():
        container = env.create_container("true", HostConfig={"NetworkMode": "none"})
        name = env.reserve_name("image")
        repo, _, tag = name.rpartition(":")
        body = {
            "Entrypoint": ["sh", "-c", "echo $0 $FROM_IMAGE $(pwd) $(id -un)"],
            "Cmd": ["from-the-image"],
            "Env": ["FROM_IMAGE=yes"],
            "User": "tester",
            "WorkingDir": "/tmp",
            "Labels": {**env.labels, "dockerconf.of-the-image": "yes"},
            "ExposedPorts": {"81/tcp": {}},
        }
        env.post("/commit", {"container": container, "repo": repo, "tag": tag}, json=body)
        return name

    return env.share("image with defaults", make)


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


@since("reference/containers-create-host-port")
def test_a_port_is_published_where_it_was_asked_for(api, env):
    client = env.share("container on the network of the host", lambda: _on_host(env))
    port = find_free_port(env, client)
    name = env.reserve_name("container")
    body = env.container_body(
        "sh",
        "-c",
        "while :; do echo from the container | nc -l -p 7; done",
        ExposedPorts={"7/tcp": {}},
        HostConfig={"PortBindings": {"7/tcp": [{"HostPort": port}]}},
        **KILLED_ON_STOP,
    )

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    env.start(name)
    bindings = array(env.get(f"/containers/{name}/json"), "NetworkSettings", "Ports", "7/tcp")
    assert {at(binding, "HostPort") for binding in bindings} == {port}
    call = f"for _ in $(seq 20); do nc -w 1 127.0.0.1 {port} </dev/null && break; sleep 0.1; done"
    assert "from the container" in env.execute(client, "sh", "-c", call).stdout


@since("reference/containers-create-port-freed")
@pytest.mark.parametrize("how", ["stopped", "removed"])
def test_a_port_is_free_again_when_its_container_is_gone(api, env, how):
    port = find_free_port(env, env.share("container on the network of the host", lambda: _on_host(env)))
    host = {"PortBindings": {"7/tcp": [{"HostPort": port}]}}
    members = {"own_network": True, "ExposedPorts": {"7/tcp": {}}, **KILLED_ON_STOP}
    first = env.create_container("sleep", "86400", start=True, HostConfig=host, **members)
    if how == "stopped":
        env.post(f"/containers/{first}/stop")
    else:
        env.require(env.client.delete(f"/containers/{first}", {"force": 1}))
    second = env.create_container("sleep", "86400", HostConfig=host, **members)

    answer = api.post(f"/containers/{second}/start")

    assert_status(answer, 204)
    ports = at(env.get(f"/containers/{second}/json"), "NetworkSettings", "Ports", "7/tcp")
    assert {at(binding, "HostPort") for binding in array(ports)} == {port}


@since("reference/containers-start-after-conflict")
def test_a_container_starts_once_the_port_that_it_wants_is_free(api, env):
    port = find_free_port(env, env.share("container on the network of the host", lambda: _on_host(env)))
    host = {"PortBindings": {"7/tcp": [{"HostPort": port}]}}
    members = {"own_network": True, "ExposedPorts": {"7/tcp": {}}, **KILLED_ON_STOP}
    first = env.create_container("sleep", "86400", start=True, HostConfig=host, **members)
    second = env.create_container("sleep", "86400", HostConfig=host, **members)

    refused = api.post(f"/containers/{second}/start")
    between = is_running(env, second)
    env.require(env.client.delete(f"/containers/{first}", {"force": 1}))
    answer = api.post(f"/containers/{second}/start")

    assert_refused(refused)
    assert between is False, "the container runs although its port was taken"
    assert_status(answer, 204)
    assert is_running(env, second)


def find_free_port(env, client):
    """A port of the host, as text, on which nothing listens and from which the kernel does not choose."""
    taken = env.execute(client, "sh", "-c", "cat /proc/net/tcp /proc/net/tcp6").stdout.upper()
    while f":{(port := 20000 + secrets.randbelow(10000)):04X} " in taken:
        pass
    return str(port)


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


MAC = "02:42:ac:22:00:07"


@since("reference/containers-create-mac-address-on-network")
def test_the_hardware_address_is_there_at_every_start(api, env, local_network):
    name = env.reserve_name("container")
    show = ("cat", "/sys/class/net/eth0/address")
    body = env.container_body(*show, MacAddress=MAC, HostConfig={"NetworkMode": local_network})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    run_created(env, name)
    assert env.start_and_wait(name).stdout.split() == [MAC, MAC]


@since("reference/containers-mounts-image-twice")
@pytest.mark.parametrize("place", ["/one", "/two"])
def test_an_image_is_mounted_at_two_places(api, env, place):
    source = env.share("image to mount twice", lambda: import_image(env, b"in the image\n"))
    name = env.reserve_name("container")

    mounts = [{"Type": "image", "Source": source, "Target": target} for target in ("/one", "/two")]
    body = env.container_body("cat", f"{place}/file", HostConfig={"Mounts": mounts})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name).stdout == "in the image\n"


#: A path of more characters than a file's name may have, of which each folder's name is short.
LONG_PATH = "/dddddddddddddddddddddddddddddd" * 9 + "/end"


@since("reference/containers-mounts-image-long-path")
def test_an_image_is_mounted_at_a_long_path(api, env):
    source = env.share("image to mount twice", lambda: import_image(env, b"in the image\n"))
    name = env.reserve_name("container")

    mounts = [{"Type": "image", "Source": source, "Target": LONG_PATH}]
    body = env.container_body("cat", f"{LONG_PATH}/file", HostConfig={"Mounts": mounts})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name).stdout == "in the image\n"


@pytest.fixture
def host_client(env):
    """The name of a container that is on the network of the host."""
    return env.share("container on the network of the host", lambda: _on_host(env))


@since("reference/containers-create-host-ip")
def test_a_port_is_published_at_the_address_that_was_asked_for(api, env, host_client):
    port = find_free_port(env, host_client)
    name = env.reserve_name("container")
    script = "while :; do echo from the container | nc -l -p 7; done"
    host = {"PortBindings": {"7/tcp": [{"HostIp": "127.0.0.2", "HostPort": port}]}}
    body = env.container_body(
        "sh", "-c", script, ExposedPorts={"7/tcp": {}}, HostConfig=host, **KILLED_ON_STOP
    )

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    env.start(name)
    calls = [
        f"for _ in $(seq {times}); do nc -w 1 {address} {port} </dev/null && break; sleep 0.1; done"
        for address, times in (("127.0.0.2", 20), ("127.0.0.3", 1))
    ]
    heard = ["from the container" in env.execute(host_client, "sh", "-c", call).stdout for call in calls]
    assert heard == [True, False]


@since("reference/containers-create-port-udp")
def test_a_datagram_to_the_published_port_arrives(api, env, host_client):
    name = env.reserve_name("container")
    host = {"PortBindings": {"9/udp": [{"HostIp": "127.0.0.1", "HostPort": ""}]}}
    body = env.container_body("sleep", "86400", ExposedPorts={"9/udp": {}}, HostConfig=host, **KILLED_ON_STOP)

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    env.start(name)
    bindings = array(env.get(f"/containers/{name}/json"), "NetworkSettings", "Ports", "9/udp")
    port = assert_type(bindings, (0, "HostPort"), str)
    env.execute(host_client, "timeout", "2", "nslookup", "localhost", f"127.0.0.1:{port}")
    # The kernel counts the datagrams for which it found no process.
    counts = env.execute(name, "sh", "-c", "grep ^Udp: /proc/net/snmp").stdout.splitlines()
    names, values = (line.split() for line in counts)
    assert int(values[names.index("NoPorts")]) > 0


@since("reference/containers-create-volume-twice")
def test_a_volume_is_mounted_at_two_paths(api, env):
    name, volume = env.reserve_name("container"), env.create_volume()
    script = "echo shared > /one/file; cat /two/file; touch /two/new 2>/dev/null && echo written"
    body = env.container_body(
        "sh", "-c", script, HostConfig={"Binds": [f"{volume}:/one", f"{volume}:/two:ro"]}
    )

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout == "shared\n"


@since("reference/containers-create-bind-over-volume")
def test_a_folder_of_the_host_takes_the_place_of_a_volume(api, env, host_folder):
    name = env.reserve_name("container")
    script = "grep -c ' /data ' /proc/mounts; cat /data/file"
    host = {"Binds": [f"{host_folder}:/data"]}
    body = env.container_body("sh", "-c", script, Volumes={"/data": {}}, HostConfig=host)

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout == "1\non the host\n"


@since("reference/containers-create-volume-over-volume")
def test_a_volume_with_a_name_takes_the_place_of_one_without(api, env):
    volume, name = env.create_volume(), env.reserve_name("container")
    env.start_and_wait(
        env.create_container("sh", "-c", "echo named > /data/file", HostConfig={"Binds": [f"{volume}:/data"]})
    )
    host = {"Binds": [f"{volume}:/data"]}
    script = "grep -c ' /data ' /proc/mounts; cat /data/file"
    body = env.container_body("sh", "-c", script, Volumes={"/data": {}}, HostConfig=host)

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout == "1\nnamed\n"


@since("reference/containers-create-on-failure-unlimited")
@pytest.mark.parametrize(
    "policy", [{"Name": "on-failure"}, {"Name": "on-failure", "MaximumRetryCount": 0}], ids=["absent", "zero"]
)
def test_on_failure_without_a_count_restarts_as_often_as_the_container_fails(api, env, policy):
    name = env.reserve_name("container")
    script = "echo run >> /runs; test $(wc -l < /runs) -ge 4"
    body = env.container_body("sh", "-c", script, HostConfig={"RestartPolicy": policy})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    env.start(name)
    path = f"/containers/{name}/json"
    assert becomes_true(lambda: at(env.get(path), "RestartCount") == 3, 15), "expected three restarts"
    assert becomes_true(lambda: at(env.get(path), "State.Running") is False), "expected that it stays down"


@since("reference/containers-create-publish-image-ports")
def test_ports_that_the_image_exposes_are_published(api, env):
    def make():
        image, container = env.reserve_name("image"), env.create_container(HostConfig={"NetworkMode": "none"})
        repo, _, tag = image.rpartition(":")
        body = {"ExposedPorts": {"7/tcp": {}}, "Labels": env.labels}
        env.post("/commit", {"container": container, "repo": repo, "tag": tag}, json=body)
        return image

    image, name = env.share("image with a port", make), env.reserve_name("container")
    body = env.container_body(
        "sleep", "86400", own_network=True, HostConfig={"PublishAllPorts": True}, **KILLED_ON_STOP
    )

    answer = api.post("/containers/create", {"name": name}, json={**body, "Image": image})

    assert_status(answer, 201)
    env.start(name)
    bindings = at(env.get(f"/containers/{name}/json"), "NetworkSettings", "Ports", "7/tcp")
    assert int(assert_type(bindings, (0, "HostPort"), str)) > 0


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

    body = {**at(shown, "Config"), "HostConfig": at(shown, "HostConfig")}
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    hostname = at(shown, "Config.Hostname")
    user = env.start_and_wait(source).stdout.splitlines()[1]
    assert run_created(env, name, must_write=True).stdout == f"red {hostname}\n{user}\n"
    assert at(env.get(f"/containers/{name}/json"), "Config.Labels")["colour"] == "red"


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


@since("reference/containers-create-volumes-from-unknown")
def test_volumes_of_an_unknown_container_are_refused(api, env):
    name = env.reserve_name("container")
    body = env.container_body(HostConfig={"VolumesFrom": [f"nosuch-{secrets.token_hex(4)}"]})

    answer = api.post("/containers/create", {"name": name}, json=body)

    adopt_if_created(env, "container", answer)
    assert_refused(answer)


@since("reference/containers-create-null")
def test_a_body_of_null_is_a_bad_parameter(api, env):
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create", {"name": name}, body=b"null", headers={"Content-Type": "application/json"}
    )

    assert_status(answer, 400)
    assert_alive(api)


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


@since("reference/containers-create-shm")
def test_a_temporary_file_system_takes_the_place_of_dev_shm(api, env):
    name = env.reserve_name("container")
    body = env.container_body("df", "-k", "/dev/shm", HostConfig={"Tmpfs": {"/dev/shm": "size=3m"}})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout.split()[-5] == "3072"


@since("reference/containers-mounts-nested")
@pytest.mark.parametrize("order", [[0, 1], [1, 0]], ids=["outer first", "inner first"])
def test_a_mount_below_another_is_seen(api, env, order):
    name = env.reserve_name("container")
    targets = ["/outer", "/outer/inner"]
    script = "touch /outer/a /outer/inner/b; ls /outer /outer/inner | sort; grep -c ' /outer' /proc/mounts"
    mounts = [{"Type": "tmpfs", "Target": targets[index]} for index in order]

    answer = api.post(
        "/containers/create",
        {"name": name},
        json=env.container_body("sh", "-c", script, HostConfig={"Mounts": mounts}),
    )

    assert_status(answer, 201)
    *shown, count = run_created(env, name, must_write=True).stdout.split()
    assert {"a", "b", "inner"} <= set(shown)
    assert count == "2"


@since("reference/containers-create-attach-members")
@pytest.mark.parametrize("member", ["AttachStdin", "AttachStdout", "AttachStderr"])
def test_the_configuration_shows_which_stream_is_attached(api, env, member):
    attached = {"AttachStdin": False, "AttachStdout": False, "AttachStderr": False, member: True}
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": name}, json=env.container_body(**attached))

    assert_status(answer, 201)
    config = at(env.get(f"/containers/{name}/json"), "Config")
    assert {shown: at(config, shown) for shown in attached} == attached


def body_without_host_config(env, *cmd, **members):
    """The body of a create request as it was before there was a HostConfig."""
    body = env.container_body(*cmd, NetworkDisabled=True, **members)
    del body["HostConfig"]
    return body


@since("reference/containers-create-restart-policy-beside")
def test_the_policy_beside_the_other_members_restarts_the_container(api, env):
    policy = {"RestartPolicy": {"Name": "always"}}
    body = body_without_host_config(env, *end_once(0), **policy, **KILLED_ON_STOP)

    assert_restarted_once(api, env, body)


@since("reference/containers-create-security-options-beside")
def test_security_options_beside_the_host_configuration_are_kept(api, env):
    name = env.reserve_name("container")
    body = body_without_host_config(env, SecurityOpt=["label:disable"])

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    shown = env.get(f"/containers/{name}/json")
    kept = at(shown, "HostConfig", "SecurityOpt") or at(shown, "Config", "SecurityOpt")
    assert [option.replace("=", ":") for option in kept or []] == ["label:disable"]


@since("reference/containers-create-port-specs")
def test_port_specifications_may_be_null(api, env):
    name = env.reserve_name("container")
    body = env.container_body("echo", "out", PortSpecs=None)

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout == "out\n"


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


@since("reference/containers-create-binds-absolute")
@pytest.mark.parametrize("bind", ["/tmp:relative", "/tmp:relative:ro", "/tmp:./here"])
def test_a_path_in_the_container_that_is_not_absolute_is_refused(api, env, bind):
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body(HostConfig={"Binds": [bind]})
    )

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

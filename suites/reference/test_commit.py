"""POST /commit: what the new image holds and shows, as the references describe it."""

import pytest

from conformance import array, assert_status, assert_type, at, known, since
from conformance.testing import (
    KILLED_ON_STOP,
    actions_about,
    is_running,
    read_image_file,
)

CONFIG = {
    "Cmd": ["echo", "committed"],
    "Env": ["GIVEN=yes"],
    "ExposedPorts": {"22/tcp": {}},
    "User": "tester",
    "Volumes": {"/data": {}},
    "WorkingDir": "/tmp",
}


@pytest.fixture
def written_container(env):
    """The name of a running container whose process has written ``kept`` to /written."""

    def make():
        name = env.create_container("sleep", "86400", start=True, **KILLED_ON_STOP)
        env.execute(name, "sh", "-c", "echo kept > /written")
        return name

    return env.share("container to commit with a file", make)


@pytest.fixture
def target(env):
    """The name of an image that a check commits, and the query that gives it."""
    name = env.reserve_name("image")
    repo, _, tag = name.rpartition(":")
    return name, {"repo": repo, "tag": tag}


@since("reference/commit-content")
def test_the_image_holds_what_the_container_has_written(api, env, written_container, target):
    name, query = target

    answer = api.post("/commit", {"container": written_container, **query}, json={"Labels": env.labels})

    assert_status(answer, 201)
    assert read_image_file(env, name, "/written") == "kept\n"


@since("reference/commit-answer")
def test_commit_answers_the_id_of_the_image(api, env, written_container, target):
    name, query = target

    answer = api.post("/commit", {"container": written_container, **query}, json={"Labels": env.labels})

    shown = at(env.get(f"/images/{name}/json"), "Id").removeprefix("sha256:")
    assert_status(answer, 201)
    assert assert_type(answer.json(), "Id", str).removeprefix("sha256:") == shown


@since("reference/commit-config")
@pytest.mark.parametrize("member", sorted(set(CONFIG) - {"Env"}))
def test_the_image_has_the_configuration_of_the_body(api, env, written_container, target, member):
    name, query = target
    body = {member: CONFIG[member], "Labels": env.labels}

    answer = api.post("/commit", {"container": written_container, **query}, json=body)

    assert_status(answer, 201)
    shown = at(env.get(f"/images/{name}/json"), "Config", member)
    assert known(shown, CONFIG[member], member) == CONFIG[member]


@since("reference/commit-config")
def test_the_image_has_the_environment_of_the_body(api, env, written_container, target):
    name, query = target

    answer = api.post(
        "/commit",
        {"container": written_container, **query},
        json={"Env": CONFIG["Env"], "Labels": env.labels},
    )

    assert_status(answer, 201)
    assert CONFIG["Env"][0] in array(env.get(f"/images/{name}/json"), "Config", "Env")


@since("reference/commit-author")
def test_author_and_comment_are_kept(api, env, written_container, target):
    name, query = target
    words = {"author": "A. Uthor <a@example.test>", "comment": "a comment"}

    answer = api.post(
        "/commit", {"container": written_container, **query, **words}, json={"Labels": env.labels}
    )

    shown = env.get(f"/images/{name}/json")
    assert_status(answer, 201)
    assert (at(shown, "Author"), at(shown, "Comment")) == (words["author"], words["comment"])


@since("reference/commit-pause")
@pytest.mark.parametrize("pause", ["1", "true", "0", "false"])
def test_the_container_runs_on_after_a_commit(api, env, written_container, target, pause):
    _, query = target

    answer = api.post(
        "/commit", {"container": written_container, "pause": pause, **query}, json={"Labels": env.labels}
    )

    assert_status(answer, 201)
    assert is_running(env, written_container) is True
    assert at(env.get(f"/containers/{written_container}/json"), "State", "Paused") is False


@since("reference/commit-container-config")
@pytest.mark.parametrize(
    ("member", "value"),
    [("Cmd", ["echo", "kept"]), ("Env", ["KEPT=yes"]), ("User", "tester"), ("WorkingDir", "/tmp")],
    ids=["Cmd", "Env", "User", "WorkingDir"],
)
def test_what_the_body_does_not_name_is_as_in_the_container(api, env, target, member, value):
    name, query = target
    container = env.share(
        "container with a configuration to commit",
        lambda: env.create_container("echo", "kept", Env=["KEPT=yes"], User="tester", WorkingDir="/tmp"),
    )

    answer = api.post("/commit", {"container": container, **query}, json={"Labels": env.labels})

    assert_status(answer, 201)
    kept = at(env.get(f"/images/{name}/json"), "Config", member)
    assert set(value) <= set(kept) if member == "Env" else kept == value


@since("reference/commit-no-body")
def test_a_commit_needs_no_body(api, env, written_container, target):
    name, query = target

    answer = api.post("/commit", {"container": written_container, **query})

    assert_status(answer, 201)
    assert read_image_file(env, name, "/written") == "kept\n"


@since("reference/commit-no-tag")
def test_the_tag_is_latest_where_none_is_given(api, env, written_container, target):
    repository = target[1]["repo"]
    env.ledger.will_create("image", f"{repository}:latest")

    answer = api.post(
        "/commit", {"container": written_container, "repo": repository}, json={"Labels": env.labels}
    )

    assert_status(answer, 201)
    assert_status(env.client.get(f"/images/{repository}:latest/json"), 200)


@since("reference/commit-no-name")
def test_a_commit_without_a_name_makes_an_image_without_one(api, env, written_container):
    answer = api.post("/commit", {"container": written_container}, json={"Labels": env.labels})

    assert_status(answer, 201)
    image = env.adopt("image", assert_type(answer.json(), "Id", str))
    assert not at(env.get(f"/images/{image}/json"), "RepoTags")


@since("reference/commit-stopped")
def test_a_container_that_does_not_run_is_committed(api, env, target):
    def make():
        name = env.create_container("sh", "-c", "echo kept > /written")
        env.start_and_wait(name)
        return name

    container = env.share("container that has ended, to commit", make)
    name, query = target

    answer = api.post("/commit", {"container": container, **query}, json={"Labels": env.labels})

    assert_status(answer, 201)
    assert read_image_file(env, name, "/written") == "kept\n"


@since("reference/commit-image")
def test_the_image_names_its_parent(api, env, written_container, target):
    name, query = target
    shown = env.get(f"/containers/{written_container}/json")

    answer = api.post("/commit", {"container": written_container, **query}, json={"Labels": env.labels})

    assert_status(answer, 201)
    found = env.client.get(f"/images/{name}/json")
    assert_status(found, 200)
    image = found.json()
    parent, of_container = (assert_type(image, "Parent", str), assert_type(shown, "Image", str))
    assert parent.removeprefix("sha256:") == of_container.removeprefix("sha256:")


@since("reference/commit-config")
def test_the_image_has_the_labels_of_the_body(api, env, written_container, target):
    name, query = target
    labels = {**env.labels, "dockerconf.first": "1", "dockerconf.second": ""}

    answer = api.post("/commit", {"container": written_container, **query}, json={"Labels": labels})

    assert_status(answer, 201)
    assert labels.items() <= assert_type(env.get(f"/images/{name}/json"), "Config.Labels", dict).items()


@since("reference/commit-pause-effect")
@pytest.mark.needs("freezer")
@pytest.mark.parametrize(
    ("query", "paused"), [({}, True), ({"pause": 1}, True), ({"pause": 0}, False)], ids=str
)
def test_the_container_is_paused_while_it_is_committed(api, env, target, query, paused):
    name = env.create_container("sleep", "86400", start=True, **KILLED_ON_STOP)
    container = at(env.get(f"/containers/{name}/json"), "Id")

    with env.client.apart().stream("GET", "/events") as stream:
        answer = api.post("/commit", {"container": name, **target[1], **query}, json={"Labels": env.labels})
        seen = []
        for event in stream.messages(1):
            seen += actions_about([event], container)
            if "commit" in seen:
                break

    assert_status(answer, 201)
    assert ("pause" in seen) is paused


#: Members of the example that say nothing of the image.
EXAMPLE = {
    "AttachStderr": True,
    "AttachStdin": False,
    "AttachStdout": True,
    "Domainname": "",
    "Hostname": "",
    "Mounts": [{"Source": "/data", "Destination": "/data", "Mode": "ro,Z", "RW": False}],
    "NetworkDisabled": False,
    "OpenStdin": False,
    "StdinOnce": False,
    "Tty": False,
}


@since("reference/commit-example")
def test_members_that_say_nothing_of_the_image_are_taken(api, env, written_container, target):
    name, query = target
    body = {**EXAMPLE, "Cmd": ["date"], "Labels": env.labels}

    answer = api.post("/commit", {"container": written_container, **query}, json=body)

    assert_status(answer, 201)
    found = env.client.get(f"/images/{name}/json")
    assert_status(found, 200)
    assert at(found.json(), "Config", "Cmd") == ["date"]


@since("reference/commit-leaves-container")
def test_changes_are_those_of_the_image_alone(api, env, target):
    container = env.create_container(Labels={**env.labels, "colour": "red"}, Env=["COLOUR=red"])
    name, query = target
    changes = "LABEL colour=blue\nENV COLOUR=blue"

    answer = api.post("/commit", {"container": container, "changes": changes, **query}, json={})

    assert_status(answer, 201)
    assert at(env.get(f"/images/{name}/json"), "Config", "Labels", "colour") == "blue"
    config = at(api.get(f"/containers/{container}/json").json(), "Config")
    assert (at(config, "Labels", "colour"), "COLOUR=red" in array(config, "Env")) == ("red", True)


@since("reference/commit-changes-instructions")
@pytest.mark.parametrize(
    ("changes", "member", "value"),
    [
        ("LABEL colour=blue", "Labels.colour", "blue"),
        ("EXPOSE 8080", "ExposedPorts", {"8080/tcp": {}}),
        ("VOLUME /kept", "Volumes", {"/kept": {}}),
        ('ENTRYPOINT ["echo", "in"]', "Entrypoint", ["echo", "in"]),
        ("USER tester", "User", "tester"),
    ],
    ids=lambda value: value.split()[0] if isinstance(value, str) else "",
)
def test_each_instruction_changes_the_image(api, env, target, changes, member, value):
    container = env.share("container to change", env.create_container)
    name, query = target

    answer = api.post("/commit", {"container": container, "changes": changes, **query}, json={})

    assert_status(answer, 201)
    shown = at(env.get(f"/images/{name}/json"), "Config", *member.split("."))
    assert known(shown, value, member) == value


@since("reference/commit-example-limits")
def test_limits_of_a_container_are_taken(api, env, written_container, target):
    name, query = target
    body = {
        "Memory": 0,
        "MemorySwap": 0,
        "CpuShares": 512,
        "Cpuset": "0,1",
        "Cmd": ["date"],
        "Labels": env.labels,
    }

    answer = api.post("/commit", {"container": written_container, **query}, json=body)

    assert_status(answer, 201)
    assert at(env.get(f"/images/{name}/json"), "Config", "Cmd") == ["date"]


@since("reference/commit-port-specs")
def test_port_specifications_may_be_null(api, env, written_container, target):
    name, query = target
    body = {"PortSpecs": None, "Cmd": ["date"], "Labels": env.labels}

    answer = api.post("/commit", {"container": written_container, **query}, json=body)

    assert_status(answer, 201)
    assert at(env.get(f"/images/{name}/json"), "Config", "Cmd") == ["date"]


@since("reference/commit-source")
def test_the_image_names_the_container_and_its_configuration(api, env, written_container, target):
    name, query = target
    container = at(env.get(f"/containers/{written_container}/json"), "Id")
    env.post("/commit", {"container": written_container, **query}, json={"Labels": env.labels})

    document = api.get(f"/images/{name}/json").json()

    assert (at(document, "Container"), at(document, "ContainerConfig", "Cmd")) == (
        container,
        ["sleep", "86400"],
    )

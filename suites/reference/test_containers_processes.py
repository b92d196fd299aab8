"""What a container runs and what it has changed: top, changes, export, resize."""

import pytest

from conformance import array, assert_status, assert_type, at, since
from conformance.testing import KILLED_ON_STOP, unpack
from fixtures.processes import start_script


@pytest.fixture
def two_processes(env):
    """The name of a container in which two processes run: a shell and a sleep."""

    def make():
        return env.create_container(
            "sh", "-c", "sleep 54321 & exec sleep 12345", start=True, **KILLED_ON_STOP
        )

    return env.share("container with two processes", make)


@since("reference/containers-top")
@pytest.mark.needs("cgroups")
def test_top_has_a_row_for_each_process_and_as_many_columns_as_titles(api, two_processes):
    document = api.get(f"/containers/{two_processes}/top").json()

    titles = assert_type(document, "Titles", list)
    rows = assert_type(document, "Processes", list)
    assert titles and {type(title) for title in titles} == {str}
    assert [len(row) for row in rows] == [len(titles)] * 2, (
        f"expected 2 rows of {len(titles)} columns, got {rows}"
    )
    assert sorted(str(row[-1]) for row in rows) == ["sleep 12345", "sleep 54321"]


@since("reference/containers-top-ps-args")
@pytest.mark.needs("cgroups")
def test_top_takes_arguments_of_ps(api, two_processes):
    document = api.get(f"/containers/{two_processes}/top", {"ps_args": "-o pid,args"}).json()

    assert len(assert_type(document, "Titles", list)) == 2
    assert {len(row) for row in assert_type(document, "Processes", list)} == {2}


@pytest.fixture
def changed_container(env):
    """The name of a container whose process has changed one file of its image, added one and deleted one."""

    def make():
        script = "echo more >> /etc/group; echo new > /tmp/added; rm /fixtures/file"
        name = env.create_container("sh", "-c", script)
        assert env.start_and_wait(name).exit_code == 0, "the process could not change its files"
        return name

    return env.share("container with changed files", make)


@since("reference/containers-changes")
@pytest.mark.parametrize(
    ("path", "kind"), [("/etc/group", 0), ("/etc", 0), ("/tmp/added", 1), ("/fixtures/file", 2)]
)
def test_changes_tells_what_happened_to_a_path(api, changed_container, path, kind):
    document = api.get(f"/containers/{changed_container}/changes").json()

    kinds = [at(row, "Kind") for row in document if at(row, "Path") == path]
    assert kinds == [kind], f"{path}: expected one row of Kind {kind}, got {kinds}"


@since("reference/containers-changes")
def test_changes_leaves_out_what_is_unchanged(api, changed_container):
    document = api.get(f"/containers/{changed_container}/changes").json()

    paths = {at(row, "Path") for row in document}
    assert not {"/etc/passwd", "/fixtures/script", "/bin/busybox"} & paths


@since("reference/containers-changes-unknown")
def test_changes_of_an_unknown_container_are_not_found(api, env):
    answer = api.get(f"/containers/{env.prefix}absent/changes")

    assert_status(answer, 404)


@since("reference/containers-resize")
@pytest.mark.parametrize("size", [{"h": 40, "w": 80}, {"h": 50, "w": 120}], ids=["40x80", "50x120"])
def test_resize_of_a_terminal_succeeds(api, env, size):
    name = env.share(
        "container with a terminal",
        lambda: env.create_container("sleep", "86400", start=True, Tty=True, **KILLED_ON_STOP),
    )

    answer = api.post(f"/containers/{name}/resize", size)

    assert_status(answer, 200)


@since("reference/containers-resize")
def test_resize_of_an_unknown_container_is_not_found(api, env):
    answer = api.post(f"/containers/{env.prefix}absent/resize", {"h": 40, "w": 80})

    assert_status(answer, 404)


@since("reference/containers-export")
def test_export_is_a_tar_archive_of_the_file_system(api, changed_container):
    answer = api.get(f"/containers/{changed_container}/export")

    assert_status(answer, 200)
    files = unpack(answer.body)
    assert files["tmp/added"].content == b"new\n"
    assert "fixtures/file" not in files and "etc/passwd" in files


@since("reference/containers-export-type")
def test_the_type_of_an_export_is_that_of_bytes(api, changed_container):
    answer = api.get(f"/containers/{changed_container}/export")

    assert answer.header("Content-Type") == "application/octet-stream"


@since("reference/containers-top-default")
@pytest.mark.needs("cgroups")
def test_top_shows_without_arguments_what_ef_shows(api, two_processes):
    default = api.get(f"/containers/{two_processes}/top").json()
    chosen = api.get(f"/containers/{two_processes}/top", {"ps_args": "-ef"}).json()

    assert at(default, "Titles") == at(chosen, "Titles")


@since("reference/containers-top-default")
@pytest.mark.parametrize("title", ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"])
@pytest.mark.needs("cgroups")
def test_top_has_the_column(api, two_processes, title):
    document = api.get(f"/containers/{two_processes}/top").json()

    assert title in array(document, "Titles")


@since("reference/containers-top-stopped")
@pytest.mark.parametrize("state", ["created", "exited"])
def test_top_of_a_container_that_does_not_run_is_a_conflict(api, container_in_state, state):
    answer = api.get(f"/containers/{container_in_state(state).id}/top")

    assert_status(answer, 409)


@since("reference/containers-top-ps-args")
@pytest.mark.needs("cgroups")
def test_top_has_the_columns_of_aux(api, two_processes):
    document = api.get(f"/containers/{two_processes}/top", {"ps_args": "aux"}).json()

    assert {"USER", "PID", "%CPU", "%MEM", "STAT", "COMMAND"} <= set(array(document, "Titles"))
    assert sorted(str(row[-1]) for row in array(document, "Processes")) == ["sleep 12345", "sleep 54321"]


@since("reference/containers-changes-none")
def test_a_container_that_has_changed_nothing_has_no_rows(api, container_in_state):
    answer = api.get(f"/containers/{container_in_state('created').id}/changes")

    assert_status(answer, 200)
    assert not answer.json()


@since("reference/containers-changes-running")
@pytest.mark.parametrize(
    ("path", "kind"), [("/made", 1), ("/made/inner", 1), ("/fixtures", 0), ("/fixtures/dir", 2)]
)
def test_changes_of_a_running_container_have_its_folders(api, env, path, kind):
    def make():
        script = "mkdir -p /made/inner; rm -r /fixtures/dir; echo ready; exec sleep 86400"
        return start_script(env, script, **KILLED_ON_STOP)

    name = env.share("running container with changed folders", make)

    document = api.get(f"/containers/{name}/changes").json()

    assert [at(row, "Kind") for row in document if at(row, "Path") == path] == [kind]


@since("reference/containers-export-whole")
@pytest.mark.parametrize("state", ["running", "exited"])
def test_an_export_keeps_links_modes_and_owners(api, env, state):
    def make():
        script = (
            "echo here > /sent; chown 1000:29 /sent; chmod 4750 /sent; ln -s sent /pointing; "
            f"echo ready; {'exec sleep 86400' if state == 'running' else 'true'}"
        )
        return start_script(env, script, **KILLED_ON_STOP)

    name = env.share(("container with a file of another owner", state), make)

    files = unpack(api.get(f"/containers/{name}/export").body)

    sent, pointing = files["sent"], files["pointing"]
    assert (sent.content, sent.mode & 0o7777, sent.uid, sent.gid) == (b"here\n", 0o4750, 1000, 29)
    assert pointing.target == "sent"

"""CgroupParent in HostConfig of POST /containers/create, as API v1.18 added it.

Where a process is in the hierarchy only the host sees: a container that shares the host's PID and cgroup namespaces
looks there, and also removes the parents, which outlive their containers.
"""

import secrets

import pytest

from conformance import assert_status, at, since
from conformance.testing import DaemonFault, FixtureError, assert_starts, read_cgroup_paths

#: A new group of cgroup v1 has no CPUs and no memory nodes; not every engine gives it those of its parent.
MAKE = """
cd /host
for d in . */.; do
    [ "$d" = . ] || [ ! -e cgroup.procs ] || break
    mkdir "$d/$0" 2>/dev/null || continue
    for f in cpuset.cpus cpuset.mems; do [ ! -e "$d/$f" ] || cat "$d/$f" >"$d/$0/$f"; done
done
true
"""
# A place without a cgroup file system has plain files, which rmdir leaves; on a real one rm cannot do any harm.
REMOVE = """
for attempt in $(seq 100); do
    find /host -depth -type d -path "*/$0*" -exec rmdir {} + 2>/dev/null
    [ -z "$(find /host -type d -name "$0*")" ] && exit 0
    find /host -type d -name "$0*" -prune -exec rm -rf {} + 2>/dev/null
    usleep 20000
done
exit 1
"""


@pytest.fixture
def host_view(env):
    """The name of a running container that sees the host's processes, and the host's cgroups at /host."""
    host = {
        "PidMode": "host",
        "CgroupnsMode": "host",
        "UsernsMode": "host",
        "Binds": ["/sys/fs/cgroup:/host:rw"],
    }
    return env.share(
        "lookout",
        lambda: env.create_container("sleep", "86400", start=True, StopSignal="SIGKILL", HostConfig=host),
    )


@pytest.fixture
def parent(env, host_view):
    """A new name for a cgroup; cgroups of that name are removed when the worker ends."""
    family = env.share("cgroup parents", lambda: begin_cgroup_family(env, host_view))
    return f"{family}{secrets.token_hex(4)}"


def begin_cgroup_family(env, host_view):
    """The prefix of the names of this worker's parents, which are removed together, after the containers in them."""
    family = f"{env.prefix}{secrets.token_hex(4)}-"

    def end():
        try:
            left = env.execute(host_view, "sh", "-c", REMOVE, family)
        except (FixtureError, DaemonFault) as error:
            return [f"cgroups {family}*: {error}"]
        return [f"cgroups {family}*: still in use"] if left.exit_code != 0 else []

    env.before_removal.append(end)
    return family


def run_below(api, env, path):
    """Create a container below `path` through `api`, start it, and return its process's number on the host."""
    name = env.reserve_name("container")
    body = env.container_body("sleep", "86400", StopSignal="SIGKILL", HostConfig={"CgroupParent": path})
    assert_status(api.post("/containers/create", {"name": name}, json=body), 201)
    assert_starts(env, name)
    return at(env.get(f"/containers/{name}/json"), "State.Pid")


def paths_of(env, host_view, process):
    return set(read_cgroup_paths(env.execute(host_view, "cat", f"/proc/{process}/cgroup").stdout).values())


@since("1.18/cgroupparent")
def test_the_process_is_below_a_parent_that_is_there(api, env, host_view, parent):
    env.execute(host_view, "sh", "-c", MAKE, parent)

    process = run_below(api, env, f"/{parent}")

    assert any(path.startswith(f"/{parent}/") for path in paths_of(env, host_view, process))


@since("1.18/cgroupparent-created")
@pytest.mark.parametrize("below", ["", "/deep/er"], ids=["one level", "three levels"])
def test_a_missing_parent_is_made(api, env, host_view, parent, below):
    process = run_below(api, env, f"/{parent}{below}")

    assert any(path.startswith(f"/{parent}{below}/") for path in paths_of(env, host_view, process))


@since("1.18/cgroupparent-relative")
def test_a_relative_parent_starts_at_the_cgroup_of_the_init_process(api, env, host_view, parent):
    of_init = env.share("cgroups of init", lambda: paths_of(env, host_view, 1))
    starts = {path.rstrip("/") for path in of_init}

    process = run_below(api, env, parent)

    assert any(
        path.startswith(f"{start}/{parent}/")
        for path in paths_of(env, host_view, process)
        for start in starts
    )

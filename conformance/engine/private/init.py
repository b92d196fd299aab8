"""Process 1 of a private daemon's namespaces: prepares the file system, runs the daemon, reaps orphaned processes.

Runs in the forked child of the supervisor; standard library only.
"""

from __future__ import annotations

import os
import signal
from typing import Any

from conformance.engine.private import cgroups, namespaces

#: The signal on which process 1 ends the daemon and starts it again with the same data.
RESTART = signal.SIGUSR1
#: Files of /etc that a daemon reads and that are mounts of their own, or links into /run, where we run in a container.
_COPIED = ("resolv.conf", "hosts", "hostname")


def run(settings: dict[str, Any]) -> None:
    """Set everything up, run ``settings["command"]`` to its end and exit with its status. Never returns."""
    status = 125
    try:
        _redirect(settings["log"])
        status = _serve(settings)
    except Exception as error:  # noqa: BLE001 (there is no caller above: it goes to the log)
        os.write(2, f"docker-conformance: cannot set up the namespaces: {error}\n".encode())
    finally:
        os._exit(status)


def _serve(settings: dict[str, Any]) -> int:
    daemon = 0
    stopping = restarting = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True
        if daemon:
            os.kill(daemon, signal.SIGTERM)

    def restart(*_: object) -> None:
        nonlocal restarting
        restarting = True
        if daemon:
            os.kill(daemon, signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(RESTART, restart)
    cgroups.enter(settings["cgroup"])
    namespaces.unshare(namespaces.CLONE_NEWNS | namespaces.CLONE_NEWNET | namespaces.CLONE_NEWCGROUP)
    _mount_all(settings["etc"])
    data, size = settings["data"]
    if size:
        # Unmounted with the namespaces, however they end.
        namespaces.mount("tmpfs", data, "tmpfs", 0, f"mode=711,size={size}")
    cgroups.prepare_root()
    namespaces.loopback_up()
    os.chdir("/")
    os.umask(0o022)
    while True:
        restarting = False
        daemon = os.fork()
        if daemon == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(RESTART, signal.SIG_DFL)
            os.execve(settings["command"][0], settings["command"], settings["environment"])  # noqa: S606
        if stopping:
            os.kill(daemon, signal.SIGTERM)
        code = _wait_for(daemon)
        if stopping or not restarting:
            return code if code >= 0 else 128 - code


def _wait_for(daemon: int) -> int:
    while True:
        pid, status = os.wait()
        if pid == daemon:
            return os.waitstatus_to_exitcode(status)


def _redirect(log: str) -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(null, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(null)
    os.close(output)


def _mount_all(etc: dict[str, str]) -> None:
    # Mounts of the host reach us, never the other way. Shared again among ourselves, as the root of an ordinary host
    # is: a bind mount with ":shared" needs it.
    namespaces.mount("none", "/", flags=namespaces.MS_REC | namespaces.MS_SLAVE)
    namespaces.mount("none", "/", flags=namespaces.MS_REC | namespaces.MS_SHARED)
    kept = {name: _content(f"/etc/{name}") for name in _COPIED}
    _renew_proc_and_sys()
    # The host's containerd, systemd and engine have sockets in /run, which must not be found here.
    for path in dict.fromkeys(("/run", os.path.realpath("/var/run"))):
        namespaces.mount("tmpfs", path, "tmpfs", namespaces.MS_NOSUID | namespaces.MS_NODEV, "mode=755")
    os.makedirs("/run/lock", exist_ok=True)
    _cover_etc(kept)
    for name, text in etc.items():
        path = os.path.join("/etc", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def _renew_proc_and_sys() -> None:
    mounts = [mount for mount in namespaces.mounts() if namespaces.is_below(mount.path, "/sys")]
    links = _links("/sys/fs/cgroup")
    safe = namespaces.MS_NOSUID | namespaces.MS_NODEV | namespaces.MS_NOEXEC
    namespaces.unmount("/proc")
    namespaces.mount("proc", "/proc", "proc", safe)
    # The whole old tree is unmounted: an engine that reads mountinfo must not find the host's cgroups in it.
    namespaces.unmount("/sys")
    namespaces.mount("sysfs", "/sys", "sysfs", safe)
    for mount in mounts:
        cgroup = mount.kind in ("cgroup", "cgroup2")
        if mount.path == "/sys":
            continue
        try:
            if not os.path.isdir(mount.path):
                os.makedirs(mount.path)
            options = cgroups.options_of(mount) if cgroup else "mode=755" if mount.kind == "tmpfs" else ""
            namespaces.mount(mount.source, mount.path, mount.kind, safe, options)
        except OSError:
            # Tracing and pstore are not needed; a hierarchy of cgroups is.
            if cgroup:
                raise
    for name, target in links.items():
        os.symlink(target, f"/sys/fs/cgroup/{name}")


def _cover_etc(kept: dict[str, bytes | None]) -> None:
    """Let the daemon write /etc/docker (keys, certificates) without changing or seeing the host's."""
    upper, work = "/run/.etc/upper", "/run/.etc/work"
    os.makedirs(upper)
    os.makedirs(work)
    namespaces.mount("overlay", "/etc", "overlay", 0, f"lowerdir=/etc,upperdir={upper},workdir={work}")
    os.makedirs("/etc/docker", exist_ok=True)
    namespaces.mount("tmpfs", "/etc/docker", "tmpfs", namespaces.MS_NOSUID | namespaces.MS_NODEV, "mode=755")
    for name, content in kept.items():
        if content is not None and content != _content(f"/etc/{name}"):
            if os.path.lexists(f"/etc/{name}"):
                os.unlink(f"/etc/{name}")
            with open(f"/etc/{name}", "wb") as file:
                file.write(content)


def _content(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def _links(directory: str) -> dict[str, str]:
    try:
        return {e.name: os.readlink(e.path) for e in os.scandir(directory) if e.is_symlink()}
    except OSError:
        return {}

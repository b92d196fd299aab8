"""Mounts in POST /containers/create, as API v1.46 changed them: options of a tmpfs."""

import pytest

from conformance import assert_status, since
from conformance.testing import run_created


@since("1.46/mount-tmpfs-options")
@pytest.mark.parametrize("option", ["noexec", "exec"])
def test_file_system_has_the_option(api, env, option):
    name = env.reserve_name("container")

    mount = {"Type": "tmpfs", "Target": "/scratch", "TmpfsOptions": {"Options": [[option]]}}
    show = ("grep", " /scratch ", "/proc/mounts")
    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body(*show, HostConfig={"Mounts": [mount]})
    )

    assert_status(answer, 201)
    options = run_created(env, name).stdout.split()[3].split(",")
    assert ("noexec" in options) is (option == "noexec"), options

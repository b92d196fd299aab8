"""What fixtures and checks of the suites use beyond the package's root: the documented tools, by subject.

A suite imports from ``conformance``, from here and from ``fixtures``; ``tests/suites/test_public_surface.py`` holds it to that.
"""

from conformance.catalogue import load as load_catalogue
from conformance.engine.elf import read_architecture
from conformance.engine.identity import Daemon, RegistryFacts
from conformance.engine.plugin_program import CREATED_AT as VOLUME_CREATED_AT
from conformance.engine.plugin_program import SECRET as STORED_SECRET
from conformance.engine.plugins import LegacyPlugin, make_plugin
from conformance.engine.private.daemon import PrivateDaemon
from conformance.engine.registry import LocalRegistry
from conformance.engine.registry_emulator import RegistryEmulator
from conformance.engine.socket_access import group_id, may_connect
from conformance.environment import Environment
from conformance.environment.batch import Batch, look_at_effect, refusal_unless
from conformance.environment.cgroup_limits import PROBE_LIMITS, parse_limits
from conformance.environment.container_runs import (
    assert_starts,
    finish_started,
    run_created,
    start_body,
    unchanged_container,
)
from conformance.environment.daemon_clock import read_clock, time_before_now, with_steady_clock
from conformance.environment.docker_cli import run_docker_cli
from conformance.environment.event_memory import share_while_remembered
from conformance.environment.event_recorder import record_while
from conformance.environment.exclusive import exclusively
from conformance.environment.host_limits import show_host_limits
from conformance.environment.image_archive import pack_image, pack_platforms
from conformance.environment.image_names import familiar_name
from conformance.environment.images import (
    TAR,
    build_contexts,
    build_image,
    commit_image,
    image_in_use,
    import_image,
    read_image_file,
)
from conformance.environment.optional_steps import OptionalSteps
from conformance.environment.proc_files import (
    SHOW_LIMITS,
    SHOW_STATUS,
    read_capabilities,
    read_cgroup_paths,
    read_limit,
    read_status,
)
from conformance.environment.processes import (
    KILLED_ON_STOP,
    is_running,
    running_exec,
    start_and_wait_for_output,
    wait_for_log,
    wait_for_output,
)
from conformance.environment.registry_images import RegistryImages, encode_credentials
from conformance.environment.shared_exchange import SharedRequest, SharedStream
from conformance.environment.test_image import find_ids
from conformance.environment.wait import becomes_true, wait_until
from conformance.http.client import Client
from conformance.http.documents import parse_json
from conformance.http.errors import Malformed
from conformance.http.event_log import actions_about, event_action, events_about, is_about, is_in_order
from conformance.http.frames import STDERR, STDOUT, payload
from conformance.http.json_stream import Reader as JsonStreamReader
from conformance.http.progress_stream import progress_error
from conformance.http.tar import Member, pack, unpack
from conformance.http.websocket import Key, WebSocket
from conformance.model.errors import ConformanceError, DaemonFault, FixtureError, Unavailable, Unreachable

__all__ = [
    "Batch",
    "Client",
    "ConformanceError",
    "Daemon",
    "DaemonFault",
    "Environment",
    "FixtureError",
    "JsonStreamReader",
    "KILLED_ON_STOP",
    "Key",
    "LegacyPlugin",
    "LocalRegistry",
    "Malformed",
    "Member",
    "OptionalSteps",
    "PROBE_LIMITS",
    "PrivateDaemon",
    "RegistryEmulator",
    "RegistryFacts",
    "RegistryImages",
    "SHOW_LIMITS",
    "SHOW_STATUS",
    "STDERR",
    "STDOUT",
    "STORED_SECRET",
    "SharedRequest",
    "SharedStream",
    "TAR",
    "Unavailable",
    "Unreachable",
    "VOLUME_CREATED_AT",
    "WebSocket",
    "actions_about",
    "assert_starts",
    "becomes_true",
    "build_contexts",
    "build_image",
    "commit_image",
    "encode_credentials",
    "event_action",
    "events_about",
    "exclusively",
    "familiar_name",
    "find_ids",
    "finish_started",
    "group_id",
    "image_in_use",
    "import_image",
    "is_about",
    "is_in_order",
    "is_running",
    "load_catalogue",
    "look_at_effect",
    "make_plugin",
    "may_connect",
    "pack",
    "pack_image",
    "pack_platforms",
    "parse_json",
    "parse_limits",
    "payload",
    "progress_error",
    "read_architecture",
    "read_capabilities",
    "read_cgroup_paths",
    "read_clock",
    "read_image_file",
    "read_limit",
    "read_status",
    "record_while",
    "refusal_unless",
    "run_created",
    "run_docker_cli",
    "running_exec",
    "share_while_remembered",
    "show_host_limits",
    "start_and_wait_for_output",
    "start_body",
    "time_before_now",
    "unchanged_container",
    "unpack",
    "wait_for_log",
    "wait_for_output",
    "wait_until",
    "with_steady_clock",
]

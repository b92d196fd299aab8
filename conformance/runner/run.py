"""Opening a run: from its options to its plan. The daemon is found or started, identified, and given the test image."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from conformance.catalogue import Catalogue, load
from conformance.engine.identity import Daemon
from conformance.engine.intermediaries import describe_lost_stream, describe_lost_upgrade
from conformance.engine.private.daemon import has_option
from conformance.engine.requirements import refine
from conformance.engine.targets import Target, find
from conformance.environment import user_image
from conformance.environment.first_container import run_first_container
from conformance.environment.ledger import Ledger
from conformance.environment.test_image import TestImage, make_test_image
from conformance.environment.visit import Departure, Visit
from conformance.http.client import Client
from conformance.http.timeouts import Timeouts
from conformance.model.errors import UsageError
from conformance.model.versions import ApiVersion
from conformance.report.evidence import path_beside
from conformance.report.outcome import Strictness
from conformance.report.redaction import Redactor
from conformance.report.render.labels import format_versions
from conformance.runner.options import RunOptions
from conformance.runner.plan import Plan, choose_policy, plan_versions, select, split_served

#: How a private daemon is started, so that checks can compare labels and proxies by value. The proxies do not exist: a
#: private daemon never leaves its host, and loopback goes past them.
PRIVATE_LABELS = {"com.example.conformance": "private", "com.example.empty": ""}
PRIVATE_PROXIES = {
    "http": "http://proxy.invalid:3128",
    "https": "http://secure-proxy.invalid:3129",
    "no": "127.0.0.0/8,localhost",
}
#: The addresses of the engine that most checks share. By default an engine has some thirty networks, and the workers of a
#: run may have more at one time; a further engine has few.
ADDRESS_POOLS = {"--default-address-pool": "base=172.16.0.0/12,size=24"}
#: How long a daemon that has gone may take to answer while the run is cleaned up, in seconds.
_PATIENCE_WITH_THE_DEAD = 5.0


class Run:
    """One run as its controller sees it.

    `announce` is called with what is being done before the first case. With `ask_unserved`, selected versions that the daemon
    does not serve stay in the plan.
    """

    def __init__(
        self,
        options: RunOptions,
        catalogue: Catalogue | None = None,
        *,
        announce: Callable[[str], None] = lambda _: None,
        ask_unserved: bool = False,
    ) -> None:
        self.options = options
        self.catalogue = catalogue or load()
        #: The versions that were selected and that the daemon does not serve.
        self.unserved: list[ApiVersion] = []
        self._announce = announce
        self._ask_unserved = ask_unserved
        self.target: Target | None = None
        self.plan: Plan
        self._stack = ExitStack()
        self._visit: Visit | None = None

    def open(self) -> Plan:
        """Do all that comes before the first case. Raises UsageError or Unreachable, each with one line."""
        options = self.options
        selection = select(options, self.catalogue)
        self.target = _with_known_values(find(options), options.report)
        timeouts = Timeouts.patient(options.patience)
        if self.target.is_private:
            self._announce(f"starting {self.target.name} privately")
        daemon = self._stack.enter_context(self.target.open())
        if daemon.obstacle:
            raise UsageError(daemon.obstacle)
        versions = plan_versions(self.catalogue, daemon, options.api)
        if not self._ask_unserved:
            versions, self.unserved = split_served(versions, daemon)
        self._announce("looking at what is on the daemon")
        visit = self._visit = Visit(daemon, timeouts)
        self._stack.callback(visit.close)
        visit.begin()
        client = Client(daemon.endpoint, daemon.newest, timeouts=timeouts)
        self._announce("preparing the test image")
        if options.image:
            image = TestImage(
                options.image, options.image, user_image.look(client, visit.ledger, options.image)
            )
        else:
            image = make_test_image(client, visit.ledger)
        daemon = _look_from_inside(daemon, client, visit.ledger, image)
        client.close()
        self.plan = Plan(
            daemon=daemon,
            versions=versions,
            run=visit.run,
            image=image,
            policy=choose_policy(options),
            selection=selection,
            strictness=Strictness(legacy=options.strict_legacy, contested=options.strict_contested),
            secrets=daemon.secrets,
            timeouts=timeouts,
            ends=time.monotonic() + options.time_limit,
        )
        return self.plan

    def describe(self) -> list[str]:
        """Which daemon is asked, why that one, and in which versions."""
        assert self.target is not None
        identity = self.plan.daemon.identity
        served = f"serves API {identity.oldest} to {identity.newest}"
        asked = f"asked in {format_versions(self.plan.versions)}"
        unserved = f", not in {format_versions(self.unserved)}" if self.unserved else ""
        lines = [
            f"asking {self.target.sentence}",
            f"{identity.name} {identity.version}, {served}; {asked}{unserved}",
        ]
        if self.plan.image.fault:
            lines.append(f"no check with a container or an image can run: {self.plan.image.fault}")
        if self.plan.image.by_name:
            lines.append(
                "no container is created from the id of an image with two names; checks name the test image"
            )
        return [Redactor(self.plan.secrets).text(line) for line in lines]

    def leave(self, *, killed: bool, is_daemon_gone: bool = False) -> Departure:
        """Remove what is left of the run on the daemon.

        `killed` says that the run, or a part of it, ended before its time.
        """
        if self._visit is None:
            return Departure([], [])
        return self._visit.end(killed=killed, patience=_PATIENCE_WITH_THE_DEAD if is_daemon_gone else None)

    def close(self) -> None:
        """Leave the daemon, if that has not been done, and end it if it was started for this run."""
        try:
            self.leave(killed=True)
        finally:
            self._stack.close()


def _look_from_inside(daemon: Daemon, client: Client, ledger: Ledger, image: TestImage) -> Daemon:
    """Let a container be the witness of what its daemon says, where the daemon's process cannot be looked at.

    Raises UsageError when a proxy spoils the hijacked connections that attach and exec need.
    """
    if daemon.pid and not daemon.proxy:
        return daemon
    first = run_first_container(client, ledger, image)
    if daemon.proxy and first.talks_upgraded is False:
        raise UsageError(describe_lost_upgrade(daemon.proxy))
    if daemon.proxy and first.talks_raw is False:
        raise UsageError(describe_lost_stream(daemon.proxy))
    return refine(daemon, first.view) if first.view is not None and not daemon.pid else daemon


def _with_known_values(target: Target, report: Path) -> Target:
    """A private target with labels and proxies that checks know, and its log beside the report."""
    if not target.is_private:
        return target
    options = target.private
    more = [
        f"{name}={pools}" for name, pools in ADDRESS_POOLS.items() if has_option(target.binary or "", name)
    ]
    private = replace(
        options,
        labels={**PRIVATE_LABELS, **options.labels},
        proxies={**PRIVATE_PROXIES, **options.proxies},
        arguments=[*more, *options.arguments],
        keep_log=options.keep_log or str(path_beside(report, ".daemon.log")),
    )
    return replace(target, private=private)


def last_log_lines(daemon: Daemon, count: int = 20) -> list[str]:
    """The end of a private daemon's log; nothing for any other."""
    if daemon.private is None:
        return []
    try:
        lines = Path(daemon.private.log).read_text("utf-8", "replace").splitlines()
    except OSError:
        return []
    return lines[-count:]

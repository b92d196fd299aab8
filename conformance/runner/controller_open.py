"""Opening a run: find or start the daemon, identify it, make the test image, start the report. And closing it again."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import conformance
from conformance.catalogue import load
from conformance.catalogue.check_index import checks
from conformance.engine.identity import Daemon
from conformance.engine.targets import Target, find
from conformance.environment import cleanup, registry_cleanup, snapshot, user_image
from conformance.environment.ledger import (
    Ledger,
    RunInfo,
    forget,
    is_alive,
    known_runs,
    names_of_runs,
    new_run,
)
from conformance.environment.test_image import TestImage, make_test_image
from conformance.http.client import Client
from conformance.http.timeouts import Timeouts
from conformance.model import codec
from conformance.model.errors import UsageError
from conformance.model.policy import Policy
from conformance.model.shard import Shard
from conformance.model.verdicts import Result
from conformance.report import matrix, waivers
from conformance.report.facts import daemon_facts, host_facts
from conformance.report.file import Footer, Header
from conformance.report.redaction import Redactor
from conformance.report.waivers import Waiver
from conformance.runner.recorder import Recorder, now
from conformance.runner.worker_session import Plan, versions_asked

DEFAULT_REPORT = "conformance-report.jsonl"
#: With what a private daemon is started, so that the claims about labels and proxies can be checked by value. The
#: proxies are nobody's: a private daemon never leaves its host, and loopback goes past them.
PRIVATE_LABELS = {"com.example.conformance": "private", "com.example.empty": ""}
PRIVATE_PROXIES = {
    "http": "http://proxy.invalid:3128",
    "https": "http://secure-proxy.invalid:3129",
    "no": "127.0.0.0/8,localhost",
}


class Run:
    """One run as its controller sees it. `options` has the attributes of ``conformance.runner.options``."""

    def __init__(self, options: Any, workers: int = 0) -> None:
        self._options = options
        self._workers = workers
        self._stack = ExitStack()
        self._ledger: Ledger | None = None
        #: Where the run may have left something, and what it is called there.
        self._site: tuple[Daemon, RunInfo, Timeouts] | None = None
        self.recorder: Recorder | None = None
        self.target: Target | None = None
        self.plan: Plan
        self._waivers: list[Waiver] = []
        self._finished = False
        self._before: snapshot.Snapshot | None = None

    def open(self, listen: Callable[[Result], None] | None = None) -> None:
        """Do all that comes before the first case. Raises UsageError or Unreachable, each one line."""
        changes, cases = self._selection()
        options = self._options
        self._waivers = _waivers(options)
        if options.shard:
            try:
                Shard.parse(options.shard)
            except ValueError as error:
                raise UsageError(f"--shard: {error}") from None
        report = Path(options.report or DEFAULT_REPORT)
        self.target = furnish(find(options), report)
        timeouts = Timeouts.patient(options.patience) if options.patience else Timeouts()
        daemon = self._stack.enter_context(self.target.open())
        if daemon.obstacle:
            raise UsageError(daemon.obstacle)
        try:
            versions = versions_asked(load(), daemon, self._options.api)
        except ValueError as error:
            raise UsageError(f"--api: {error}") from None
        lasting = daemon.registry.address if daemon.registry is not None and daemon.registry.external else ""
        run = new_run(daemon.address, tls=daemon.endpoint.tls is not None, registry=lasting)
        self._ledger = Ledger(run, "controller")
        self._site = daemon, run, timeouts
        self._look_around(daemon, run, timeouts)
        client = Client(daemon.endpoint, daemon.newest, timeouts=timeouts)
        if options.image:
            fault = user_image.look(client, self._ledger, options.image)
            image = TestImage(options.image, options.image, fault)
        else:
            image = make_test_image(client, self._ledger)
            client.close()
        self.plan = Plan(
            daemon=daemon,
            versions=versions,
            run=run,
            image=image,
            changes=changes,
            cases=cases,
            policy=_policy(options),
            shard=options.shard or "",
            secrets=daemon.secrets,
            timeouts=timeouts,
            ends=time.monotonic() + options.time_limit if options.time_limit else 0.0,
        )
        self._redactor = Redactor(daemon.secrets)
        self.recorder = Recorder(
            report, self._header(), listen, int((options.evidence_limit or 500) * 1_000_000)
        )

    def _look_around(self, daemon: Daemon, run: RunInfo, timeouts: Timeouts) -> None:
        """On a daemon that others use: remove what killed runs of ours left there, and note what is not ours."""
        if daemon.private is not None:
            return
        client = Client(daemon.endpoint, daemon.newest, timeouts=timeouts)
        try:
            for dead in known_runs():
                if dead.host == run.host and not is_alive(dead):
                    left = cleanup.sweep(client, dead, killed=True)
                    # the credentials in the environment are for the registry of this run, and for no other
                    if not left and dead.registry == run.registry:
                        left = registry_cleanup.sweep(dead, killed=True)
                    if not left and dead.registry in ("", run.registry):
                        forget(dead)
            self._before = snapshot.take_or_none(client)
            # another run that still goes has objects that only its ledger shows to be a run's
            if self._before is not None:
                self._before = snapshot.without(self._before, names_of_runs())
        finally:
            client.close()

    def _selection(self) -> tuple[list[str] | None, list[str] | None]:
        catalogue = load()
        chosen: set[str] = set()
        for change in self._options.change or []:
            if change not in catalogue:
                raise UsageError(f"there is no change {change!r}; 'docker-conformance list' shows all")
            chosen.add(change)
        for profile in self._options.profile or []:
            if profile not in catalogue.profiles:
                raise UsageError(
                    f"there is no profile {profile!r}; there are {', '.join(catalogue.profiles)}"
                )
            chosen |= {change.id for change in catalogue.in_profile(profile)}
        narrowed = bool(self._options.change or self._options.profile)
        return sorted(chosen) if narrowed else None, self._options.case or None

    def _header(self) -> Header:
        options = self._options
        daemon = self.plan.daemon
        return Header(
            suite_version=conformance.version(),
            catalogue=load().digest,
            daemon=self._redactor.struct(daemon_facts(daemon)),
            host=self._redactor.struct(host_facts(daemon)),
            versions=self.plan.versions,
            selection={
                name: value
                for name in ("api", "change", "profile", "case", "image", "shard", "keyword", "markexpr")
                if (value := getattr(options, name, None))
            },
            waivers=codec.to_builtins(self._waivers),
            started=now(),
            run=self.plan.run.run,
            workers=self._workers,
            policy=self.plan.policy,
            strict_legacy=bool(options.strict_legacy),
            strict_contested=bool(options.strict_contested),
            statements={name: one for name, one in load().digests.items() if self.plan.selects(name)},
        )

    def describe(self) -> list[str]:
        """Which daemon is asked and why it, and in which versions."""
        assert self.target is not None
        identity = self.plan.daemon.identity
        served = f"serves API {identity.oldest} to {identity.newest}"
        return [
            self._redactor.text(f"asking {self.target.sentence}"),
            f"{identity.name} {identity.version}, {served}; asked in {', '.join(map(str, self.plan.versions))}",
        ]

    def died(self, reason: str) -> None:
        """Take note that the daemon went away; its last log lines go into the report."""
        recorder = self.recorder
        assert recorder is not None
        if not recorder.died:
            recorder.log = [self._redactor.text(line) for line in last_lines(self.plan.daemon)]
        if reason not in recorder.died:
            recorder.died = f"{recorder.died}; {reason}" if recorder.died else reason

    def finish(self, why_incomplete: str = "") -> int:
        """Remove what the run left, complete the report; returns the exit code of the run."""
        recorder = self.recorder
        assert recorder is not None
        irregular = bool(why_incomplete or recorder.died or recorder.lost_worker)
        left = cleanup.one_per_object([*recorder.leaks, *self._clean(killed=irregular)])
        recorder.leaks = self._redactor.document(left)
        recorder.foreign = self._redactor.document(recorder.foreign)
        footer = recorder.finish(self._exit_code, why_incomplete)
        self._finished = True
        return 3 if recorder.unwritable else footer.exit_code

    def _exit_code(self, results: list[Result], footer: Footer) -> int:
        assert self.recorder is not None
        return matrix.exit_code(self.recorder.header, results, footer, load())

    def _clean(self, *, killed: bool) -> list[str]:
        """Remove what is left of the run; returns what could not be removed, or should not have been there any more.

        `killed` says that the run, or a part of it, came to its end before its time.
        """
        if self._site is None:
            return []
        daemon, run, timeouts = self._site
        recorder = self.recorder
        if recorder is not None and recorder.died:
            timeouts = Timeouts.patient(min(timeouts.first_byte, 5.0))
        client = Client(daemon.endpoint, daemon.newest, timeouts=timeouts)
        try:
            left = cleanup.sweep(client, run, killed=killed)
            after = snapshot.take_or_none(client) if self._before is not None else None
        finally:
            client.close()
        self._site = None
        if recorder is not None and self._before is not None and after is not None:
            recorder.foreign = snapshot.differences(self._before, snapshot.without(after, names_of_runs()))
        if daemon.private is not None:
            left = []  # it goes away with everything that is on it
        left += registry_cleanup.sweep(run, killed=killed)
        if not left:
            forget(run)
        return left

    def close(self) -> None:
        """Let the daemon go; without a finish before, the report stays without a footer."""
        if not self._finished:
            self._clean(killed=True)
            if self.recorder is not None:
                self.recorder.abandon()
        if self._ledger is not None:
            self._ledger.close()
        self._stack.close()


def _policy(options: Any) -> Policy:
    """How many versions are asked. A case that is named is asked, whatever represents it otherwise."""
    if options.quick and options.every_version:
        raise UsageError("--quick and --every-version exclude each other")
    if options.quick:
        return Policy.EDGES
    return Policy.EVERY_VERSION if options.every_version or options.case else Policy.CLASSES


def _waivers(options: Any) -> list[Waiver]:
    """The waivers of the run; a mistake in them is found before any daemon is asked."""
    if not options.waivers:
        return []
    known = {change: [check.test for check in bound] for change, bound in checks().items()}
    return waivers.load(Path(options.waivers), load(), datetime.now(UTC).date(), known)


def furnish(target: Target, report: Path) -> Target:
    """Add to a private daemon what checks want to see again, and keep its log beside the report."""
    if not target.is_private:
        return target
    options = target.private
    log = report.with_name(report.name.removesuffix(".jsonl") + ".daemon.log")
    options = replace(
        options,
        labels={**PRIVATE_LABELS, **options.labels},
        proxies={**PRIVATE_PROXIES, **options.proxies},
        keep_log=options.keep_log or str(log),
    )
    return replace(target, private=options)


def last_lines(daemon: Daemon, count: int = 20) -> list[str]:
    """The end of a private daemon's log; nothing for any other."""
    if daemon.private is None:
        return []
    try:
        lines = Path(daemon.private.log).read_text("utf-8", "replace").splitlines()
    except OSError:
        return []
    return lines[-count:]

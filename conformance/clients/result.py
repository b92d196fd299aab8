"""What came of the scenarios: client by API version, step by step."""

from __future__ import annotations

from dataclasses import dataclass, field

from conformance.clients.protocol import Outcome
from conformance.http.messages import Exchange
from conformance.model.versions import ApiVersion


@dataclass(frozen=True)
class StepResult:
    """How a step ended, and the exchanges that the client had in it."""

    step: str
    outcome: Outcome
    reason: str = ""
    exchanges: tuple[Exchange, ...] = ()

    @property
    def telling(self) -> Exchange | None:
        """The exchange that explains a failure best: the last that was refused or broke off, else the last."""
        refused = [one for one in self.exchanges if one.response is None or one.response.status >= 400]
        telling = refused or list(self.exchanges)
        return telling[-1] if telling else None


@dataclass
class ScenarioResult:
    """One way of a client through the scenario in an API version; `unavailable` says why there is none.

    `reads` are the members of answers that the client has read, by "METHOD target", where that can be seen.
    """

    client: str
    version: ApiVersion
    unavailable: str = ""
    steps: list[StepResult] = field(default_factory=list)
    reads: dict[str, list[str]] = field(default_factory=dict)

    @property
    def passed(self) -> int:
        """How many steps passed."""
        return sum(step.outcome is Outcome.PASSED for step in self.steps)

    @property
    def failed(self) -> list[StepResult]:
        """The steps that failed or were not run; those that could not be tried for them are left out."""
        return [step for step in self.steps if step.outcome in (Outcome.FAILED, Outcome.NOT_RUN)]

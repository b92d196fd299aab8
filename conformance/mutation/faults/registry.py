"""Builds the fault of a mutant, and the rule that says in which exchanges it happens."""

from __future__ import annotations

from conformance.catalogue import FAULTS, Change, Mutant
from conformance.mutation.faults import request, response  # noqa: F401  (they register their builders)
from conformance.mutation.faults.vocabulary import BUILDERS
from conformance.mutation.proxy.fault import Fault
from conformance.mutation.proxy.rule import Rule, compile_path

#: The fault that no proxy makes: ``conformance.mutation.emulation`` does.
EMULATE = "emulate"


def build_fault(mutant: Mutant) -> Fault:
    """The fault of a mutant that the catalogue has verified; that of an emulator changes nothing by itself."""
    return Fault() if mutant.fault == EMULATE else BUILDERS[mutant.fault](**mutant.args)


def build_rule(change: Change, mutant: Mutant, fault: Fault | None = None) -> Rule:
    """The rule of a mutant, for its own method and path or for the endpoints of its change; `fault` replaces its fault."""
    if mutant.path:
        endpoints = [(mutant.method, compile_path(mutant.path))]
    else:
        endpoints = [
            (method, compile_path(path or "*"))
            for method, _, path in (endpoint.partition(" ") for endpoint in change.endpoints)
            if mutant.method in ("", method) or method == "any"
        ]
    return Rule(fault or build_fault(mutant), tuple(endpoints), mutant.versions, mutant.query, mutant.status)


def find_unregistered() -> set[str]:
    """Names of the vocabulary without a builder, and builders without a name; empty if none was forgotten."""
    return (set(FAULTS) - {EMULATE}) ^ set(BUILDERS)

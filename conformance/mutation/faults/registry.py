"""The faults by their names: for each word of the vocabulary something that makes a Fault."""

from __future__ import annotations

from conformance.catalogue import FAULTS, Mutant
from conformance.mutation.faults import request, response  # noqa: F401 (they register what they make)
from conformance.mutation.faults.fault import MAKERS, Fault, word


@word("stand-in")
def stand_in(what: str) -> Fault:
    """Nothing that a proxy could do; see ``conformance.mutation.emulated_environment``."""
    del what
    return Fault()


def build(mutant: Mutant) -> Fault:
    """The fault of a mutant that the catalogue has verified."""
    return MAKERS[mutant.fault](**mutant.args)


def unmade() -> set[str]:
    """Words of the vocabulary that no function makes, and the reverse; empty unless somebody forgot one."""
    return set(FAULTS) ^ set(MAKERS)

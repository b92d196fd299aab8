"""Setting the environment: images, containers, volumes and networks for checks, each in the ledger before it exists."""

from conformance.environment.environment import Environment, Finished
from conformance.environment.ledger import Entry, Ledger

__all__ = ["Entry", "Finished", "Ledger", "Environment"]

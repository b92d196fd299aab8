"""What a run creates on the daemon for checks: images, containers, volumes and networks, each in the ledger first."""

from conformance.environment.environment import Environment, ProcessResult
from conformance.environment.ledger import Ledger, LedgerEntry

__all__ = ["LedgerEntry", "Environment", "Ledger", "ProcessResult"]

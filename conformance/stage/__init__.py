"""Setting the stage: images, containers, volumes and networks for checks, each in the ledger before it exists."""

from conformance.stage.ledger import Entry, Ledger
from conformance.stage.scene import Finished, Stage

__all__ = ["Entry", "Finished", "Ledger", "Stage"]

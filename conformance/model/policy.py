"""How many of the versions of its window a check is asked in."""

from __future__ import annotations

import enum


class Policy(enum.StrEnum):
    """A policy of the planner; see ``conformance.catalogue.planner``."""

    CLASSES = "classes"  # the first version of each class, and the newest version of the window
    EVERY_VERSION = "every-version"
    EDGES = "edges"  # the oldest and the newest version of the window: nothing is said of those between

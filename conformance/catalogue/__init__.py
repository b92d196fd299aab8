"""The history of the API as data: every documented change, its window, its sources."""

from conformance.catalogue.load import load
from conformance.model.changes import Catalogue, Change, Document, Need, Profile, Source
from conformance.model.errors import CatalogueError
from conformance.model.mutants import FAULTS, Mutant

__all__ = [
    "FAULTS",
    "Catalogue",
    "CatalogueError",
    "Change",
    "Document",
    "Mutant",
    "Need",
    "Profile",
    "Source",
    "load",
]

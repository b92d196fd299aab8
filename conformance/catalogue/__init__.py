"""The history of the API as data: every documented change, its window, its sources."""

from conformance.catalogue.faults import FAULTS, Mutant
from conformance.catalogue.load import load
from conformance.catalogue.model import Catalogue, CatalogueError, Change, Document, Profile, Source

__all__ = [
    "FAULTS",
    "Catalogue",
    "CatalogueError",
    "Change",
    "Document",
    "Mutant",
    "Profile",
    "Source",
    "load",
]

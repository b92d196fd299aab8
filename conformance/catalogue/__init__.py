"""The history of the API as data: every documented change, its window, its sources."""

from conformance.catalogue.load import load
from conformance.catalogue.model import Catalogue, CatalogueError, Change, Document, Mutant, Profile, Source

__all__ = ["Catalogue", "CatalogueError", "Change", "Document", "Mutant", "Profile", "Source", "load"]

"""Reads the API's reference documents into facts; used by ``scripts/read-documents`` only, never by a run."""

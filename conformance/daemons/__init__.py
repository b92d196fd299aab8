"""Targets, private daemons and registries: everything that makes a daemon answer, and nothing that judges it."""

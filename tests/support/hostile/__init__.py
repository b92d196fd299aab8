"""Daemons that misbehave, and what becomes of a run that meets one."""

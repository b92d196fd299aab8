"""Proof that checks can fail: mutants of a daemon, and the proxy that applies them."""

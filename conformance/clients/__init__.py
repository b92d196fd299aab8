"""Real clients in live scenarios: each goes the same steps against a daemon, in each API version."""

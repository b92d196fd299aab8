"""The proxy between a check and the daemon that applies a fault."""

"""Container engines: where one is, what it is, and what its host can do."""

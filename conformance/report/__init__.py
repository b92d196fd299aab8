"""What a run has found: the report file, evidence, and what results add up to."""

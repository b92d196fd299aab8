"""The values that everything speaks of: API versions, changes, cases, verdicts, errors. No I/O."""

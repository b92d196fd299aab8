"""Running checks with pytest: options, plan, controller, worker, verdicts."""

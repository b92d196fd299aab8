"""A daemon build that is started privately, in namespaces of its own, and ended with the run."""

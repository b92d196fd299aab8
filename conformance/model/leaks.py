"""What a report says of an object that a check left: it was removed when the run ended, or is still there."""

_REMOVED = "leaked by a check; removed at exit"


def describe_removed(kind: str, name: str) -> str:
    """The words for an object that its check forgot, and that was removed when the run ended."""
    return f"{kind} {name} {_REMOVED}"


def was_removed(leak: str) -> bool:
    """Whether a leak that a report names is gone."""
    return leak.endswith(_REMOVED)


def name_removed(leak: str) -> str:
    """The kind and the name of an object that describe_removed() put in words."""
    return leak.removesuffix(f" {_REMOVED}")

"""What is written to stderr of a mistake."""


def mistake(err: str) -> str:
    """`err`, after making sure that it is one line which names the program, and no traceback."""
    assert err.startswith("docker-conformance: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err

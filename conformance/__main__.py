"""The command's first steps; also ``python -m conformance``, where its script is not on the PATH."""

from __future__ import annotations

import sys


def main() -> int:
    """Load and run the command line; returns the exit code. An interrupt while it still loads is no traceback either."""
    try:
        from conformance.cli.main import main as command
    except KeyboardInterrupt:
        sys.stderr.write("docker-conformance: interrupted\n")
        return 130
    return command()


if __name__ == "__main__":
    sys.exit(main())

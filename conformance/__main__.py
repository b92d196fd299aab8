"""``python -m conformance``: the command, where its script is not on the PATH."""

from __future__ import annotations

import sys

from conformance.cli import main

sys.exit(main())

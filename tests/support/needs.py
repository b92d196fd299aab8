"""Marks for what a test needs of its host."""

import os
import shutil

import pytest

#: An engine that is started privately: it wants root, and takes seconds.
DOCKERD = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("dockerd"), reason="needs root and dockerd"
)

"""Which machine a program is for, by its ELF header."""

from __future__ import annotations

import os

#: The machine in an ELF header -> Go's name.
_ARCHITECTURES = {
    3: "386",
    21: "ppc64",
    22: "s390x",
    40: "arm",
    62: "amd64",
    183: "arm64",
    243: "riscv64",
    258: "loong64",
}


def read_architecture(path: str | os.PathLike[str]) -> str:
    """The architecture of the program at `path` as Go names it (``amd64``); ``""`` when that is unknown."""
    try:
        with open(path, "rb") as program:
            header = program.read(20)
    except OSError:
        return ""
    little = header[5:6] == b"\x01"
    machine = int.from_bytes(header[18:20], "little" if little else "big")
    name = _ARCHITECTURES.get(machine, "") if header[:4] == b"\x7fELF" else ""
    return f"{name}le" if name == "ppc64" and little else name

"""Writes what a line says in each version, as ``conformance.catalogue.histories`` reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

#: What a line said in each version that has it; versions are places in the list of all documents.
History = dict[int, str]


def write_history(history: History, life: set[int], versions: list[str]) -> str:
    """The stretches of versions with one value, each with its window unless it is all of the life."""
    first, last = min(life), max(life)
    runs: list[tuple[int, int, str]] = []
    for n in sorted(history):
        if runs and runs[-1][2] == history[n] and life.isdisjoint(range(runs[-1][1] + 1, n)):
            runs[-1] = (runs[-1][0], n, history[n])
        else:
            runs.append((n, n, history[n]))
    return " ".join(
        value
        if (start, end) == (first, last)
        else f"{_window(None if start == first else start, None if end == last else end, versions)}:{value}"
        for start, end, value in runs
    )


def write_life(life: set[int], versions: list[str]) -> str:
    """The windows of a life; the last one is open if it reaches the newest document."""
    return " ".join(_life(life, versions))


def _life(life: set[int], versions: list[str]) -> Iterator[str]:
    newest = len(versions) - 1
    for start in sorted(n for n in life if n - 1 not in life):
        end = next(n for n in range(start, newest + 1) if n + 1 not in life)
        yield _window(start, None if end == newest else end, versions)


def _window(start: int | None, end: int | None, versions: list[str]) -> str:
    if start == end and start is not None:
        return versions[start]
    return f"{'' if start is None else versions[start]}-{'' if end is None else versions[end]}"


def names(mappings: Iterable[Mapping[str, object]]) -> list[str]:
    """All keys of some mappings, each once, in the order in which they come."""
    return list(dict.fromkeys(name for mapping in mappings for name in mapping))

"""What a mutant may say: every mistake is refused with file and line."""

import pytest

from conformance.catalogue import CatalogueError, load
from conformance.catalogue.load import DATA


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{ name = "x", fault = "dorp", args = { member = "Id" } }', "unknown fault 'dorp'"),
        (
            '{ name = "x", fault = "drop", args = { membre = "Id" } }',
            "drop has no argument 'membre'; it takes member, header",
        ),
        ('{ name = "x", fault = "drop" }', "drop needs the argument 'member'"),
        ('{ name = "x", fault = "status", args = { to = "500" } }', "status: to: expected int, got '500'"),
        (
            '{ name = "x", fault = "retype", args = { member = "Id", type = "text" } }',
            "type: expected one of bool, int",
        ),
        (
            '{ name = "x", fault = "swallow", args = { member = "Id", query = "x" } }',
            "swallow takes one of member, query, header",
        ),
        (
            '{ name = "x", fault = "retarget", args = { text = "(", by = "" } }',
            "text: not a regular expression: '('",
        ),
        (
            '{ name = "x", fault = "emulate", args = { emulator = "something" } }',
            "unknown emulator 'something'; known are tls-takes-anybody",
        ),
        (
            '{ name = "x", fault = "emulate", args = { emulator = "newer-engine" } }',
            "emulate needs the argument 'serves'",
        ),
        ('{ name = "X y", fault = "gone" }', "a name is lower-case words joined by hyphens"),
        ('{ name = "x", fault = "gone", versions = "old" }', "versions: expected one of"),
        ('{ name = "x", fault = "gone", path = "info" }', "path: expected a slash at the start"),
        ('{ name = "x", fault = "gone", side = "after" }', "the statement has no `after`"),
        ('{ name = "x", fault = "gone", pathh = "/info" }', "unknown field `pathh`"),
        ('{ name = "x", fault = "gone" }, { name = "x", fault = "gone" }', "two mutants have the same name"),
    ],
)
def test_a_wrong_mutant_is_refused_with_file_and_line(tmp_path, line, message):
    for name in ("documents.toml", "profiles.toml", "needs.toml"):
        (tmp_path / name).write_bytes((DATA / name).read_bytes())
    (tmp_path / "v1.19.toml").write_text("""[info-something]
since = "1.19"
kind = "response-field"
profile = "system"
endpoints = ["GET /info"]
says = "There is something."
sources = [{ document = "seed", section = "v1.19", item = 1 }]
""")
    (tmp_path / "v1.19.mutants.toml").write_text(f"info-something = [\n    {line},\n]\n")

    with pytest.raises(CatalogueError) as refusal:
        load.__wrapped__(tmp_path)

    assert message in str(refusal.value)
    assert str(refusal.value).startswith(
        f"{tmp_path / 'v1.19.mutants.toml'}:{2 if 'two' not in message else 1}: "
    )

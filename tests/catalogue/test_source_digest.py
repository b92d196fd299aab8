"""Which changes of the sources change the digest of a statement, and which do not."""

import pytest

from conformance.catalogue.source_digest import compute_digests

STATEMENT = """[fact]
says = "There is a fact."
"""
MUTANTS = """fact = [
    { name = "route-is-gone", fault = "gone" },
]
"""
CHECK = """LIMIT = 5

@since("1.99/fact")
def test_fact(api, thing):
    assert api.get("/x").status == 200

@since("1.99/other")
def test_other(api, unrelated):
    assert api
"""
FIXTURES = {
    "things": "def thing(env, base):\n    return base\n",
    "bases": "def base(env):\n    return 1\n",
    "unrelated": "def unrelated(env):\n    return 2\n",
}


@pytest.fixture
def tree(tmp_path):
    """Write files of a source tree over those of a small one; returns the digest of its statement."""

    def write(files=()):
        whole = {
            "conformance/catalogue/data/v1.99.toml": STATEMENT,
            "conformance/catalogue/data/v1.99.mutants.toml": MUTANTS,
            "suites/conftest.py": "",
            "suites/v1_99/test_facts.py": CHECK,
            **{f"suites/fixtures/{name}.py": text for name, text in FIXTURES.items()},
            **dict(files),
        }
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        for name, text in whole.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        return compute_digests(folder)["1.99/fact"]

    return write


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("conformance/catalogue/data/v1.99.toml", "a fact", "another fact"),
        ("conformance/catalogue/data/v1.99.mutants.toml", "gone", "hang-up"),
        ("suites/v1_99/test_facts.py", "== 200", "== 204"),
        ("suites/v1_99/test_facts.py", "LIMIT = 5", "LIMIT = 6"),
        ("suites/fixtures/things.py", "return base", "return [base]"),
        ("suites/fixtures/bases.py", "return 1", "return 3"),
        ("suites/conftest.py", "", "x = 1"),
    ],
)
def test_what_the_proof_rests_on_changes_the_digest(tree, file, old, new):
    texts = {
        "conformance/catalogue/data/v1.99.toml": STATEMENT,
        "conformance/catalogue/data/v1.99.mutants.toml": MUTANTS,
        "suites/v1_99/test_facts.py": CHECK,
        "suites/conftest.py": "",
        **{f"suites/fixtures/{name}.py": text for name, text in FIXTURES.items()},
    }

    assert tree({file: texts[file].replace(old, new)}) != tree()


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("suites/v1_99/test_facts.py", CHECK.replace("assert api\n", "assert api.get\n")),
        ("suites/v1_99/test_facts.py", f"# a comment\n{CHECK}"),
        ("suites/fixtures/unrelated.py", "def unrelated(env):\n    return 4\n"),
        ("conformance/catalogue/data/v1.98.toml", STATEMENT),
        ("conformance/catalogue/data/shapes/x.toml", "[shape]\n"),
    ],
)
def test_anything_else_does_not(tree, file, text):
    assert tree({file: text}) == tree()

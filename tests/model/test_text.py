"""Text of a daemon made safe to show, in terminals and in JSON files."""

import json
import unicodedata

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from conformance.model.text import escape_json, visible

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
UNSAFE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


@given(TEXTS, TEXTS)
def test_escaped_json_has_the_same_value_and_nothing_that_acts(name, text):
    document = {name: [text, {"a": text}]}

    escaped = escape_json(msgspec.json.encode(document))

    assert json.loads(escaped) == document
    assert not any(unicodedata.category(character) in UNSAFE for character in escaped.decode())


def test_text_beyond_ascii_that_is_harmless_stays_readable():
    assert escape_json('{"a":"é ✓ \U0001f600"}'.encode()) == '{"a":"é ✓ \U0001f600"}'.encode()


@given(TEXTS)
def test_visible_text_has_nothing_that_acts(text):
    assert not any(unicodedata.category(character) in UNSAFE for character in visible(text))

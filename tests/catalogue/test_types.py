"""Types as the generated tables write them. No files, no daemon."""

import pytest

from conformance.catalogue.types import Kind, Type, parse_type


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("string", Type((Kind("string"),))),
        ("integer:int64?", Type((Kind("integer", "int64"),), nullable=True)),
        ("string(|a|b%20c)!", Type((Kind("string", enum=("", "a", "b c")),), required=True)),
        ("string:cidr[]", Type((Kind("array", items=Type((Kind("string", "cidr"),))),))),
        ("Port?[]?!", Type((Kind("array", items=Type((Kind("object", shape="Port"),), nullable=True)),), True, True)),
        ("string{}", Type((Kind("object", values=Type((Kind("string"),))),))),
        ("string[]|string", Type((Kind("array", items=Type((Kind("string"),))), Kind("string")))),
        ("boolean=false", Type((Kind("boolean"),), default="false")),
        ("string=", Type((Kind("string"),), default="")),
        ("~Port[]", Type((Kind("array", items=Type((Kind("object", shape="Port"),))),), example=True)),
        ("any", Type((Kind(""),))),
        ("none", Type()),
    ],
)  # fmt: skip
def test_a_type_is_read(text, expected):
    assert parse_type(text) == expected


@pytest.mark.parametrize(
    "text", ["", "text", "string(", "string)", "[]", "?", "Port(a)", "Port:int64", "a|", "string:"]
)
def test_what_is_no_type_is_refused(text):
    with pytest.raises(ValueError, match="type"):
        parse_type(text)

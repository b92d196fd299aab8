"""The names of cases."""

import pytest

from conformance.model.cases import Case
from conformance.model.versions import ApiVersion


@pytest.mark.parametrize(
    ("parameters", "key"),
    [
        ("", "1.19/info-booleans::test_flag@1.21"),
        ("Debug-1", "1.19/info-booleans::test_flag[Debug-1]@1.21"),
        ("a@b[c]::d", "1.19/info-booleans::test_flag[a@b[c]::d]@1.21"),
    ],
)
def test_a_key_names_statement_test_parameters_and_version(parameters, key):
    case = Case(
        change="1.19/info-booleans", test="test_flag", parameters=parameters, version=ApiVersion(1, 21)
    )

    assert case.key == key
    assert case.check == "1.19/info-booleans::test_flag"

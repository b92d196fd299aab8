"""What is pruned, as API v1.29 changed it: the filters label and label!."""

import secrets

import pytest

from conformance import assert_status, since
from fixtures.prune import PRUNABLE


@pytest.fixture
def key():
    """A label's name that nothing else has."""
    return f"key-{secrets.token_hex(4)}"


@pytest.fixture
def labelled(spare_engine, key):
    """Makes three objects of a noun: with the key yes, with the key no, and without; all have the key's mark."""

    def make(noun):
        create, _ = PRUNABLE[noun]
        env = spare_engine.env
        common = {**env.labels, f"{key}.mark": ""}
        return [create(env, {**common, **labels}) for labels in ({key: "yes"}, {key: "no"}, {})]

    return make


@since("1.29/prune-filter-label")
@pytest.mark.parametrize("noun", PRUNABLE)
@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        pytest.param({"label": "{}"}, [False, False, True], id="key"),
        pytest.param({"label": "{}=yes"}, [False, True, True], id="key and value"),
        pytest.param({"label": "{}.mark", "label!": "{}"}, [True, True, False], id="not key"),
        pytest.param({"label": "{}.mark", "label!": "{}=yes"}, [True, False, False], id="not key and value"),
    ],
)
def test_only_what_the_labels_choose_is_removed(spare_engine, key, labelled, noun, filters, kept):
    names = labelled(noun)

    chosen = {name: [form.format(key)] for name, form in filters.items()}
    answer = spare_engine.api.post(f"/{noun}/prune", {"filters": chosen})

    assert_status(answer, 200)
    found = [spare_engine.env.client.get(PRUNABLE[noun][1].format(name)).status for name in names]
    assert [status != 404 for status in found] == kept

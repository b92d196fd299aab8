"""GET /volumes, as the reference of API v1.27 has it: the filter label."""

import secrets

import pytest

from conformance import array, at, since


@since("1.27/volumes-filter-label")
@pytest.mark.parametrize(
    ("form", "found"),
    [("{}", [True, True, False]), ("{}=red", [True, False, False])],
    ids=["key", "key and value"],
)
def test_filter_leaves_the_volumes_with_the_label(api, env, form, found):
    def make():
        key = f"colour-{secrets.token_hex(4)}"
        return key, [
            env.create_volume(Labels={**env.labels, **labels}) for labels in ({key: "red"}, {key: "blue"}, {})
        ]

    key, volumes = env.share("labelled volumes", make)

    rows = array(api.get("/volumes", {"filters": {"label": [form.format(key)]}}).json(), "Volumes")

    names = [at(row, "Name") for row in rows]
    assert [volume in names for volume in volumes] == found

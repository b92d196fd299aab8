"""The kinds of objects that a run may create on a daemon. A new kind is one row of KINDS.

The rows stand in the order of removal: what others use goes after its users.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from conformance.http.documents import at

Query = Mapping[str, str]


class ObjectKind(NamedTuple):
    """One kind: where its objects are listed, how one is removed and inspected, and what tells whose it is.

    `id`, `names`, `labels` and `compared` are members of a row of the list (paths as in ``at``). `names` are the members that
    hold names, the better one first; `compared` are those that do not change by themselves. `created_id` is the member of the
    answer to a create request that names the object. `name_suffix` is what a new name of the kind ends with. A name of a kind
    with `registries` may begin with the address of a registry. Only the manager of a swarm has objects of a kind `of_swarm`.
    """

    name: str
    list_path: str
    delete_path: str
    inspect_path: str
    compared: tuple[str, ...]
    list_query: Query = {}  # noqa: RUF012  never changed
    list_member: str = ""
    delete_query: Query = {}  # noqa: RUF012
    id: str = "Id"
    names: tuple[str, ...] = ("Name",)
    labels: str = "Labels"
    created_id: str = "Id"
    name_suffix: str = ""
    registries: bool = False
    of_swarm: bool = False

    def names_in(self, row: Any) -> Iterator[list[str]]:
        """The names that each member of `names` holds."""
        for member in self.names:
            value = at(row, member)
            values = value if isinstance(value, list) else [value]
            names = [
                name.removeprefix("/") for name in values if isinstance(name, str) and "<none>" not in name
            ]
            # A container's list also has names of the form OTHER/ALIAS, by which others link to it.
            yield [name for name in names if self.registries or "/" not in name]

    def own_names(self, row: Any, prefix: str) -> list[str]:
        """The names of one member that begin with `prefix`, behind a registry's address where there may be one."""
        for names in self.names_in(row):
            if own := [name for name in names if name.rpartition("/")[2].startswith(prefix)]:
                return own
        return []

    def has_label(self, row: Any, label: str, value: str | None = None) -> bool:
        """Whether the object has the label, and with this value if one is given."""
        labels = at(row, self.labels)
        return isinstance(labels, dict) and label in labels and value in (None, labels[label])


def _of_swarm(name: str) -> ObjectKind:
    """A kind whose objects a manager keeps for the whole swarm: the row of each holds its specification."""
    return ObjectKind(
        name,
        list_path=f"/{name}s",
        delete_path=f"/{name}s/{{}}",
        inspect_path=f"/{name}s/{{}}",
        id="ID",
        created_id="ID",
        names=("Spec.Name",),
        labels="Spec.Labels",
        compared=("Spec.Name", "Spec"),
        of_swarm=True,
    )


KINDS = {
    kind.name: kind
    for kind in (
        _of_swarm("service"),
        ObjectKind(
            "container",
            list_path="/containers/json",
            list_query={"all": "1"},
            delete_path="/containers/{}",
            inspect_path="/containers/{}/json",
            delete_query={"force": "1", "v": "1"},
            names=("Names",),
            # not Status, which tells the time ("Up 3 minutes")
            compared=("Names", "Image", "Command", "Created", "Labels", "State"),
        ),
        _of_swarm("secret"),
        _of_swarm("config"),
        ObjectKind(
            "network",
            list_path="/networks",
            delete_path="/networks/{}",
            inspect_path="/networks/{}",
            compared=("Name", "Driver", "Scope", "IPAM", "Labels", "Options"),
        ),
        ObjectKind(
            "volume",
            list_path="/volumes",
            list_member="Volumes",
            delete_path="/volumes/{}",
            inspect_path="/volumes/{}",
            id="Name",
            created_id="Name",
            compared=("Name", "Driver", "Mountpoint", "Labels", "Options"),
        ),
        ObjectKind(
            "image",
            list_path="/images/json",
            delete_path="/images/{}",
            inspect_path="/images/{}/json",
            delete_query={"force": "1"},
            # Some engines give every image a digest, which is no name of its own and goes with the tag.
            names=("RepoTags", "RepoDigests"),
            compared=("RepoTags", "RepoDigests", "ParentId", "Created", "Labels"),
            name_suffix=":1",
            registries=True,
        ),
        ObjectKind(
            "plugin",
            list_path="/plugins",
            delete_path="/plugins/{}",
            inspect_path="/plugins/{}/json",
            delete_query={"force": "1"},
            compared=("Name", "Enabled", "Settings"),
            registries=True,
        ),
    )
}

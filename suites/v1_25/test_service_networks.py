"""Where a service tells its networks, as engines of API v1.25 changed it."""

import pytest

from conformance import ABSENT, at, since
from fixtures.swarm import row_about

PATHS = pytest.mark.parametrize("path", ["/services", "/services/(id)"])


def spec_shown(api, path, service):
    """The specification of a service, as GET `path` shows it."""
    return at(row_about(api.get(path.replace("(id)", service)).json(), service), "Spec")


@since("1.25/service-networks-once")
@PATHS
def test_networks_stand_in_the_template_alone(swarm, overlay, path):
    spec = spec_shown(swarm.api, path, overlay.task.service)

    assert len(at(spec, "TaskTemplate.Networks")) == 1
    assert at(spec, "Networks") in (ABSENT, None, [])

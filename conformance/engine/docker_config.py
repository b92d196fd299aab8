"""Where the user's environment and Docker's own configuration point: DOCKER_HOST, TLS files, Docker contexts.

And the environment that points Docker's CLI elsewhere.

The contexts are read here and not by the docker SDK, which takes a broken configuration for none, finds no context
without a configuration file, and leaves out TLS where a context has only a CA.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from conformance.http.endpoint import Tls
from conformance.model.errors import UsageError
from conformance.model.versions import ApiVersion

#: What else would tell Docker's CLI which daemon it is to ask.
_OF_OTHERS = ("DOCKER_CONTEXT", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH")


class Pointer(NamedTuple):
    """An address that a setting names, the TLS that goes with it, and which setting that was."""

    url: str
    tls: Tls | None
    source: str


def from_environment(environ: Mapping[str, str]) -> Pointer | None:
    """The daemon that DOCKER_HOST or else the current Docker context names; None when neither is set.

    The context ``default`` names none. Raises UsageError for a context that does not exist or cannot be read.
    """
    if environ.get("DOCKER_HOST"):
        return Pointer(environ["DOCKER_HOST"], tls_from_environment(environ), "DOCKER_HOST")
    directory = configuration_directory(environ)
    name = (
        environ.get("DOCKER_CONTEXT") or _json(directory / "config.json").get("currentContext") or "default"
    )
    if name == "default":
        return None
    # Docker's CLI stores a context under the digest of its name.
    digest = hashlib.sha256(str(name).encode()).hexdigest()
    meta = directory / "contexts" / "meta" / digest / "meta.json"
    if not meta.is_file():
        raise UsageError(
            f"there is no Docker context {name!r}: choose one (docker context use), or give --host"
        )
    endpoint = _json(meta).get("Endpoints", {})
    endpoint = endpoint.get("docker", {}) if isinstance(endpoint, dict) else {}
    if not isinstance(endpoint, dict) or not endpoint.get("Host"):
        raise UsageError(f"the Docker context {name!r} has no host: correct it, or give --host")
    files = directory / "contexts" / "tls" / digest / "docker"
    verify = not endpoint.get("SkipTLSVerify", False)
    tls = _tls_of(files, verify) if files.is_dir() or not verify else None
    return Pointer(str(endpoint["Host"]), tls, f"the Docker context {name}")


def tls_from_environment(environ: Mapping[str, str]) -> Tls | None:
    """TLS as DOCKER_TLS_VERIFY or DOCKER_TLS ask for it, with the files in DOCKER_CERT_PATH; None when neither is set."""
    verify = bool(environ.get("DOCKER_TLS_VERIFY"))
    if not verify and not environ.get("DOCKER_TLS"):
        return None
    return _tls_of(Path(environ.get("DOCKER_CERT_PATH") or configuration_directory(environ)), verify)


def tls_from_options(ca: str | None, cert: str | None, key: str | None) -> Tls | None:
    """TLS with the files that the options name; None when they name none. Raises UsageError for a certificate without its key."""
    if bool(cert) != bool(key):
        raise UsageError("--tlscert and --tlskey go together: give both")
    for name in (ca, cert, key):
        if name and not Path(name).is_file():
            raise UsageError(f"{name} does not exist: give the path of a PEM file")
    return Tls(ca=ca, cert=cert, key=key) if ca or cert else None


def configuration_directory(environ: Mapping[str, str]) -> Path:
    """Docker's configuration directory of this user."""
    return Path(environ.get("DOCKER_CONFIG") or Path(environ.get("HOME") or Path.home(), ".docker"))


def cli_environment(socket: str, version: ApiVersion, directory: str) -> dict[str, str]:
    """This process's environment for Docker's CLI that is to ask the daemon at a unix socket in one version.

    The CLI keeps its configuration in `directory`, not in that of the user.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _OF_OTHERS}
    return environment | {
        "DOCKER_HOST": f"unix://{socket}",
        "DOCKER_API_VERSION": str(version),
        "DOCKER_CONFIG": directory,
    }


def _tls_of(files: Path, verify: bool) -> Tls:
    def present(name: str) -> str | None:
        return str(files / name) if (files / name).is_file() else None

    if verify and present("ca.pem") is None:
        raise UsageError(
            f"TLS is asked for, but {files / 'ca.pem'} does not exist: set DOCKER_CERT_PATH, or give --tlscacert"
        )
    return Tls(ca=present("ca.pem"), cert=present("cert.pem"), key=present("key.pem"), verify=verify)


def _json(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}: correct it, or give --host") from error
    try:
        value = json.loads(text)
    except ValueError:
        raise UsageError(f"{path} is not JSON: correct it, or give --host") from None
    return value if isinstance(value, dict) else {}

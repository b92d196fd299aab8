"""Keys and certificates for a TLS listener, new for every run."""

from __future__ import annotations

import os

import trustme

from conformance.http.endpoint import Endpoint, Tls

#: A certificate without any subject alternative name has that extension empty and critical, which Go refuses.
_CLIENT = "client.invalid"


class Certificates:
    """An authority, a server certificate for localhost, a client's, and a client's of a foreign authority."""

    def __init__(self, directory: str) -> None:
        """Write everything as PEM files below `directory`, which is created; only its owner may read it."""
        self._directory = directory
        os.makedirs(directory, mode=0o700)
        authority, foreign = trustme.CA(), trustme.CA()
        authority.cert_pem.write_to_path(self._path("ca.pem"))
        issued = {
            "server": authority.issue_cert("localhost", "127.0.0.1", "::1"),
            "client": authority.issue_cert(_CLIENT),
            "foreign": foreign.issue_cert(_CLIENT),
        }
        for name, leaf in issued.items():
            leaf.private_key_pem.write_to_path(self._path(f"{name}-key.pem"))
            for number, blob in enumerate(leaf.cert_chain_pems):
                blob.write_to_path(self._path(f"{name}.pem"), append=number > 0)

    def daemon_options(self) -> list[str]:
        """The options with which ``dockerd`` serves TLS and asks for a client certificate of the authority."""
        return [
            "--tlsverify",
            f"--tlscacert={self._path('ca.pem')}",
            f"--tlscert={self._path('server.pem')}",
            f"--tlskey={self._path('server-key.pem')}",
        ]

    def endpoints(self, path: str) -> dict[str, Endpoint]:
        """Endpoints for the listener behind the relay socket `path`: ``good``, ``foreign``, ``none``, ``plain``.

        ``none`` speaks TLS without a client certificate, ``plain`` speaks no TLS at all.
        """
        ca = self._path("ca.pem")

        def with_certificate(name: str) -> Endpoint:
            cert, key = self._path(f"{name}.pem"), self._path(f"{name}-key.pem")
            return Endpoint(path=path, tls=Tls(ca=ca, cert=cert, key=key, server_name="localhost"))

        return {
            "good": with_certificate("client"),
            "foreign": with_certificate("foreign"),
            "none": Endpoint(path=path, tls=Tls(ca=ca, server_name="localhost")),
            "plain": Endpoint(path=path),
        }

    def _path(self, name: str) -> str:
        return os.path.join(self._directory, name)

"""The commands of ``docker-conformance``: each module adds its parsers and does its work; ``conformance.cli`` joins them."""

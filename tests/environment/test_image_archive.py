"""Archives of images: each digest that one names is that of a blob in it. No daemon."""

import hashlib
import json

from conformance.environment.image_archive import pack_platforms
from conformance.http.tar import Member, pack, unpack


def test_index_leads_to_the_layer_of_each_platform():
    layers = {name: pack(Member("file", name.encode())) for name in ("linux/amd64", "linux/s390x")}

    archive = pack_platforms(layers, "some:1")

    files = unpack(archive.data)
    read = {f"sha256:{name.rpartition('/')[2]}": file.content for name, file in files.items()}
    index = json.loads(read[archive.digest])
    found = {}
    for row in index["manifests"]:
        platform = f"{row['platform']['os']}/{row['platform']['architecture']}"
        [layer] = json.loads(read[row["digest"]])["layers"]
        found[platform] = read[layer["digest"]]
        assert archive.manifests[platform] == row["digest"]
    assert found == layers


def test_blobs_are_named_by_their_digests():
    archive = pack_platforms({"linux/amd64": pack(Member("file"))}, "some:1")

    blobs = {name: file for name, file in unpack(archive.data).items() if name.startswith("blobs/sha256/")}

    assert blobs
    for name, file in blobs.items():
        assert name == f"blobs/sha256/{hashlib.sha256(file.content).hexdigest()}"

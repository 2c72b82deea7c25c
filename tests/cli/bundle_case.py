"""Base of the bundle tests: reads parts, and forges bundles with correct hashes."""

import gzip
import hashlib
import io
import json
import tarfile

from assay_case import AssayCase


def parts_of(path):
    """Name and stored bytes of each part, in order, and their folder."""
    with tarfile.open(path) as archive:
        members = archive.getmembers()
        folder = members[0].name.split("/")[0]
        return folder, {
            member.name.split("/", 1)[1]: archive.extractfile(member).read() for member in members
        }


def _header(name, size):
    block = bytearray(512)
    for at, text in (
        (0, name),
        (100, "0000644\0" + "0000000\0" * 2),
        (124, f"{size:011o}\0{946684800:011o}\0" + " " * 8 + "0"),
        (257, "ustar\00000"),
        (329, "0000000\0" * 2),
    ):
        block[at : at + len(text)] = text.encode()
    block[148:155] = f"{sum(block):06o}\0".encode()
    return bytes(block)


def forge(path, to, change):
    """Writes a bundle whose records `change` has altered, with all sums corrected, like a forger."""
    folder, parts = parts_of(path)
    lines = gzip.decompress(parts["records.jsonl.gz"]).decode().splitlines()
    records = [json.loads(line) for line in lines]
    for record in records:
        change(record)
    text = "".join(json.dumps(record) + "\n" for record in records).encode()
    parts["records.jsonl.gz"] = gzip.compress(text, mtime=0)
    manifest = json.loads(parts["manifest.json"])
    for part in manifest["parts"]:
        stored = parts[part["name"]]
        part["bytes"] = len(stored)
        part["sha256"] = hashlib.sha256(stored).hexdigest()
        if part["name"] == "records.jsonl.gz":
            part["content_bytes"] = len(text)
    parts["manifest.json"] = (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode()
    del parts["SHA256SUMS"]
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in parts.items())
    parts["SHA256SUMS"] = sums.encode()
    out = io.BytesIO()
    for name, data in parts.items():
        out.write(_header(f"{folder}/{name}", len(data)) + data + bytes(-len(data) % 512))
    out.write(bytes(1024))
    to.write_bytes(out.getvalue())


class BundleCase(AssayCase):
    # Rules that measurements of milliseconds and a development build cannot keep.
    waived = ("minimum-time", "steady", "interval", "known-build", "optimised-build")
    # A wider interval than the rule `interval` allows, asked for: broken on any machine.
    too_wide = ("--target", "5%")

    def bundle(self, *problems, name="night.assay", options=()):
        """Measures a run and exports it."""
        path = self.folder / name
        self.measure(*problems, options=options)
        self.assay("export", "--bundle", path, exit_code=0)
        return path

    def waives(self):
        return [word for rule in self.waived for word in ("--waive", rule)]

"""Secrets in the environment, in files and on the command line are in no output."""

import gzip
import hashlib
import json
import tarfile
import unittest

from assay_case import COPY, AssayCase

PLANTED = [
    "postgresql://ada:kept-quiet@db.example/assay",
    "redis://:kept-quiet@cache.example",
    "host=db user=ada password=kept-quiet",
    "host=db password='kept-quiet and more'",
    "https://x.example/?p%61ssword=kept-quiet",
    "https://x.example/?access_token=kept-quiet&a=1",
    "https://x.example/?X-Amz-Signature=kept-quiet",
    "ada:kept-quiet@proxy.example:3128",
    "--password kept-quiet",
    "--api-key=kept-quiet",
    "--hf-token kept-quiet",
    "Authorization: Bearer kept-quiet",
    "X-Api-Key: kept-quiet",
    "Cookie: session=kept-quiet",
    '{"token": "kept-quiet"}',
    "NVIDIA_API_KEY=kept-quiet",
    "nvapi-kept-quiet-0123456789",
    "sk-kept-quiet-0123456789",
    "ghp_kept-quiet0123456789",
    "hf_kept-quiet0123456789",
    "-----BEGIN PRIVATE KEY-----\nkept-quiet",
]
FORMATS = ("json-lines", "csv", "google-benchmark", "junit", "openmetrics")


class Secrets(AssayCase):
    def look_into(self, content, place):
        if isinstance(content, str):
            content = content.encode()
        self.assertNotIn(b"kept-quiet", content, place)

    def look_everywhere(self):
        for file in self.folder.glob("store.db*"):
            self.look_into(file.read_bytes(), file.name)
        for verb in (("show", "--all"), ("show", "--json", "--all"), ("show", "--csv", "--all"),
                     ("show", "--runs"), ("history",), ("report", "-o", "-"), ("fleet",),
                     ("fleet", "--json"), ("regress",), ("compare", "last", "last"),
                     ("check", "--all"), *self.single_records()):
            done = self.assay(*verb)
            self.look_into(done.stdout + done.stderr, verb)
        for format in FORMATS:
            done = self.assay("export", "--format", format, "--all")
            self.look_into(done.stdout + done.stderr, format)

    def single_records(self):
        shown = self.assay("show", "--json", "--all")
        for record in json.loads(shown.stdout or "[]"):
            yield ("show", "--record", record["id"])

    def look_into_bundle(self):
        file = self.folder / "run.assay"
        self.assay("export", "--bundle", file, exit_code=0)
        with tarfile.open(file) as archive:
            for member in archive.getmembers():
                content = archive.extractfile(member)
                if content is None:
                    continue
                content = content.read()
                if member.name.endswith(".gz"):
                    content = gzip.decompress(content)
                self.look_into(content, member.name)

    def test_of_the_environment_are_nowhere(self):
        names = ("LD_LIBRARY_PATH", "MALLOC_X", "GLIBC_X", "ASSAY_X", "OMP_PLACES", "HWLOC_XMLFILE")
        environment = {f"ASSAY_PLANTED_{i}": secret for i, secret in enumerate(PLANTED)}
        environment.update({f"MALLOC_PLANTED_{i}": secret for i, secret in enumerate(PLANTED)})
        environment.update({name: "password=kept-quiet" for name in names})
        for word in ("KEY", "TOKEN", "SECRET", "PASSWORD", "CREDENTIALS", "AUTH", "COOKIE"):
            environment[f"ASSAY_{word}"] = "kept-quiet"
        done = self.measure(COPY, **environment)
        self.look_into(done.stdout + done.stderr, "run")
        self.assertIn("MALLOC_PLANTED_0", done.stderr)
        self.look_everywhere()
        self.look_into_bundle()

    def test_of_a_module_are_nowhere(self):
        """In a module's details, names, reasons and errors, and in what it prints before it ends."""
        words = " | " + " | ".join(secret for secret in PLANTED if "PRIVATE" not in secret)
        said = {"ASSAY_FAKE_WORDS": words, "ASSAY_FAKE_DEVICES": "good,crash-in-run,device-error"}
        for verb in (("devices",), ("devices", "--json"), ("devices", "--explain"),
                     ("run", "--problem", COPY, "--device", "faulty", "--dry-run"),
                     ("run", "--problem", COPY, "--device", "faulty", "--budget", "50ms"),
                     ("run", "--problem", COPY, "--device", "faulty:7")):
            done = self.assay(*verb, **said)
            self.look_into(done.stdout + done.stderr, verb)
            if verb[0] == "devices":
                self.assertIn("[masked]", done.stdout + done.stderr, verb)
        self.assertEqual({record["status"] for record in self.records()}, {"ok", "crashed", "error"})
        self.look_everywhere()
        self.look_into_bundle()

    def test_each_of_a_module_is_nowhere(self):
        for secret in PLANTED:
            with self.subTest(secret):
                said = {"ASSAY_FAKE_WORDS": f" {secret}", "ASSAY_FAKE_DEVICES": "good,device-error"}
                done = self.assay("devices", "--json", **said)
                self.look_into(done.stdout + done.stderr, "devices")

    def test_of_addresses_are_nowhere(self):
        address = "postgresql://ada:kept-quiet@127.0.0.1:1/assay"
        self.measure(COPY)
        for verb in (("show", "--db", address), ("push", "--to", address), ("show", "--json"),
                     ("run", "--problem", COPY, "--device", "faulty", "--db", address),
                     ("run", "--suite", f"./{address}.toml"), ("verify", address),
                     ("import", address), ("report", "-o", f"/nowhere/{address}")):
            done = self.assay(*verb, ASSAY_DB=address) if "--db" in verb else self.assay(*verb)
            self.look_into(done.stdout + done.stderr, verb)

    def test_of_an_address_that_is_no_url_are_nowhere_and_make_no_file(self):
        self.measure(COPY)
        before = sorted(self.folder.rglob("*"))
        for address in ("host=127.0.0.1 password=kept-quiet", "password = 'kept-quiet'",
                        "postgresql:ada:kept-quiet@db/assay", "postgresql:/ada:kept-quiet@db/assay",
                        " postgresql://ada:kept-quiet@db/assay", "POSTGRES://ada:kept-quiet@db/x",
                        "postgresql+psycopg://ada:kept-quiet@db/assay",
                        "postgresql://ada:kept-quiet", "postgresql://ada:kept-quiet/assay"):
            for verb in (("show", "--db", address), ("push", "--to", address), ("show",),
                         ("run", "--problem", COPY, "--device", "faulty", "--db", address)):
                with self.subTest(address, verb=verb):
                    variables = {"ASSAY_DB": address} if verb == ("show",) else {}
                    done = self.assay(*verb, exit_code=2, **variables)
                    self.look_into(done.stdout + done.stderr, verb)
        self.assertEqual(sorted(self.folder.rglob("*")), before)

    def test_named_by_a_key_of_an_imported_environment_are_nowhere(self):
        self.measure(COPY)
        file = self.folder / "run.jsonl"
        self.assay("export", "--format", "json-lines", "-o", file, exit_code=0)
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        old = {}
        for line in lines:
            if "environment" in line and "sha256" in line:
                line["environment"]["variables"]["NVIDIA_API_KEY"] = "kept-quiet"
                line["environment"]["variables"]["MY_PASS"] = "kept-quiet"
                line["environment"]["details"] = {"access_key": "kept-quiet", "hf_kept-quiet01": "x"}
                text = json.dumps(line["environment"], separators=(",", ":"), sort_keys=True)
                old[line["sha256"]] = hashlib.sha256(text.encode()).hexdigest()
                line["environment"] = json.loads(text)
                line["sha256"] = old[line["sha256"]]
        texts = []
        for line in lines:
            if "device" in line:
                line["device"]["properties"]["password"] = "kept-quiet"
            texts.append(json.dumps(line, separators=(",", ":"), ensure_ascii=False))
        text = "\n".join(texts) + "\n"
        for before, after in old.items():
            text = text.replace(before, after)
        file.write_text(text)
        self.store.unlink()
        done = self.assay("import", file, exit_code=1)
        self.look_into(done.stdout + done.stderr, "import")
        self.assertIn("masked", done.stderr)
        self.look_everywhere()

    def test_of_imported_files_are_nowhere(self):
        benchmarks = [
            {"name": f"BM_{i}", "real_time": 1, "cpu_time": 1, "time_unit": "ns", "label": secret}
            for i, secret in enumerate(PLANTED)
        ] + [
            {"name": f"BM_e{i}", "error_occurred": True, "error_message": secret}
            for i, secret in enumerate(PLANTED)
        ]
        context = {"date": "2026-03-02T09:10:11Z", "executable": "./b --password kept-quiet"}
        file = self.folder / "b.json"
        file.write_text(json.dumps({"context": context, "benchmarks": benchmarks}))
        done = self.assay("import", file, exit_code=1)
        self.look_into(done.stdout + done.stderr, "import")
        self.assertIn("masked", done.stderr)
        self.look_everywhere()

    def test_on_the_command_line_are_in_no_error(self):
        for secret in PLANTED:
            with self.subTest(secret):
                done = self.assay("show", "--db", secret.replace("\n", " "))
                self.look_into(done.stdout + done.stderr, secret)


if __name__ == "__main__":
    unittest.main()

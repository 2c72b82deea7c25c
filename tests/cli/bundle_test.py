"""Bundles: writing, verifying, signing and importing them."""

import hashlib
import json
import pathlib
import random
import shutil
import subprocess
import unittest

import jsonschema

from assay_case import COPY, SOURCE, TRIAD
from bundle_case import BundleCase, forge, parts_of


class Bundles(BundleCase):
    def verified(self, path, *arguments, exit_code):
        done = self.assay("verify", path, "--json", *arguments, exit_code=exit_code)
        (report,) = json.loads(done.stdout)
        return report

    def test_a_run_gives_the_same_file_each_time(self):
        first = self.bundle(COPY, TRIAD)
        self.assay("export", "--bundle", self.folder / "again.assay", exit_code=0)
        self.assertEqual(first.read_bytes(), (self.folder / "again.assay").read_bytes())

    def test_any_tar_and_sha256sum_can_check_it(self):
        folder, parts = parts_of(self.bundle())
        (run,) = {record["run"] for record in self.records()}
        self.assertEqual(folder, f"assay-{run[:8]}")
        self.assertEqual(list(parts)[0], "manifest.json")
        for line in parts["SHA256SUMS"].decode().splitlines():
            sha256, name = line.split("  ")
            self.assertEqual(hashlib.sha256(parts[name]).hexdigest(), sha256)
        self.assertEqual(len(parts["SHA256SUMS"].splitlines()), len(parts) - 1)

    def test_the_manifest_is_as_its_schema_has_it(self):
        _, parts = parts_of(self.bundle())
        schema = json.loads((SOURCE / "results/schema/bundle.schema.json").read_text())
        manifest = json.loads(parts["manifest.json"])
        jsonschema.Draft202012Validator(schema).validate(manifest)
        self.assertEqual(list(manifest), list(schema["properties"]))

    def test_a_bundle_holds_one_run(self):
        self.measure()
        self.measure()
        done = self.assay("export", "--all", "--bundle", self.folder / "x.assay", exit_code=2)
        self.assertIn("one run", done.stderr)
        self.assertFalse((self.folder / "x.assay").exists())

    def test_rules_are_judged_and_can_be_waived(self):
        path = self.bundle(options=self.too_wide)
        report = self.verified(path, exit_code=1)
        self.assertTrue(report["whole"])
        self.assertEqual(report["records"], len(self.records()))
        states = {rule["id"]: rule["state"] for rule in report["rules"]}
        self.assertEqual(states["interval"], "broken")
        for rule in set(states) - set(self.waived):
            self.assertEqual(states[rule], "kept", rule)
        report = self.verified(path, *self.waives(), exit_code=0)
        states = {rule["id"]: rule["state"] for rule in report["rules"]}
        self.assertEqual(states["interval"], "waived")

    def test_the_report_fits_a_terminal_and_names_what_breaks_a_rule(self):
        bundle = self.bundle(COPY, TRIAD, options=self.too_wide)
        done = self.assay("verify", bundle, exit_code=1)
        self.assertFits(done.stdout)
        self.assertIn("breaks", done.stdout.splitlines()[0])
        self.assertIn("4 of 4: ±5% requested, at most ±2% allowed", done.stdout)

    def test_records_that_break_a_rule_differently_are_listed(self):
        milliseconds = iter((1, 2, 3, 4))

        def shorten(record):
            record["target_met"] = True
            record["phases"].update(sample=0.001 * next(milliseconds))

        short = self.folder / "short.assay"
        forge(self.bundle(COPY, TRIAD), short, shorten)
        done = self.assay("verify", short, exit_code=1)
        self.assertFits(done.stdout)
        # Three of the four are shown, in the order in which they ran.
        self.assertRegex(
            done.stdout,
            r"(?s)1\.00 ms, at least 500 ms required: faulty:0 (copy|triad) n=64 type=f32 (nati|libr)"
            r".*2\.00 ms, .*3\.00 ms, .*and 1 more",
        )
        wide = self.assay("verify", "--wide", short, exit_code=1).stdout
        self.assertRegex(
            wide,
            r"faulty:0 triad n=64 type=f32 native/fake: [1-4]\.00 ms, at\s+least\s+500\s+ms\s+required",
        )
        (report,) = json.loads(self.assay("verify", "--json", short, exit_code=1).stdout)
        states = {rule["id"]: rule["state"] for rule in report["rules"]}
        self.assertEqual(states["minimum-time"], "broken")

    def test_the_build_shown_is_that_of_the_run(self):
        report = self.verified(self.bundle(), exit_code=1)
        (run,) = json.loads(self.assay("show", "--runs", "--json", exit_code=0).stdout)
        self.assertEqual(report["measured_by"], run["assay_version"])
        self.assertEqual(report["run"], run["id"])

    def test_one_flipped_bit_anywhere_is_found(self):
        path = self.bundle()
        whole = path.read_bytes()
        chance = random.Random(1)
        paths = []
        for number in range(200):
            bytes_now = bytearray(whole)
            bytes_now[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
            paths.append(self.folder / f"flip{number}.assay")
            paths[-1].write_bytes(bytes_now)
        done = self.assay("verify", "--json", *paths, exit_code=2)
        reports = json.loads(done.stdout)
        self.assertEqual(len(reports), 200)
        self.assertFalse(any(report["whole"] for report in reports))

    def test_what_is_cut_off_or_added_is_found_and_named(self):
        path = self.bundle()
        whole = path.read_bytes()
        for damaged, says in (
            (whole[: len(whole) // 2], "cut off"),
            (whole[:-1], "the end mark is cut off"),
            (whole + b"x", "1 bytes follow the end"),
            (whole[:100], "is not a bundle, or its beginning"),
            (b"", "is not a bundle"),
        ):
            path.write_bytes(damaged)
            done = self.assay("verify", path, exit_code=2)
            self.assertIn(says, done.stdout)
            self.assertFits(done.stdout)
        path.write_bytes(whole[:-1])
        done = self.assay("import", path, exit_code=2)
        self.assertIn("is damaged or incomplete", done.stderr)

    def test_the_worst_of_several_bundles_gives_the_exit_code(self):
        good = self.bundle()
        bad = self.folder / "bad.assay"
        bad.write_bytes(good.read_bytes()[:-1])
        done = self.assay("verify", good, bad, *self.waives(), exit_code=2)
        self.assertIn("night.assay: undamaged", done.stdout)
        self.assertIn("bad.assay: DAMAGED", done.stdout)
        self.assay("verify", good, good, *self.waives(), exit_code=0)

    def test_meaningless_input_is_refused(self):
        path = self.bundle()
        for arguments, says in (
            ((), "BUNDLE: is missing"),
            ((path, "--waive", "clock-recorded"), "did you mean `clocks-recorded`"),
            ((path, "--identity", "me"), "needs --signers"),
            ((path, "--signers", self.folder / "none"), "No such file"),
        ):
            self.assertIn(says, self.assay("verify", *arguments, exit_code=2).stderr)
        done = self.assay("verify", self.folder / "none.assay", exit_code=2)
        self.assertIn("No such file", done.stdout)
        self.assertIn("interval", self.assay("verify", "--rules", exit_code=0).stdout)
        rules = json.loads(self.assay("verify", "--rules", "--json", exit_code=0).stdout)
        self.assertIn("interval", {rule["id"] for rule in rules})

    def test_a_full_disk_leaves_no_half_of_a_bundle(self):
        if not pathlib.Path("/dev/full").exists():
            self.skipTest("there is no /dev/full")
        self.measure()
        done = self.assay("export", "--format", "bundle", "-o", "/dev/full", exit_code=4)
        self.assertIn("No space left", done.stderr)


class Importing(BundleCase):
    def elsewhere(self, *arguments, exit_code=0):
        return self.assay(*arguments, exit_code=exit_code, ASSAY_DB=str(self.folder / "other.db"))

    def test_an_imported_run_names_its_source(self):
        path = self.bundle(COPY, TRIAD)
        self.elsewhere("import", path)
        imported = json.loads(self.elsewhere("show", "--json").stdout)
        measured = self.records()
        for there, here in zip(measured, imported, strict=True):
            self.assertEqual(here["origin"], "imported")
            source = here["imported_from"]
            self.assertEqual(source["format"], "bundle")
            self.assertEqual(source["sha256"], hashlib.sha256(path.read_bytes()).hexdigest())
            for key in ("id", "run", "problem", "device_seconds", "summary", "environment"):
                self.assertEqual(here[key], there[key])

    def test_importing_again_adds_nothing(self):
        path = self.bundle()
        self.elsewhere("import", path)
        before = self.elsewhere("show", "--json").stdout
        told = json.loads(self.elsewhere("import", path, "--json").stdout)
        self.assertEqual(told["added"], {"runs": 0, "records": 0, "environments": 0})
        self.assertEqual(self.elsewhere("show", "--json").stdout, before)

    def test_what_was_measured_here_stays_measured(self):
        path = self.bundle()
        self.assay("import", path, exit_code=0)
        self.assertEqual({record["origin"] for record in self.records()}, {"measured"})

    def test_a_bundle_of_an_imported_run_breaks_a_rule(self):
        self.elsewhere("import", self.bundle())
        self.elsewhere("export", "--bundle", self.folder / "second.assay")
        done = self.assay("verify", "--json", self.folder / "second.assay", exit_code=1)
        states = {rule["id"]: rule["state"] for rule in json.loads(done.stdout)[0]["rules"]}
        self.assertEqual(states["no-imported-figure"], "broken")

    def test_figures_that_do_not_follow_from_samples_are_found(self):
        def boast(record):
            record["summary"]["median"] /= 2

        forge(self.bundle(), self.folder / "forged.assay", boast)
        done = self.assay("verify", *self.waives(), self.folder / "forged.assay", exit_code=1)
        self.assertIn("broken figures", done.stdout)


@unittest.skipUnless(shutil.which("ssh-keygen"), "there is no ssh-keygen")
class Signing(BundleCase):
    def setUp(self):
        super().setUp()
        self.keys = {}
        for name in ("me", "you"):
            self.keys[name] = self.folder / name
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", self.keys[name]],
                check=True,
                stdin=subprocess.DEVNULL,
            )
        self.signers = self.folder / "allowed_signers"
        public = self.keys["me"].with_suffix(".pub").read_text().split()
        self.signers.write_text(f"me@example.org {public[0]} {public[1]}\n")

    def state(self, path, *arguments, exit_code):
        done = self.assay("verify", path, "--json", *self.waives(), *arguments, exit_code=exit_code)
        return json.loads(done.stdout)[0]["signature"]

    def test_a_signature_is_checked_against_the_signers(self):
        path = self.bundle()
        self.assertEqual(self.state(path, exit_code=0)["state"], "absent")
        self.assay("sign", path, "--key", self.keys["me"], exit_code=0)
        told = self.state(path, exit_code=0)
        self.assertEqual(told["state"], "valid")
        self.assertTrue(told["key"].startswith("ED25519 SHA256:"), told)
        by = ("--signers", self.signers)
        told = self.state(path, *by, exit_code=0)
        self.assertEqual((told["state"], told["identity"]), ("trusted", "me@example.org"))
        self.state(path, *by, "--identity", "me@example.org", exit_code=0)
        told = self.state(path, *by, "--identity", "you@example.org", exit_code=1)
        self.assertEqual(told["state"], "not trusted")

    def page(self, *options, exit_code=0):
        done = self.assay("report", "--output", "-", *options, exit_code=exit_code)
        return done.stdout + done.stderr

    def test_the_first_page_of_a_report_says_who_signed_its_bundle(self):
        path = self.bundle()
        self.assertIn("not signed", self.page("--bundle", path))
        self.assay("sign", path, "--key", self.keys["me"], exit_code=0)
        page = self.page("--bundle", path, "--brief")
        self.assertRegex(page, r"signed with the key ED25519 SHA256:\S+; the signature is valid")
        trusted = self.page("--bundle", path, "--signers", self.signers)
        self.assertIn("signed by me@example.org with the key ED25519", trusted)
        self.assertNotIn('class="signature bad"', trusted)

    def test_a_report_refuses_the_bundle_of_another_run(self):
        path = self.bundle()
        self.measure(TRIAD, exit_code=None)
        said = self.page("--bundle", path, "--run", "last", exit_code=2)
        self.assertIn("which is not in this report", said)

    def test_a_report_refuses_a_bundle_with_other_records_than_the_store(self):
        def boast(record):
            record["check"]["method"] = "by hand"

        forge(self.bundle(), self.folder / "forged.assay", boast)
        said = self.page("--bundle", self.folder / "forged.assay", exit_code=2)
        self.assertIn("the store has other records", said)

    def test_a_key_that_is_not_among_the_signers_is_not_trusted(self):
        path = self.bundle()
        self.assay("sign", path, "--key", self.keys["you"], exit_code=0)
        told = self.state(path, "--signers", self.signers, exit_code=1)
        self.assertEqual(told["state"], "not trusted")

    def test_a_missing_signature_is_not_good_where_one_is_wanted(self):
        told = self.state(self.bundle(), "--signers", self.signers, exit_code=1)
        self.assertFalse(told["good"])

    def test_a_signature_of_another_file_is_bad(self):
        path = self.bundle()
        self.assay("sign", path, "--key", self.keys["me"], exit_code=0)
        other = self.bundle(TRIAD, name="other.assay")
        shutil.copy(f"{path}.sig", f"{other}.sig")
        self.assertEqual(self.state(other, exit_code=1)["state"], "invalid")
        pathlib.Path(f"{other}.sig").write_text("nothing\n")
        self.assertEqual(self.state(other, exit_code=1)["state"], "invalid")

    def test_ssh_keygen_alone_agrees(self):
        path = self.bundle()
        self.assay("sign", path, "--key", self.keys["me"], exit_code=0)
        words = ["-Y", "verify", "-n", "assay", "-f", self.signers, "-I", "me@example.org"]
        with path.open("rb") as file:
            done = subprocess.run(
                ["ssh-keygen", *words, "-s", f"{path}.sig"], stdin=file, capture_output=True
            )
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_what_is_damaged_is_not_signed(self):
        path = self.bundle()
        path.write_bytes(path.read_bytes()[:-1])
        done = self.assay("sign", path, "--key", self.keys["me"], exit_code=2)
        self.assertIn("is damaged or incomplete", done.stderr)
        self.assertFalse(pathlib.Path(f"{path}.sig").exists())

    def test_unknown_keys_are_refused(self):
        path = self.bundle()
        for key, says in ((self.folder / "none", "No such file"), (self.signers, "cannot sign")):
            done = self.assay("sign", path, "--key", key, exit_code=2)
            self.assertIn(says, done.stderr)
            self.assertFalse(pathlib.Path(f"{path}.sig").exists())

    def test_without_ssh_keygen_the_output_says_so(self):
        path = self.bundle()
        self.assay("sign", path, "--key", self.keys["me"], exit_code=0)
        empty = self.folder / "empty"
        empty.mkdir()
        for arguments in (("verify", path, "--signers", self.signers), ("sign", path, "--key", self.keys["me"])):
            done = self.assay(*arguments, exit_code=2, PATH=str(empty))
            self.assertIn("openssh-client", done.stderr)
        done = self.assay("verify", path, *self.waives(), exit_code=0, PATH=str(empty))
        self.assertIn("not checked", done.stdout)


if __name__ == "__main__":
    unittest.main()

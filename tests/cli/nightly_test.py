"""scripts/nightly over several nights, with fake devices."""

import json
import subprocess
import unittest

from assay_case import COPY, PROGRAM, SOURCE, AssayCase

NIGHTLY = SOURCE / "scripts/nightly"


class Nightly(AssayCase):
    def night(self, *options, exit_code, devices="good", problem=COPY, program=PROGRAM):
        done = subprocess.run(
            [NIGHTLY, "--out", self.folder / "out", *options]
            + ["--", "--problem", problem, "--device", "faulty", "--budget", "20ms"],
            env={**self.environment, "ASSAY": program, "ASSAY_FAKE_DEVICES": devices},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(done.returncode, exit_code, done.stdout + done.stderr)
        return done

    def assertNights(self, series):
        """Requires two series of two nights; other work on the machine may have spoilt results."""
        self.assertEqual([len(one["runs"]) + len(one["unused"]) for one in series], [2, 2])

    def test_each_night_leaves_a_bundle_and_files_for_others(self):
        for _ in range(2):
            self.night(exit_code=0)
        out = self.folder / "out"
        bundles = sorted((out / "bundles").iterdir())
        self.assertGreaterEqual(len(bundles), 1)
        self.assay("verify", bundles[0])
        for name in ("assay.prom", "results.xml", "regress.xml", "regress.md", "regress.html"):
            self.assertGreater((out / name).stat().st_size, 0, name)
        series = json.loads(self.assay("history", "--json", exit_code=0).stdout)
        self.assertNights(series)

    def test_nights_are_pushed_to_a_store_that_others_share(self):
        shared = self.folder / "shared.db"
        for _ in range(2):
            self.night("--push", shared, exit_code=0)
        runs = json.loads(self.assay("history", "--db", shared, "--json", exit_code=0).stdout)
        self.assertNights(runs)

    def test_a_wrong_result_fails_the_night_and_is_kept(self):
        self.night(exit_code=1, devices="wrong-element")
        self.assertIn('failures="2"', (self.folder / "out/results.xml").read_text())

    def test_a_night_publishes_the_run_that_it_measured(self):
        self.night(exit_code=0)
        out = self.folder / "out"
        run = json.loads((out / "run.json").read_text())["run"]
        (bundle,) = (out / "bundles").iterdir()
        told = json.loads(self.assay("verify", "--json", bundle).stdout)
        self.assertIn(run, json.dumps(told))

    def test_a_night_whose_run_fails_publishes_nothing(self):
        self.night(exit_code=0)
        before = sorted((self.folder / "out/bundles").iterdir())
        for code in (3, 4):
            with self.subTest(code):
                program = self.folder / "assay-that-fails"
                program.write_text(f'#!/bin/sh\n[ "$1" != run ] || exit {code}\nexec {PROGRAM} "$@"\n')
                program.chmod(0o755)
                self.night(exit_code=code, program=program)
                self.assertEqual(sorted((self.folder / "out/bundles").iterdir()), before)

    def test_two_nights_at_once_do_not_disturb_each_other(self):
        out = self.folder / "out"
        out.mkdir()
        with open(out / "lock", "w") as lock:
            subprocess.run(["flock", "-n", str(lock.fileno())], pass_fds=[lock.fileno()], check=True)
            done = self.night(exit_code=2)
        self.assertIn("another nightly run is in progress", done.stderr)

    def test_bad_usage_is_named(self):
        for options, words in (
            (("--keep", "soon"), "--keep soon"),
            (("--sweet",), "no option --sweet"),
        ):
            with self.subTest(options):
                self.assertIn(words, self.night(*options, exit_code=2).stderr)


if __name__ == "__main__":
    unittest.main()

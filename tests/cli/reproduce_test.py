"""Repeating the measurements of a bundle."""

import json
import unittest

from assay_case import COPY, TRIAD
from bundle_case import BundleCase, forge


class ReproduceCase(BundleCase):
    def reproduced(self, path, *arguments, exit_code, **environment):
        done = self.assay("reproduce", path, "--json", *arguments, **environment)
        self.skip_if_busy(done.stdout)
        self.assertEqual(done.returncode, exit_code, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def skip_if_busy(self, text):
        """Other work on the machine leaves every comparison undecided, as it should."""
        for words in ("other work took", "hypervisor gave", "tasks waited for memory"):
            if words in text:
                self.skipTest("the machine is busy")

    def only_reason(self, report):
        ((obstacle, reason),) = {(one["obstacle"], one["reason"]) for one in report["outcomes"]}
        return f"{obstacle}: {reason}"


class Reproducing(ReproduceCase):
    shared = False  # what is compared was measured shortly before

    def test_what_repeats_is_equivalent_and_kept_as_a_run(self):
        path = self.bundle(COPY, TRIAD, options=("--mode", "hot", "--seed", "7"))
        there = self.records()
        report = self.reproduced(path, exit_code=0)
        self.assertEqual(report["equivalent"], len(there))
        self.assertEqual(report["environment_differences"], [])
        here = self.records()
        self.assertEqual(len(set(report["runs_here"])), 3)
        self.assertNotIn(report["run_there"], report["runs_here"])
        self.assertEqual({record["run"] for record in here}, {report["runs_here"][-1]})
        self.assertEqual({len(one["records_here"]) for one in report["outcomes"]}, {3})
        for before, after in zip(there, here, strict=True):
            self.assertEqual(before["settings"], after["settings"])
            self.assertEqual(before["problem"], after["problem"])
            self.assertEqual(before["implementation"]["name"], after["implementation"]["name"])
            self.assertEqual(after["origin"], "measured")

    def test_the_report_fits_a_terminal(self):
        path = self.bundle(COPY, TRIAD)
        done = self.assay("reproduce", path)
        self.assertFits(done.stdout)
        self.skip_if_busy(done.stdout)
        self.assertIn("4 of 4 equivalent within ±3%", done.stdout)
        self.assertNotIn("One run", done.stdout)

    def test_a_single_run_says_what_it_cannot_see(self):
        done = self.assay("reproduce", self.bundle(), "--repeat", "1")
        self.skip_if_busy(done.stdout)
        self.assertIn("One run: the intervals do not include", done.stdout)

    def test_a_repeated_run_gives_one_row_per_problem(self):
        one = ("--implementation", "native/fake")
        path = self.bundle(COPY, TRIAD, options=(*one, "--repeat", "3"))
        done = self.assay("reproduce", path, "--json", "--repeat", "2")
        report = json.loads(done.stdout)
        self.assertEqual(sorted(row["problem"].split()[0] for row in report["outcomes"]),
                         ["copy", "triad"])
        for row in report["outcomes"]:
            self.assertEqual(len(row["records_there"]), 3)
            self.assertEqual(len(row["records_here"]), 2)
        self.measure(COPY, TRIAD, options=(*one, "--repeat", "4"))
        done = self.assay("reproduce", path, "--json", "--run", "last")
        for row in json.loads(done.stdout)["outcomes"]:
            self.assertEqual(len(row["records_here"]), 4)

    def test_a_different_time_here_is_different(self):
        path = self.bundle()
        environment = {"ASSAY_FAKE_DEVICES": "time-short"}
        report = self.reproduced(path, "--device", "faulty:0", exit_code=1, **environment)
        self.assertEqual(report["different"], len(report["outcomes"]))
        for one in report["outcomes"]:
            self.assertLess(one["interval"]["upper"], 0.97)
        report = self.reproduced(path, "--run", "last", "--margin", "99%", exit_code=1)
        self.assertEqual(report["different"], len(report["outcomes"]))

    def test_times_that_contradict_each_other_decide_nothing(self):
        path = self.bundle()
        environment = {"ASSAY_FAKE_DEVICES": "time-long"}
        report = self.reproduced(path, "--device", "faulty:0", exit_code=1, **environment)
        self.assertEqual(report["undecided"], len(report["outcomes"]))
        for one in report["outcomes"]:
            self.assertGreater(one["interval"]["lower"], 1.03)
            self.assertIn("by the device's clock, but only", one["reason"])

    def test_a_stored_run_is_compared_with_it_without_measuring(self):
        path = self.bundle(COPY, TRIAD)
        self.measure(COPY)
        before = self.contents()
        report = self.reproduced(path, "--run", "last", exit_code=0)
        self.assertEqual((report["equivalent"], report["not_possible"]), (2, 2))
        missing = {one["obstacle"] for one in report["outcomes"] if one["obstacle"] != "none"}
        self.assertEqual(missing, {"not run"})
        self.assertEqual(self.contents(), before)

    def test_a_device_is_found_again_wherever_it_stands(self):
        path = self.bundle()
        environment = {"ASSAY_FAKE_DEVICES": "time-long,good"}
        report = self.reproduced(path, exit_code=0, **environment)
        self.assertEqual({one["device_here"] for one in report["outcomes"]}, {"faulty:1"})
        report = self.reproduced(path, "--device", "faulty:0=faulty:0", exit_code=1, **environment)
        self.assertEqual({one["device_here"] for one in report["outcomes"]}, {"faulty:0"})


class Refusing(ReproduceCase):
    def test_devices_that_are_not_here_are_named(self):
        path = self.bundle()
        report = self.reproduced(path, exit_code=3, ASSAY_FAKE_DEVICES="time-long")
        self.assertIn("no such device: no faulty", self.only_reason(report))
        self.assertEqual(len(json.loads(self.assay("show", "--runs", "--json").stdout)), 1)

    def test_an_implementation_that_is_missing_is_named(self):
        path = self.bundle()
        report = self.reproduced(path, "--device", "cpu:0", exit_code=3)
        self.assertIn("no such implementation", str(report["outcomes"]))

    def test_errors_on_this_machine_are_reported(self):
        path = self.bundle(options=("--implementation", "native/fake"))
        for fault, says in (
            ("crash-in-run", "crashed"),
            ("wrong-element", "wrong"),
            ("out-of-memory", "out-of-memory"),
        ):
            with self.subTest(fault):
                report = self.reproduced(
                    path, "--device", "faulty:0", exit_code=1, ASSAY_FAKE_DEVICES=fault
                )
                self.assertIn(f"failed here: {says}", self.only_reason(report))

    def test_different_operands_are_different_work(self):
        def other(record):
            record["operands_hash"] = "0123456789abcdef"

        forge(self.bundle(), self.folder / "other.assay", other)
        report = self.reproduced(self.folder / "other.assay", exit_code=1)
        self.assertIn("different work: the work differs", self.only_reason(report))

    def test_models_and_failures_are_not_repeated(self):
        self.assay("run", "--device", "datasheet:h200-sxm", "--problem", COPY, exit_code=0)
        path = self.folder / "model.assay"
        self.assay("export", "--bundle", path, exit_code=0)
        self.assertIn("modelled", self.only_reason(self.reproduced(path, exit_code=3)))

        def wrong(record):
            record["status"] = "wrong"

        forge(self.bundle(), self.folder / "wrong.assay", wrong)
        report = self.reproduced(self.folder / "wrong.assay", exit_code=3)
        self.assertIn("failed there", self.only_reason(report))

    def test_a_problem_of_another_version_is_reported(self):
        def unknown(record):
            record["problem"] = "convolution n=1"

        forge(self.bundle(), self.folder / "new.assay", unknown)
        report = self.reproduced(self.folder / "new.assay", exit_code=3)
        self.assertIn("convolution", self.only_reason(report))

    def test_a_dry_run_writes_nothing(self):
        path = self.bundle()
        before = self.contents()
        done = self.assay("reproduce", path, "--dry-run", exit_code=0)
        self.assertIn("measurements of 1 problem,", done.stdout)
        self.assertEqual(self.contents(), before)

    def test_meaningless_input_is_refused(self):
        path = self.bundle()
        for arguments, says in (
            (("--margin", "0"), "--margin"),
            (("--margin", "wide"), "--margin"),
            (("--device", "nowhere:0"), "nowhere:0"),
            (("--device", "cuda:0=faulty:0"), "has no device `cuda:0`"),
            (("--run", "zzz"), "there is no run"),
            (("--repeat", "0"), "--repeat"),
        ):
            done = self.assay("reproduce", path, *arguments, exit_code=2)
            self.assertIn(says, done.stderr)
        self.assay("reproduce", self.folder / "none.assay", exit_code=2)
        path.write_bytes(path.read_bytes()[:-1])
        self.assertIn("is damaged or incomplete", self.assay("reproduce", path, exit_code=2).stderr)


if __name__ == "__main__":
    unittest.main()

"""`assay history` and `assay regress` over a year of seeded nights with known changes."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import tomllib
import unittest
import xml.etree.ElementTree

from assay_case import AssayCase

SYNTHETIC_STORE = os.environ["ASSAY_SYNTHETIC_STORE"]
NIGHTS = 150
CHANGED = f"{NIGHTS * 2 // 3:08x}"


class Regress(AssayCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="assay-nights-")
        cls.addClassCleanup(folder.cleanup)
        cls.nights = pathlib.Path(folder.name) / "store.db"
        subprocess.run([SYNTHETIC_STORE, cls.nights, str(NIGHTS)], check=True)

    def setUp(self):
        super().setUp()
        shutil.copy(self.nights, self.store)

    def changes(self, *options, exit_code=1):
        found = json.loads(self.assay("regress", "--json", *options, exit_code=exit_code).stdout)
        return {(one["state"], one["kind"], one["problem"].split()[0]): one for one in found["changes"]}

    def test_exactly_the_simulated_changes_are_found(self):
        changes = self.changes()
        self.assertEqual(
            set(changes),
            {
                ("regression", "step", "matmul"),
                ("regression", "drift", "attention"),
                ("improvement", "step", "matmul"),
                ("noisier", "noise", "launch"),
            },
        )
        step = changes["regression", "step", "matmul"]
        self.assertTrue(step["first_run"].startswith(CHANGED))
        self.assertAlmostEqual(step["change"], 0.05, delta=0.01)
        keys = [one["key"] for one in step["environment"]]
        self.assertEqual(keys, ["modules.cpu.drivers", "system.kernel"])

    def test_text_names_size_first_run_and_what_changed(self):
        text = self.assay("regress", exit_code=1).stdout
        for words in (f"since run {CHANGED}", "% more time", "system.kernel: 6.1 -> 6.12", "2 regressions"):
            self.assertIn(words, text)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)

    def test_an_accepted_change_does_not_fail(self):
        entry = (
            '[[accepted]]\nseries = "{series}"\n{which}\nreason = "known"\nuntil = "2099-12-31"\n'
        )
        drift = self.changes()["regression", "drift", "attention"]
        text = entry.format(series="matmul*4096", which=f'run = "{CHANGED}"')
        text += entry.format(series="attention", which=f'run = "{drift["earliest_run"][:8]}"')
        (self.folder / ".assay-accepted.toml").write_text(text)
        self.assertIn(("accepted", "step", "matmul"), self.changes(exit_code=0))
        elsewhere = self.folder / "none.toml"
        elsewhere.write_text("")
        self.assay("regress", "--accepted", elsewhere, exit_code=1)

    def test_a_regression_is_accepted_by_a_command(self):
        file = self.folder / ".assay-accepted.toml"
        file.write_text('# ours\n[[accepted]]\nseries = "nothing"\ndate = "2020-01-01"\n'
                        'reason = "old"\nuntil = "2020-02-01"')
        words = ("--accept", CHANGED, "--reason", 'the "safer" mode', "--until", "2099-12-31")
        done = self.assay("regress", *words, exit_code=0)
        self.assertIn("accepted until 2099-12-31: matmul", done.stdout)
        text = file.read_text()
        self.assertTrue(text.startswith("# ours\n"), text)
        changes = self.changes(exit_code=1)
        accepted = changes["accepted", "step", "matmul"]
        self.assertIn("the \"safer\" mode", self.assay("regress", "--all").stdout)
        entry = tomllib.loads(text)["accepted"][1]
        self.assertEqual(entry["series"], accepted["series"])
        self.assertAlmostEqual(entry["at_most"], accepted["change"], delta=0.01)
        # The drift is left, and what is not there cannot be accepted.
        self.assertIn(("regression", "drift", "attention"), changes)
        done = self.assay("regress", *words, exit_code=2)
        self.assertIn("no regression began at this run", done.stderr)
        self.assertEqual(file.read_text(), text)
        self.assay("regress", "--accept", CHANGED, exit_code=2)
        done = self.assay("regress", *words, "--html", "x.html", exit_code=2)
        self.assertIn("--accept: cannot be combined with --html", done.stderr)

    def test_markdown_and_junit_files_are_written(self):
        self.assay("regress", "--junit", "r.xml", "--markdown", "r.md", exit_code=1)
        root = xml.etree.ElementTree.parse(self.folder / "r.xml").getroot()
        self.assertEqual(root.get("failures"), "2")
        self.assertEqual(root.get("tests"), "7")
        self.assertIn("| regression |", (self.folder / "r.md").read_text())

    def test_history_shows_each_series(self):
        text = self.assay("history", exit_code=0).stdout
        self.assertEqual(text.count(f"{NIGHTS}  "), 7)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)
        series = json.loads(self.assay("history", "--json", "--operation", "copy").stdout)
        self.assertEqual(len(series), 1)
        self.assertEqual(len(series[0]["runs"]), NIGHTS)

    def test_a_page_draws_each_change_and_keeps_the_exit_code(self):
        page = self.folder / "regress.html"
        done = self.assay("regress", "--html", page, exit_code=1)
        self.assertIn("2 regressions", done.stdout)
        text = page.read_text()
        self.assertIn("<h1>2 regressions in 7 series</h1>", text)
        drawn = re.findall(r'<svg class="history".*?</svg>', text, re.S)
        self.assertEqual(len(drawn), 4)
        self.assertEqual([one.count('<g class="worse">') for one in drawn[:2]], [1, 1])
        # A line of two levels, and a point of each run.
        step = next(one for one in drawn if ">2025-04-11<" in one)
        self.assertEqual(step.count('class="level"'), 2)
        points = re.search(r'class="points" d="([^"]*)"', step).group(1)
        self.assertEqual(points.count("h0"), NIGHTS)
        # What became slower is drawn further down.
        heights = [float(y) for y in re.findall(r"M[\d.]+ ([\d.]+)h0", points)]
        self.assertLess(sum(heights[:100]) / 100, sum(heights[100:]) / 50)

    def test_a_page_of_histories_has_each_series(self):
        text = self.assay("history", "--html", "-", exit_code=0).stdout
        self.assertTrue(text.startswith("<!DOCTYPE html>") and text.endswith("</html>\n"))
        self.assertEqual(text.count('<svg class="course"'), 7)
        self.store.unlink()
        subprocess.run([SYNTHETIC_STORE, self.store, "4"], check=True)
        text = self.assay("regress", "--html", "-", exit_code=3).stdout
        self.assertIn("<h1>Not judged: 3 more runs needed</h1>", text)

    def test_a_baseline_can_be_used_without_history(self):
        first = NIGHTS * 2 // 3
        nights = ([first - 3, first - 2, first - 1], [first, first + 1, first + 2])
        before, after = ("+".join(f"{night:08x}" for night in side) for side in nights)
        self.assay("regress", "--baseline", before, "--run", "ffff", exit_code=2)
        single = ("--baseline", before[:8], "--run", after[:8], "--problem", "m=2048")
        done = self.assay("regress", *single, exit_code=3)
        self.assertIn("1 not judged", done.stdout)
        done = self.assay("regress", *single, "--html", "x.html", exit_code=2)
        self.assertIn("cannot be combined with --html", done.stderr)
        for baseline, run, outcome, code in (
            (before, after, "improvement", 0),
            (after, before, "regression", 1),
        ):
            words = ("--baseline", baseline, "--run", run, "--problem", "m=2048")
            done = self.assay("regress", *words, "--json", exit_code=code)
            self.assertEqual([row["outcome"] for row in json.loads(done.stdout)["rows"]], [outcome])
            self.assertIn(outcome, self.assay("regress", *words, exit_code=code).stdout)

    def test_a_history_that_is_too_short_is_not_called_good(self):
        self.store.unlink()
        subprocess.run([SYNTHETIC_STORE, self.store, "4"], check=True)
        done = self.assay("regress", exit_code=3)
        self.assertIn("cannot be judged yet: 3 more runs needed", " ".join(done.stdout.split()))
        self.assertEqual(json.loads(self.assay("regress", "--json", exit_code=3).stdout)["judged_series"], 0)

    def suspicious(self, before, after, control):
        """A store in which a copy of the fake device changed in the last two nights."""
        self.store.unlink()
        words = [str(value) for value in (before, after, control)]
        subprocess.run([SYNTHETIC_STORE, self.store, "20", *words], check=True)

    def confirmed(self, exit_code):
        done = self.assay("regress", "--confirm", "--processes", "3", "--json")
        (change,) = json.loads(done.stdout)["changes"]
        said = done.stdout + done.stderr
        if change["measured_again"]["outcome"] == "not measured again" and "busy" in said:
            self.skipTest("the machine is busy")
        self.assertEqual(done.returncode, exit_code, done.stdout + done.stderr)
        return change

    # The fake device takes about a microsecond; the levels are so far apart that it does not matter.
    def test_a_suspicious_change_is_measured_again_and_confirmed(self):
        self.suspicious(2e-9, 1e-6, 1e-6)
        change = self.confirmed(exit_code=1)
        self.assertEqual(change["state"], "regression")
        again = change["measured_again"]
        self.assertEqual((again["outcome"], again["processes"]), ("confirmed", 3))
        self.assertEqual((again["controls"], again["moved"]), (3, 0))
        with self.subTest("both measurements are kept, and the second is no night"):
            runs = json.loads(self.assay("show", "--runs", "--json", exit_code=0).stdout)
            self.assertEqual(len(runs), 21)
            self.assertEqual([one["suite"] for one in runs].count("confirmation"), 1)
            series = json.loads(self.assay("history", "--json", exit_code=0).stdout)
            self.assertEqual([len(one["runs"]) for one in series], [20] * 4)
        with self.subTest("what was confirmed is not measured again"):
            self.assertEqual(self.confirmed(exit_code=1)["measured_again"]["run"], again["run"])

    def test_a_change_that_is_gone_when_measured_again_is_no_alarm(self):
        self.suspicious(1e-6, 1, 1e-6)
        self.assertEqual(json.loads(self.assay("regress", "--json", exit_code=1).stdout)["regressions"], 1)
        change = self.confirmed(exit_code=0)
        self.assertEqual(change["state"], "not confirmed")
        self.assertEqual(change["measured_again"]["outcome"], "as before")
        text = " ".join(self.assay("regress", exit_code=0).stdout.split())
        self.assertIn("measured again in 3 processes", text)

    def test_if_the_controls_are_slow_too_it_is_the_machine(self):
        self.suspicious(2e-9, 1e-6, 2e-9)
        change = self.confirmed(exit_code=0)
        self.assertEqual(change["state"], "the machine, not the code")
        self.assertEqual(change["measured_again"]["moved"], 3)

    def test_a_device_that_is_not_here_leaves_the_alarm_as_it_is(self):
        self.suspicious(1e-6, 1, 1e-6)
        done = self.assay("regress", "--confirm", exit_code=1, ASSAY_FAKE_DEVICES="unwritten")
        self.assertIn("cannot be measured again: its device is not here", done.stderr)

    def test_bad_input_is_named(self):
        (self.folder / "bad.toml").write_text('[[accepted]]\nseries = "x"\n')
        for arguments, words in (
            (("--accepted", "bad.toml"), "bad.toml:1: accepted"),
            (("--accepted", "no.toml"), "no.toml: cannot be read"),
            (("--since", "yesterday"), "--since yesterday: is no day"),
            (("--min-effect", "often"), "--min-effect"),
            (("--problem", "nothing"), "holds no measured and verified record"),
        ):
            with self.subTest(arguments):
                done = self.assay("regress", *arguments, exit_code=2)
                self.assertIn(words, done.stderr)
                self.assertEqual(done.stderr.count("assay: error:"), 1)


if __name__ == "__main__":
    unittest.main()

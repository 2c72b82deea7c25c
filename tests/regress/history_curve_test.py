"""Tests the examination of detectors on real histories, with histories whose steps are known."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

CURVE = os.environ["ASSAY_HISTORY_CURVE"]
SCRIPTS = pathlib.Path(__file__).resolve().parent
NIGHTS = 80


def wobble(night):
    """A noise of at most 0.5%, without chance."""
    return 1 + 0.01 * ((night * 37 % 101) / 101 - 0.5)


def curve(folder, *arguments):
    done = subprocess.run(
        [CURVE, *arguments], cwd=folder, capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout, done.stderr


def row(text):
    """The figures below the heading of the table."""
    lines = text.splitlines()
    heading = next(i for i, line in enumerate(lines) if "plausible" in line)
    return [float(cell.rstrip("%")) for cell in lines[heading + 1].split()]


class HistoryCurve(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        lines = ["series,night,value"]
        for name, step in (("quiet, of course", 1), ("up", 1.1), ("down", 0.8)):
            for night in range(NIGHTS):
                value = wobble(night) * (step if night >= 40 else 1)
                lines.append(f"{name},2026-01-{night},{value!r}")
        lines += [f"short,{night},1" for night in range(20)]
        (self.folder / "table.csv").write_text("\n".join(lines) + "\n")

    def test_obvious_steps_are_found_and_told_on_their_night(self):
        code, out, err = curve(self.folder, "table.csv", "--fewest", "60")
        self.assertEqual((code, err), (0, ""))
        self.assertIn("3 series of at least 60 nights", out)
        self.assertEqual(row(out), [2, 100, 0, 2, 100, 100])
        self.assertIn("1 of 1 obvious increases", out)
        self.assertIn("within 15 nights: 100.0% told, 100.0% with an alarm", out)
        self.assertIn("told in the 30th night: 100.0%", out)

    def test_steps_of_another_detector_are_examined(self):
        told = "series,at\nup,42\nup,60\nquiet, of course,30\n"
        (self.folder / "told.csv").write_text(told)
        code, out, err = curve(
            self.folder, "table.csv", "--fewest", "60", "--told", "told.csv", "--missed"
        )
        self.assertEqual((code, err), (0, ""))
        # Two nights off, all medians still apart: plausible, but not exact. The others are not.
        figures = row(out)
        self.assertEqual(figures[:2] + figures[3:], [3, 33.3, 2, 50, 0])
        # Two implausible steps in 240 nights.
        self.assertAlmostEqual(figures[2], 2 / 240 * 291, places=2)
        self.assertIn("missed: down at 40 (-20.0%)", out)
        self.assertNotIn("every night", out)

    def test_what_cannot_be_read_is_said(self):
        (self.folder / "other.csv").write_text("series,at\nelsewhere,3\n")
        code, _, err = curve(self.folder, "table.csv", "--told", "other.csv")
        self.assertEqual(code, 2)
        self.assertIn("no such history or night: elsewhere, 3", err)
        code, _, err = curve(self.folder, "other.csv")
        self.assertEqual(code, 2)
        self.assertIn('the first line must be "series,night,value"', err)

    def test_nights_of_a_repository_become_a_table(self):
        def git(*arguments):
            subprocess.run(
                ["git", "-c", "user.name=a", "-c", "user.email=a@example", *arguments],
                cwd=self.folder,
                check=True,
                capture_output=True,
            )

        def night(date, value):
            benchmark = {
                "category": "C++ > Array",
                "name": "Fill, Loop",
                "results": {"cpu_debug": {"time": value}, "cpu_release": {"time": 0}},
            }
            path = self.folder / f"{date}_26b1fd0d8.md"
            path.write_text(json.dumps({"benchmarks": [benchmark]}))

        git("init", "--quiet")
        night("2024-01-14", 2.5)
        night("2024-01-13", 3)
        (self.folder / "README.md").write_text("no night")
        git("add", "*.md")
        git("commit", "--quiet", "--message", "nights")
        done = subprocess.run(
            [sys.executable, SCRIPTS / "godot_history.py", self.folder],
            capture_output=True,
            text=True,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        name = "C++ > Array | Fill  Loop | cpu_debug | time"
        self.assertEqual(
            done.stdout,
            f"series,night,value\n{name},2024-01-13,3\n{name},2024-01-14,2.5\n",
        )
        self.assertIn("2 nights, 1 series", done.stderr)


if __name__ == "__main__":
    unittest.main()

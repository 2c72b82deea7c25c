"""Bad input: one clear error with its place and a hint, exit code 2, nothing changed."""

import os
import sqlite3
import subprocess
import unittest

from assay_case import COPY, PROGRAM, AssayCase

SUITE = """name = "mine"
description = "a suite of one's own"
[[problem]]
operation = "copy"
n = 64
type = "f32"
"""


class BadInput(AssayCase):
    def refused(self, *arguments, names, hint):
        """Requires an error that contains `names` and, if `hint` is given, a hint that contains it."""
        before = self.contents()
        done = self.assay(*arguments, exit_code=2)
        self.assertEqual(done.stdout, "")
        lines = done.stderr.splitlines()
        self.assertEqual(len([line for line in lines if "error:" in line]), 1, done.stderr)
        self.assertTrue(lines[0].startswith("assay: error: "), done.stderr)
        printed = next((line for line in lines if line.startswith("  hint: ")), "")
        for text in (names,) if isinstance(names, str) else names:
            self.assertIn(text, lines[0])
        self.assertIn(hint, printed, done.stderr)
        self.assertEqual(self.contents(), before)

    def test_output_that_does_not_arrive_is_a_failure(self):
        self.measure(options=("--implementation", "native/fake"))
        for arguments in (["show"], ["show", "--json"], ["suites"], ["--version"], ["run", "--help"]):
            with self.subTest(arguments), open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run(
                    [PROGRAM, *arguments], env=self.environment, stdout=full,
                    stderr=subprocess.PIPE, text=True, check=False,
                )
                self.assertEqual(done.returncode, 4, done.stderr)
                self.assertIn("No space left on device", done.stderr)

    def test_invalid_problems_are_refused_by_field(self):
        for problem, names, hints in (
            ("matmul m=1 n=1 k=1 a=f32 z=1", "field z", "did you mean"),
            ("matmull m=1 n=1 k=1 a=f32", "matmull", "did you mean `matmul`"),
            ("", "no operation", "copy"),
            ("matmul m=0 n=1 k=1 a=f32", ("field m", "`0`"), "whole number from 1"),
            ("matmul m=-4 n=1 k=1 a=f32", ("field m", "`-4`"), "whole number from 1"),
            ("matmul m=1.5 n=1 k=1 a=f32", ("field m", "`1.5`"), "whole number from 1"),
            ("matmul m=99999999999999999999 n=1 k=1 a=f32", "field m", "whole number from 1"),
            ("matmul m=4000000000 n=1 k=4000000000 a=f32", "m, k", "smaller"),
            ("matmul m=1 n=1 k=1 a=f33", ("field a", "`f33`"), "f32"),
            ("matmul m=1 n=1 k=48 a=mxfp4", ("field k: 48", "32, the block of"), "k=64"),
            ("matmul m=1 n=1 k=64 a=bf16 b=i4g128", ("field k: 64", "128"), "k=128"),
            ("matmul m=1 n=1 k=64 a=nvfp4 layout=nn", "field layout", "layout=nt"),
            ("grouped_matmul tokens=1 n=1 k=24 groups=1 a=nvfp4", "field k: 24", "k=32"),
            ("matmul m=1 n=1 k=64 a=mxfp4 b=nvfp4", "field b", "mxfp8e4m3"),
            ("attention b=1 hq=1 hkv=1 sq=1 skv=1 d=1 type=i8", "field type", "bf16"),
            ("attention b=1 hq=3 hkv=2 sq=1 skv=1 d=1 type=f32", "field hkv", "divisor"),
            (
                "attention b=1 hq=1 hkv=1 sq=1 skv=8 d=1 type=f32 mask=causal window=9",
                "field window",
                "window <= skv",
            ),
            ("paged_attention b=2 hq=1 hkv=1 skv=8 d=1 pages=1 type=f32", "field pages", ">= 2"),
            ("paged_attention b=2 hq=1 hkv=1 skv=8 d=1 window=9 type=f32", "field window", "skv"),
            ("copy n=64", "field type", "type="),
            ("copy n=64 n=64 type=f32", "field n", "leave one"),
            ("copy n", "n", ""),
        ):
            with self.subTest(problem):
                self.refused(
                    "run", "--problem", problem, names=("--problem", *((names,) if isinstance(names, str) else names)), hint=hints
                )

    def test_a_problem_larger_than_the_machine_is_refused_with_the_sizes(self):
        self.refused(
            *("run", "--problem", "copy n=1099511627776 type=f64"),
            names=("TiB of host memory", "free"),
            hint="smaller",
        )

    def test_a_problem_larger_than_the_device_is_refused_with_the_sizes(self):
        self.refused(
            *("run", "--device", "faulty", "--problem", "copy n=150000000 type=f64"),
            names=("faulty:0", "GiB of device memory", "1.00 GiB"),
            hint="smaller",
        )

    def test_meaningless_options_are_refused_by_name(self):
        for option, value, names, hints in (
            ("--target", "0", "--target", "1%"),
            ("--target", "150%", "--target", "1%"),
            ("--target", "tight", "--target", "1%"),
            ("--target", "nan", "--target", "1%"),
            ("--budget", "-1s", "--budget", "500ms"),
            ("--budget", "0", "--budget", "500ms"),
            ("--budget", "2 fortnights", "--budget", "500ms"),
            ("--budget", "inf", "--budget", "500ms"),
            ("--timeout", "never", "--timeout", "500ms"),
            ("--mode", "warm", "--mode", "cold"),
            ("--division", "natives", "--division", "native"),
            ("--device", "cuda:7", "--device cuda:7", "there are"),
            ("--device", "fautly:0", "fautly:0", "did you mean `faulty:0`"),
            ("--implementation", "onednnn", "--implementation onednnn", ""),
            ("--implementation", "native/fade", "native/fade", "did you mean `native/fake`"),
            ("--threads", "many", "--threads many: is not a whole number", "whole number from 1"),
            ("--threads", "-1", "--threads -1: is too small", "whole number from 1"),
            ("--seed", "x", "--seed x", "whole number from 0"),
            ("--sed", "1", "--sed", "did you mean `--seed`"),
        ):
            with self.subTest(f"{option} {value}"):
                self.refused("run", "--problem", COPY, option, value, names=names, hint=hints)

    def test_a_verb_that_does_not_exist_is_refused_with_the_nearest(self):
        self.refused("runn", names="there is no verb `runn`", hint="did you mean `run`")

    def test_a_worker_is_not_for_people(self):
        self.refused("worker", names="no parent process", hint="assay run")

    def test_a_suite_is_named_once(self):
        self.refused("run", "quik", names="quik", hint="quick")
        self.refused("run", "quick", "--suite", "quick", names="cannot be combined", hint="leave")

    def test_unknown_names_are_refused_with_the_nearest(self):
        for arguments, names, hints in (
            (("run", "--suite", "quik"), "quik", "quick"),
            (("suites", "quik"), "quik", "quick"),
            (("check", "waic-2052"), "waic-2052", "waic-2025"),
            (("claims", "waic-2052"), "waic-2052", "waic-2025"),
            (("systems", "cloudmatrix38"), "cloudmatrix", "cloudmatrix384"),
        ):
            with self.subTest(arguments):
                self.refused(*arguments, names=names, hint=hints)

    def test_an_error_in_a_suite_is_named_with_file_and_line(self):
        suite = self.folder / "mine.toml"
        for old, new, line, names, hints in (
            ('operation = "copy"', 'operation = "cpy"', 4, "operation", "did you mean `copy`"),
            ("n = 64", "m = 64", 5, "`m`", "did you mean"),
            ("n = 64", "n = [64, 0]", 5, "field n", "whole number from 1"),
            ("n = 64", "n = []", 5, "empty axis", ""),
            ('type = "f32"', 'type = "f23"', 6, "field type", "f32"),
            ('type = "f32"', 'type = f32', 6, "", ""),
            ("[[problem]]", '[defaults]\nmode = "warm"\n[[problem]]', 4, "mode", "cold"),
            ("[[problem]]", '[defaults]\ntarget = "2"\n[[problem]]', 4, "target", "1%"),
            ("[[problem]]", '[defaults]\nbudgte = "2s"\n[[problem]]', 4, "budgte", "budget"),
            ("description", "descriptoin", 2, "descriptoin", "did you mean `description`"),
        ):
            with self.subTest(new):
                suite.write_text(SUITE.replace(old, new))
                place = f"./mine.toml:{line}:"
                self.refused("run", "--suite", "./mine.toml", names=(place, names), hint=hints)

    def test_suite_files_that_cannot_be_read_are_refused(self):
        (self.folder / "empty.toml").touch()
        for file in ("./absent.toml", "./empty.toml", "./"):
            with self.subTest(file):
                self.refused("run", "--suite", file, names=file, hint="")

    def damaged_stores(self):
        """Files that are not stores: path, text in the error, text in the hint."""
        text = self.folder / "text.db"
        text.write_text("not a database, but long enough to hold the header of one\n" * 9)
        other = self.folder / "other.db"
        sqlite3.connect(other).executescript("CREATE TABLE t (x); PRAGMA user_version = 1;")
        cut = self.folder / "cut.db"
        cut.write_bytes(b"SQLite format 3\0")
        self.measure(options=("--db", str(self.folder / "newer.db")))
        newer = self.folder / "newer.db"
        with sqlite3.connect(newer) as database:
            database.execute("PRAGMA user_version = 99")
        database.close()
        yield text, "not a store", "--db"
        yield other, "another application", "--db"
        yield cut, "not a store", "--db"
        yield newer, "schema 99", "upgrade assay"
        older = self.folder / "older.db"
        older.write_bytes(newer.read_bytes())
        with sqlite3.connect(older) as database:
            database.execute("PRAGMA user_version = 2")
        database.close()
        yield older, "schema 2, which this assay cannot read", "upgrade assay"
        yield self.folder, "folder", "--db"
        yield text / "below.db", "", ""
        if os.geteuid() != 0:
            closed = self.folder / "closed.db"
            closed.write_bytes(newer.read_bytes())
            closed.chmod(0)
            yield closed, "read", "permissions"

    def test_files_that_are_not_stores_are_refused_and_unchanged(self):
        for path, names, hints in self.damaged_stores():
            for verb in (
                ("run", "--problem", COPY, "--device", "faulty", "--budget", "50ms"),
                ("run", "--resume"),
                ("show",),
                ("check", "waic-2025"),
            ):
                with self.subTest(f"{verb[0]} {path.name}"):
                    self.refused(*verb, "--db", path, names=(path.name, names), hint=hints)

    def test_a_missing_store_cannot_be_read(self):
        for verb in (("show",), ("show", "--runs"), ("run", "--resume")):
            with self.subTest(verb):
                self.refused(*verb, names="store.db", hint="")

    def test_an_unknown_run_or_record_is_refused(self):
        self.measure()
        for arguments, names in (
            (("show", "nonsense"), "nonsense"),
            (("show", "--record", "nonsense"), "nonsense"),
            (("check", "waic-2025", "--run", "nonsense"), "nonsense"),
            (("run", "--resume", "nonsense"), "nonsense"),
        ):
            with self.subTest(arguments):
                self.refused(*arguments, names=names, hint="")


if __name__ == "__main__":
    unittest.main()

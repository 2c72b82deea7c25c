"""assay-benchmark: a suite's problems as Google Benchmarks, verified."""

import json
import pathlib
import subprocess
import unittest

from assay_case import COPY, PROGRAM, TRIAD, AssayCase

BENCHMARK = pathlib.Path(PROGRAM).with_name("assay-benchmark")


class Benchmark(AssayCase):
    devices = "good,wrong-element,crash-in-run,wavering"

    def benchmark(self, *arguments, exit_code):
        done = subprocess.run(
            [BENCHMARK, *map(str, arguments)],
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(done.returncode, exit_code, f"{done.stdout}\n{done.stderr}")
        return done

    def entries(self, *arguments, exit_code):
        """The JSON's benchmarks by device."""
        out = self.folder / "out.json"
        options = ("--benchmark_min_time=0.001", f"--benchmark_out={out}")
        self.benchmark(*arguments, *options, exit_code=exit_code)
        found = {}
        for entry in json.loads(out.read_text())["benchmarks"]:
            found.setdefault(entry["name"].split("/")[-3], []).append(entry)
        return found

    def test_the_processor_is_timed_with_rates_and_a_filter(self):
        options = ("--device", "cpu", "--division", "native", "--benchmark_filter=^copy.*/cpu:0/")
        found = self.entries("--problem", COPY, "--problem", TRIAD, *options, exit_code=0)
        (entry,) = found["cpu:0"]
        self.assertEqual(entry["name"], entry["run_name"])
        self.assertTrue(entry["name"].startswith(COPY))
        self.assertTrue(entry["name"].endswith("/cold/manual_time"))
        seconds = entry["real_time"] * 1e-9
        self.assertAlmostEqual(entry["bytes/s"] * seconds / (2 * 64 * 4), 1, places=6)

    def test_wrong_results_crashes_and_wavering_are_errors_and_the_rest_continues(self):
        options = ("--device", "faulty", "--implementation", "native/fake", "--mode", "hot")
        found = self.entries("--problem", COPY, *options, exit_code=1)
        self.assertEqual(set(found), {f"faulty:{index}" for index in range(4)})
        self.assertNotIn("error_occurred", found["faulty:0"][0])
        for index, word in ((1, "wrong: "), (2, "SIGSEGV"), (3, "wrong: ")):
            (entry,) = found[f"faulty:{index}"]
            self.assertTrue(entry["error_occurred"])
            self.assertIn(word, entry["error_message"])

    def test_its_file_is_imported_with_the_problems_that_it_names(self):
        self.entries("--problem", COPY, "--device", "faulty:0", exit_code=0)
        self.assay("import", "out.json", exit_code=0)
        records = self.records()
        self.assertEqual({record["operation"] for record in records}, {"copy"})
        self.assertEqual({record["origin"] for record in records}, {"imported"})

    def test_usage_errors_end_with_code_2_and_nothing_to_run_with_3(self):
        for arguments, expected in (
            (("--bogus",), "--bogus"),
            (("--suite", "quikc"), "did you mean `quick`"),
            (("--problem", "copy n=x"), "--problem"),
            (("--mode", "warm", "--problem", COPY), "--mode"),
        ):
            with self.subTest(arguments):
                done = self.benchmark("--device", "faulty:0", *arguments, exit_code=2)
                self.assertIn(expected, done.stderr)
        self.benchmark(
            *("--device", "faulty:0", "--problem", "copy n=64 type=bf16"),
            *("--implementation", "library/fake"),
            exit_code=3,
        )

    def test_help_names_both_kinds_of_options(self):
        done = self.benchmark("--help", exit_code=0)
        self.assertIn("--suite", done.stdout)
        self.assertIn("--benchmark_filter", done.stdout)


if __name__ == "__main__":
    unittest.main()

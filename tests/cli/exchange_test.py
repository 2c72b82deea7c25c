"""Exports to other tools and imports, without losing anything."""

import json
import resource
import subprocess
import unittest
import xml.etree.ElementTree

from assay_case import COPY, PROGRAM, TRIAD, AssayCase

try:
    from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
    from prometheus_client.parser import text_string_to_metric_families as prometheus
except ImportError:
    openmetrics = prometheus = None


def narrow():
    """Limits a process to files of 64 KiB, like a disk that is soon full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))


class Exporting(AssayCase):
    devices = "good,wrong-element,crash-in-run"

    def setUp(self):
        super().setUp()
        self.measure(COPY, TRIAD, options=("--implementation", "native/fake"), exit_code=1)

    def export(self, format, *arguments):
        return self.assay("export", "--format", format, *arguments, exit_code=0).stdout

    def test_junit_counts_a_wrong_result_as_failure_and_a_crash_as_error(self):
        root = xml.etree.ElementTree.fromstring(self.export("junit"))
        self.assertEqual(root.tag, "testsuites")
        counts = {name: root.get(name) for name in ("tests", "failures", "errors")}
        self.assertEqual(counts, {"tests": "6", "failures": "2", "errors": "2"})
        suites = root.findall("testsuite")
        self.assertEqual(len(suites), 3)
        self.assertEqual(sum(len(suite.findall("testcase")) for suite in suites), 6)
        self.assertIn("SIGSEGV", root.find(".//error").get("message"))

    @unittest.skipIf(openmetrics is None, "python3-prometheus-client is not there")
    def test_openmetrics_are_understood_by_prometheus_parsers_new_and_old(self):
        text = self.export("openmetrics")
        families = {family.name: family for family in openmetrics(text)}
        self.assertEqual(families["assay_launch_seconds"].unit, "seconds")
        ok = [sample.value for sample in families["assay_measurement_ok"].samples]
        self.assertEqual(sorted(ok), [0, 0, 0, 0, 1, 1])
        self.assertEqual(set(families), {family.name for family in prometheus(text)})

    def test_google_benchmark_has_errors_for_what_may_not_be_compared(self):
        told = json.loads(self.export("google-benchmark"))
        errors = [entry for entry in told["benchmarks"] if entry.get("error_occurred")]
        self.assertEqual(len(errors), 4)
        names = {entry["run_name"] for entry in told["benchmarks"]}
        self.assertIn(f"{COPY} dist=uniform seed=1/native/fake/faulty:0/cold/manual_time", names)

    def test_filters_and_runs_choose_what_is_written(self):
        self.measure(COPY, options=("--implementation", "library/fake"), exit_code=1)
        for arguments, expected in (
            ((), {"library/fake"}),
            (("--all",), {"library/fake", "native/fake"}),
            (("--all", "--operation", "triad"), {"native/fake"}),
        ):
            with self.subTest(arguments):
                lines = map(json.loads, self.export("json-lines", *arguments).splitlines())
                found = {line["implementation"]["name"] for line in lines if "problem" in line}
                self.assertEqual(found, expected)

    def test_a_file_is_replaced_as_a_whole_or_not_at_all(self):
        file = self.folder / "metrics.prom"
        file.write_text("old")
        problems = [f"copy n={n} type=f32" for n in range(1, 30)]
        self.measure(*problems, exit_code=1)
        done = subprocess.run(
            [PROGRAM, "export", "--format", "json-lines", "--output", file],
            env=self.environment,
            preexec_fn=narrow,
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn(f"--output {file}: File too large", done.stderr)
        self.assertIn("free some space", done.stderr)
        self.assertEqual(file.read_text(), "old")
        self.assertEqual([path for path in self.folder.iterdir() if "part" in path.name], [])

    def test_a_full_disk_is_an_error_that_names_the_file(self):
        done = self.assay("export", "--format", "csv", "-o", "/dev/full", exit_code=4)
        self.assertIn("--output /dev/full: No space left on device", done.stderr)
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(
                [PROGRAM, "export", "--format", "csv"],
                env=self.environment,
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        self.assertEqual(done.returncode, 4)
        self.assertIn("No space left", done.stderr)

    def test_what_cannot_be_exported_says_so_and_changes_nothing(self):
        before = self.contents()
        for arguments, expected in (
            ((), "--format"),
            (("--format", "jnuit"), "did you mean `junit`"),
            (("--format", "csv", "--operation", "fma"), "no record fits the filter"),
            (("--format", "csv", "-o", self.store), "is a store; export does not overwrite it"),
            (("--format", "csv", "-o", self.folder), "Is a directory"),
            (("ffffffff", "--format", "csv"), "there is no run"),
        ):
            with self.subTest(arguments):
                done = self.assay("export", *arguments, exit_code=2)
                self.assertIn(expected, done.stderr)
                self.assertEqual(done.stdout, "")
        self.assertEqual(self.contents(), before)


class Importing(AssayCase):
    def exported(self, *problems):
        """An exported file with a run of another store."""
        other = {"ASSAY_DB": str(self.folder / "other.db")}
        self.measure(*problems, options=("--implementation", "native/fake"), **other)
        file = self.folder / "run.jsonl"
        self.assay("export", "--format", "json-lines", "-o", file, exit_code=0, **other)
        return file

    def test_a_run_comes_in_once_marked_as_imported(self):
        file = self.exported(COPY, TRIAD)
        self.assertIn("added 2 records of 1 run", self.assay("import", file, exit_code=0).stdout)
        again = self.assay("import", file, exit_code=0).stdout
        self.assertIn("added 0 records of 0 runs", again)
        self.assertIn("2 records were there", " ".join(again.split()))
        records = self.records()
        self.assertEqual({record["origin"] for record in records}, {"imported"})
        self.assertEqual({r["imported_from"]["file"] for r in records}, {"run.jsonl"})
        shown = self.assay("show", exit_code=0).stdout
        self.assertIn("(imported)", shown)
        self.assertIn("2 imported", self.assay("show", "--runs", exit_code=0).stdout)
        self.assertFits(shown)
        one = self.assay("show", "--record", records[0]["id"], exit_code=0).stdout
        self.assertIn("imported from run.jsonl (json-lines)", one)
        self.assertFits(one)

    def test_a_record_that_the_store_has_with_other_contents_is_named(self):
        file = self.exported(COPY, TRIAD)
        self.assay("import", file, exit_code=0)
        changed = self.folder / "changed.jsonl"
        changed.write_text(file.read_text().replace('"status":"ok"', '"status":"crashed"', 1))
        done = self.assay("import", changed, exit_code=1)
        self.assertIn("the store has a record of this id with other contents", done.stderr)
        self.assertEqual(done.stderr.count("left out: "), 1)
        self.assertEqual({record["status"] for record in self.records()}, {"ok"})
        told = json.loads(self.assay("import", "--json", changed, exit_code=1).stdout)
        self.assertEqual(len(told["files"][0]["left_out"]), 1)

    def test_a_record_measured_here_is_the_one_that_its_export_has(self):
        self.measure(COPY, options=("--implementation", "native/fake"))
        file = self.folder / "own.jsonl"
        self.assay("export", "--format", "json-lines", "-o", file, exit_code=0)
        self.assertIn("there already", self.assay("import", file, exit_code=0).stdout)

    def test_an_imported_run_is_not_resumed(self):
        self.assay("import", self.exported(COPY), exit_code=0)
        done = self.assay("run", "--resume", exit_code=2)
        self.assertIn("was imported", done.stderr)

    def test_all_files_or_none_come_in(self):
        file = self.exported(COPY)
        damaged = self.folder / "damaged.jsonl"
        damaged.write_bytes(file.read_bytes()[:-30])
        done = self.assay("import", file, damaged, exit_code=2)
        self.assertIn("damaged.jsonl:3: record: not JSON", done.stderr)
        self.assertFalse(self.store.exists())
        done = self.assay("import", file, self.folder / "missing", exit_code=2)
        self.assertIn("No such file", done.stderr)

    def test_unverified_figures_are_shown_as_such(self):
        file = self.folder / "theirs.json"
        entry = {"name": "BM_x", "run_name": "BM_x", "run_type": "iteration", "iterations": 9}
        entry |= {"real_time": 5.0, "cpu_time": 5.0, "time_unit": "us"}
        context = {"date": "2026-11-25T08:14:02+00:00", "host_name": "theirs"}
        file.write_text(json.dumps({"context": context, "benchmarks": [entry] * 3}))
        told = json.loads(self.assay("import", "--json", file, exit_code=0).stdout)
        self.assertEqual(told["files"][0]["format"], "google-benchmark")
        self.assertEqual(told["added"]["records"], 1)
        shown = self.assay("show", exit_code=0).stdout
        self.assertIn("unverified", shown)
        self.assertIn("1 imported and not verified", shown)
        self.assertNotIn("suspicious", shown)
        (record,) = self.records()
        one = self.assay("show", "--record", record["id"], exit_code=0).stdout
        self.assertIn("imported from theirs.json (google-benchmark), not verified", one)
        self.assay("report", "--output", "report.html", exit_code=0)
        self.assertIn("not verified", (self.folder / "report.html").read_text())

    def test_published_results_become_a_file_of_claims(self):
        row = {"ID": "9.9-0001", "Submitter": "Example", "Availability": "available"}
        row |= {"Category": "closed", "Suite": "datacenter", "Platform": "Example_H100x8"}
        row |= {"Model": "llama2-70b-99.9", "UsedModel": "llama2-70b-99.9", "Scenario": "Server"}
        row |= {"Accelerator": "NVIDIA H100-SXM-80GB", "Nodes": 1, "a#": 8, "version": "v9.9"}
        row |= {"Performance_Result": 16000.0, "Performance_Units": "Tokens/s"}
        file, claims = self.folder / "summary.json", self.folder / "claims.toml"
        file.write_text(json.dumps([row]))
        done = self.assay("import", file, "--output", claims, exit_code=0)
        self.assertIn("mlperf-inference, 1 claim", done.stderr)
        self.assertFalse(self.store.exists())
        self.assertIn("2000 token/s", claims.read_text())
        self.assertEqual(self.assay("import", file, exit_code=0).stdout, claims.read_text())
        self.assay("audit", "mlperf-inference-v9-9", "--catalogue", claims, exit_code=0)
        self.assay("import", file, self.exported(COPY), exit_code=2)
        file.write_text(json.dumps([row | {"Performance_Units": "Furlongs/s"}]))
        done = self.assay("import", file, exit_code=2)
        self.assertIn("summary.json: [0]: Performance_Units: unknown unit", done.stderr)
        self.assertEqual(done.stdout, "")

    def test_two_writers_of_one_store_both_succeed(self):
        file = self.exported(COPY, TRIAD)
        lines = file.read_text().splitlines()
        record = next(json.loads(line) for line in lines if '"problem"' in line)
        writers = []
        for number in range(2):
            many = self.folder / f"many-{number}.jsonl"
            with many.open("w", encoding="utf-8") as out:
                print(*lines[:2], sep="\n", file=out)
                for i in range(2000):
                    record["id"] = f"0000000{number}-0000-4000-8000-{i:012d}"
                    print(json.dumps(record, separators=(",", ":")), file=out)
            writers.append(
                subprocess.Popen(
                    [PROGRAM, "import", many], env=self.environment, stdout=subprocess.DEVNULL
                )
            )
        self.assertEqual([writer.wait() for writer in writers], [0, 0])
        self.assertEqual(len(self.records("--json")), 4000)

    def test_a_store_that_can_grow_no_more_stays_whole(self):
        file = self.exported(COPY, TRIAD)
        self.assay("import", file, exit_code=0)
        before = self.records()
        lines = file.read_text().splitlines()
        record = next(json.loads(line) for line in lines if '"problem"' in line)
        many = self.folder / "many.jsonl"
        with many.open("w", encoding="utf-8") as out:
            for i in range(500):
                record["id"] = f"00000000-0000-4000-8000-{i:012d}"
                print(json.dumps(record), file=out)
        done = subprocess.run(
            [PROGRAM, "import", many],
            env=self.environment,
            preexec_fn=narrow,
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn(str(self.store), done.stderr)
        self.assertIn("free space on the disk", done.stderr)
        self.assertEqual(self.records(), before)


if __name__ == "__main__":
    unittest.main()

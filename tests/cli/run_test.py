"""Measuring and showing records."""

import csv
import io
import json
import unittest

import jsonschema

from assay_case import COPY, SOURCE, TRIAD, AssayCase


class Measuring(AssayCase):
    def test_a_suite_needs_no_option_and_quick_not_even_its_name(self):
        def planned(*words):
            return self.assay("run", *words, "--dry-run", "--seed", "1", "--json", exit_code=0).stdout

        named = planned("--suite", "quick")
        self.assertEqual(planned("quick"), named)
        self.assertEqual(planned(), named)

    def test_a_small_problem_is_measured_verified_and_kept(self):
        done = self.measure(options=("--implementation", "native/fake"))
        self.assertIn("1 measurement of 1 problem ", done.stdout)
        self.assertIn("right", done.stdout)
        (record,) = self.records()
        self.assertEqual(record["status"], "ok")
        self.assertEqual(record["check"]["outcome"], "right")
        self.assertEqual(record["settings"]["mode"], "cold")
        self.assertGreaterEqual(len(record["device_seconds"]), 10)
        # A target is never met within a budget this short.
        self.assertFalse(record["target_met"])
        self.assertIn("target_missed", [note["kind"] for note in record["notes"]])

    def test_a_record_says_how_busy_the_machine_was(self):
        # The kernel counts CPU time in ticks of 10 ms, so the measurement must last much longer.
        self.assay(
            *("run", "--device", "cpu", "--problem", "copy n=1000000 type=f32"),
            *("--budget", "300ms"),
            exit_code=0,
        )
        (record,) = self.records()
        load = record["machine_load"]
        for name in ("steal_share", "idle_share", "own_cpu_share"):
            self.assertIsNotNone(load[name], name)
        for name, share in load.items():
            if share is not None:
                self.assertTrue(0 <= share <= 1, name)
        self.assertGreater(load["own_cpu_share"], 0)

    def test_the_processor_itself_is_measured_right(self):
        self.assay(
            *("run", "--device", "cpu", "--problem", "matmul m=7 n=33 k=17 a=f32"),
            *("--division", "native", "--division", "reference", "--budget", "50ms"),
            exit_code=0,
        )
        self.assertEqual({record["status"] for record in self.records()}, {"ok"})

    def test_divisions_and_implementations_are_chosen(self):
        for options, expected in (
            ((), {"native/fake", "library/fake"}),
            (("--division", "reference"), {"reference/fake"}),
            (("--division", "native", "--division", "library"), {"native/fake", "library/fake"}),
            (("--implementation", "fake", "--division", "library"), {"library/fake"}),
        ):
            with self.subTest(options):
                self.measure(options=options)
                found = {record["implementation"]["name"] for record in self.records()}
                self.assertEqual(found, expected)

    def test_what_cannot_be_solved_is_skipped_with_the_reason(self):
        done = self.measure("copy n=64 type=bf16", options=("--json",))
        (skip,) = json.loads(done.stdout)["skipped"]
        self.assertEqual(skip["implementation"], "library/fake")
        self.assertIn("knows only f32", skip["reason"])

    def test_nothing_that_can_run_is_exit_code_3_and_no_store(self):
        done = self.measure(
            "copy n=64 type=bf16", options=("--implementation", "library/fake"), exit_code=3
        )
        self.assertIn("knows only f32", done.stderr)
        self.assertFalse(self.store.exists())

    def test_a_burn_is_recorded_second_by_second(self):
        self.measure(options=("--implementation", "native/fake", "--burn", "1500ms"))
        (record,) = self.records()
        self.assertEqual(record["settings"]["burn_seconds"], 1.5)
        seconds = [one["seconds"] for one in record["course"]]
        self.assertIn(len(seconds), (1, 2))
        self.assertGreaterEqual(sum(seconds), 1.4)
        self.assertTrue(all(one["launches"] > 0 for one in record["course"]))
        self.assertIn("burn", self.assay("show", "--record", record["id"], exit_code=0).stdout)

    def test_hot_is_recorded_as_hot(self):
        self.measure(options=("--mode", "hot"))
        self.assertEqual({record["settings"]["mode"] for record in self.records()}, {"hot"})

    def test_settings_are_recorded(self):
        self.measure(options=("--target", "5%", "--seed", "7"))
        for record in self.records():
            self.assertEqual(record["settings"]["target"], 0.05)
            self.assertEqual(record["settings"]["budget_seconds"], 0.05)
            self.assertEqual(record["settings"]["order_seed"], 7)

    def test_a_seed_means_the_same_order_every_time(self):
        problems = [f"copy n={64 * i} type=f32" for i in range(1, 6)]
        orders = set()
        for seed in ("1", "1", "2"):
            options = ("--dry-run", "--json", "--seed", seed)
            plan = json.loads(self.measure(*problems, options=options).stdout)
            orders.add(tuple((e["problem"], e["implementation"]) for e in plan["entries"]))
        self.assertEqual(len(orders), 2)

    def test_a_dry_run_names_each_repeated_measurement_once(self):
        once = self.measure(COPY, TRIAD, options=("--dry-run",)).stdout
        text = self.measure(COPY, TRIAD, options=("--dry-run", "--repeat", "100")).stdout
        self.assertFits(text)
        self.assertEqual(len(once.splitlines()), len(text.splitlines()))
        self.assertIn("  100 times\n", text)

    def test_a_dry_run_writes_nothing(self):
        before = self.contents()
        text = self.measure(COPY, TRIAD, options=("--dry-run",)).stdout
        self.assertIn("4 measurements of 2 problems", text)
        self.assertFits(text)
        plan = json.loads(self.measure(COPY, options=("--dry-run", "--json")).stdout)
        self.assertEqual(len(plan["entries"]), 2)
        self.assertEqual(self.contents(), before)
        self.assertFalse(self.store.exists())

    def test_a_custom_suite_is_measured(self):
        (self.folder / "mine.toml").write_text(
            'name = "mine"\n[defaults]\nmode = "hot"\nimplementations = ["native/fake"]\n'
            '[[problem]]\noperation = "copy"\nn = [64, 128]\ntype = ["f32", "i8"]\n'
        )
        self.assay(
            *("run", "--suite", "./mine.toml", "--device", "faulty", "--budget", "50ms"),
            exit_code=0,
        )
        records = self.records()
        self.assertEqual(len(records), 4)
        self.assertEqual({record["settings"]["mode"] for record in records}, {"hot"})

    def test_results_go_to_stdout_and_talk_to_stderr(self):
        done = self.measure(options=("--json",))
        summary = json.loads(done.stdout)
        self.assertEqual(summary["verified"], 2)
        self.assertIn("[1/2]", done.stderr)

    def test_each_run_is_kept_beside_the_others(self):
        self.measure()
        self.measure(TRIAD)
        runs = json.loads(self.assay("show", "--runs", "--json", exit_code=0).stdout)
        self.assertEqual([run["records"] for run in runs], [2, 2])
        self.assertTrue(all(run["ended"] for run in runs))
        older = json.loads(self.assay("show", runs[1]["id"][:8], "--json", exit_code=0).stdout)
        self.assertEqual({record["operation"] for record in older}, {"copy"})


class Showing(AssayCase):
    def setUp(self):
        super().setUp()
        self.measure(COPY, TRIAD, "matmul m=16 n=16 k=16 a=bf16")

    def test_the_last_run_is_shown_within_80_columns(self):
        text = self.assay("show", exit_code=0).stdout
        self.assertIn("native/fake", text)
        self.assertIn("right", text)
        self.assertFits(text)
        self.assertFits(self.assay("show", "--runs", exit_code=0).stdout)
        (first, *_) = self.records()
        self.assertFits(self.assay("show", "--record", first["id"][:8], exit_code=0).stdout)

    def test_records_follow_the_published_schema(self):
        schema = json.loads((SOURCE / "results/schema/record.schema.json").read_text())
        validator = jsonschema.Draft202012Validator(schema)
        records = self.records()
        self.assertEqual(len(records), 5)
        for record in records:
            self.assertEqual([error.message for error in validator.iter_errors(record)], [])

    def test_csv_has_one_line_per_record(self):
        text = self.assay("show", "--csv", exit_code=0).stdout
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        self.assertEqual(len(rows), 5)
        self.assertEqual({row["status"] for row in rows}, {"ok"})
        self.assertTrue(all(float(row["median_seconds"]) > 0 for row in rows))

    def test_filters_choose_what_is_shown(self):
        for options, count in (
            (("--operation", "copy"), 2),
            (("--problem", "bf16"), 1),
            (("--implementation", "library"), 2),
            (("--division", "native"), 3),
            (("--device", "faulty:0"), 5),
            (("--device", "cpu"), 0),
            (("--status", "ok"), 5),
            (("--status", "wrong"), 0),
            (("--operation", "triad", "--division", "native"), 1),
            (("--limit", "2"), 2),
        ):
            with self.subTest(options):
                self.assertEqual(len(self.records(*options)), count)

    def test_one_record_is_shown_in_full(self):
        first = self.records()[0]
        shown = json.loads(self.assay("show", "--record", first["id"], "--json").stdout)
        self.assertEqual(shown, first)


if __name__ == "__main__":
    unittest.main()

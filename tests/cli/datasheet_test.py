"""A published system as a modelled device: every figure is marked as modelled."""

import csv
import html
import io
import json
import re
import unittest

import jsonschema

from assay_case import SOURCE, AssayCase

DEVICE = "datasheet:h200-sxm"
MATMUL = "matmul m=4096 n=4096 k=4096 a=bf16 b=bf16 c=bf16"
COPY = "copy n=1000000 type=f32"
# A time or a rate in the form of tables.
FIGURE = re.compile(r"\d (?:n|µ|m)?s\b|\d [kMGTP]?(?:FLOP|OP|B)/s")

BOX = """
[sources.here]
title = "made up"
url = "https://example.org"
section = "none"
date = "2025-06-15"
read = "2025-06-16"

[[set]]
id = "boxes"
title = "What boxes are said to do"

[[system]]
id = "box-2"
name = "Box 2"
vendor = "Nobody"
kind = "chip"

{figures}

[[claim]]
id = "box-bandwidth"
statement = "It copies at {claimed}"
quote = "{claimed}"
sets = ["boxes"]
system = "box-2"
quantity = "achieved.byte"
value = "{claimed}"
standing = "press"
source = "here"
[claim.test]
quantity = "rate.byte(copy)"
problems = {{ copy = "copy" }}
run = ["copy n=1000000 type=f32"]
"""
PROPERTY = """
[[system.property]]
quantity = "{quantity}"
value = "{value}"
standing = "specification"
source = "here"
"""
FIGURES = {
    "peak.bf16": "1 TFLOP/s",
    "memory.bandwidth": "1 TB/s",
    "memory.capacity": "1 GB",
    "latency.launch": "2 us",
}


class Datasheet(AssayCase):
    def model(self, *problems, device=DEVICE, options=(), exit_code=0):
        arguments = [word for problem in problems for word in ("--problem", problem)]
        return self.assay(
            *("run", "--device", device), *arguments, *options, exit_code=exit_code
        )

    def catalogue(self, figures, claimed="1 TB/s"):
        file = self.folder / "boxes.toml"
        text = "".join(PROPERTY.format(quantity=q, value=v) for q, v in figures.items())
        file.write_text(BOX.format(figures=text, claimed=claimed))
        return file


class Running(Datasheet):
    def test_times_are_the_rooflines_and_records_follow_the_schema(self):
        self.model(MATMUL, COPY)
        schema = json.loads((SOURCE / "results/schema/record.schema.json").read_text())
        validator = jsonschema.Draft202012Validator(schema)
        seconds = {}
        for record in self.records():
            self.assertEqual([error.message for error in validator.iter_errors(record)], [])
            self.assertEqual(record["origin"], "modelled")
            self.assertTrue(record["device"]["modelled"])
            self.assertEqual(record["check"]["outcome"], "unchecked")
            self.assertEqual(record["check"]["method"], "modelled: nothing ran")
            self.assertEqual(record["device_seconds"], [])
            self.assertEqual(record["summary"]["count"], 0)
            self.assertEqual(record["summary"]["interval"], {"lower": None, "upper": None})
            self.assertEqual(record["output_hash"] + record["operands_hash"], "")
            self.assertIsNone(record["sensors"]["power_watts"])
            self.assertIsNone(record["energy"]["joules_per_launch"])
            seconds[record["operation"]] = record["summary"]["median"]
        self.assertAlmostEqual(seconds["matmul"], 2 * 4096**3 / 989.4e12, delta=1e-15)
        self.assertAlmostEqual(seconds["copy"], 8e6 / 4.8e12, delta=1e-18)

    def test_a_problem_larger_than_this_machine_is_modelled(self):
        self.model("matmul m=131072 n=131072 k=131072 a=f8e4m3")
        self.assertAlmostEqual(
            self.records()[0]["summary"]["median"], 2 * 131072**3 / 1978.9e12, delta=1e-9
        )

    def test_a_type_without_a_peak_is_unsupported_with_that_reason(self):
        done = self.model(
            "matmul m=64 n=64 k=64 a=f16",
            device="datasheet:box-2",
            options=("--catalogue", self.catalogue(FIGURES)),
            exit_code=3,
        )
        said = " ".join(done.stderr.split())
        self.assertIn("states no peak.f16, and the peak of another type cannot replace f16", said)
        self.assertFalse(self.store.exists())

    def test_an_unknown_system_is_bad_input_with_near_names(self):
        for device, said in (
            ("datasheet:h20-sxm", "did you mean `datasheet:h200-sxm`?"),
            ("datashet:h200-sxm", "did you mean `datasheet:h200-sxm`?"),
            ("datasheet:zzzzzzzz", "there are datasheet:"),
            ("datasheet", "there are datasheet:"),
        ):
            with self.subTest(device):
                done = self.model(COPY, device=device, exit_code=2)
                self.assertIn(said, done.stderr)
                self.assertFalse(self.store.exists())

    def test_a_system_that_lacks_figures_says_which(self):
        file = self.catalogue({"peak.bf16": "1 TFLOP/s"})
        done = self.model(
            COPY, device="datasheet:box-2", options=("--catalogue", file), exit_code=2
        )
        self.assertIn("states no memory.bandwidth, no memory.capacity", done.stderr)
        done = self.model(COPY, device="datasheet:cloudmatrix384", exit_code=2)
        self.assertIn("a supernode is several devices", done.stderr)

    def test_devices_says_how_in_a_line_and_explains_which_systems(self):
        lines = self.assay("devices", exit_code=0).stdout.splitlines()
        (line,) = [line for line in lines if "datasheet" in line]
        self.assertIn("--device datasheet:SYSTEM", line)
        self.assertIn("Modelled (nothing runs)", line)
        explained = self.assay("devices", "--explain", exit_code=0).stdout
        self.assertRegex(explained, r"(?s)SYSTEM: [^:]*\bh200-sxm\b")
        self.assertRegex(explained, r"not [^:]*amd-zen4[^:]*: its\s+description\s+states\s+no")
        told = json.loads(self.assay("devices", "--json", exit_code=0).stdout)
        lacking = {one["device"]: one["lacking"] for one in told["pretended"]}
        self.assertEqual(lacking[DEVICE], "")
        self.assertIn("no memory.bandwidth", lacking["datasheet:amd-zen4"])
        self.assertTrue(all(one["modelled"] for one in told["pretended"]))

    def test_a_dry_run_says_so(self):
        text = self.model(COPY, MATMUL, options=("--dry-run",)).stdout
        self.assertIn("2 of them modelled: nothing runs", text)
        self.assertFits(text)
        plan = json.loads(self.model(COPY, options=("--dry-run", "--json")).stdout)
        self.assertEqual([entry["modelled"] for entry in plan["entries"]], [True])

    def test_it_is_never_used_unasked(self):
        plan = json.loads(
            self.assay("run", "--problem", COPY, "--dry-run", "--json", exit_code=0).stdout
        )
        devices = {entry["device"] for entry in plan["entries"]}
        self.assertFalse({name for name in devices if name.startswith("datasheet")})

    def test_a_custom_system_is_modelled_with_its_latency(self):
        file = self.catalogue(FIGURES)
        self.model(COPY, "launch n=1", device="datasheet:box-2", options=("--catalogue", file))
        seconds = {r["operation"]: r["summary"]["median"] for r in self.records()}
        self.assertAlmostEqual(seconds["copy"], 8e6 / 1e12 + 2e-6, delta=1e-15)
        self.assertAlmostEqual(seconds["launch"], 8 / 1e12 + 2e-6, delta=1e-15)

    def test_two_systems_stand_apart_and_a_run_of_theirs_resumes(self):
        self.model(COPY, options=("--device", "datasheet:mi300x"))
        names = {record["device"]["unique_id"] for record in self.records()}
        self.assertEqual(names, {"h200-sxm", "mi300x"})
        text = self.assay("show", exit_code=0).stdout
        self.assertIn("datasheet:h200-sxm H200 SXM (modelled)", text)
        self.assertIn("datasheet:mi300x Instinct MI300X (modelled)", text)
        self.assertIn("is complete", self.assay("run", "--resume", exit_code=0).stdout)


class Showing(Datasheet):
    """Measured and modelled records in one store."""

    def setUp(self):
        super().setUp()
        self.assay(
            *("run", "--device", DEVICE, "--device", "faulty:0", "--budget", "50ms"),
            *("--problem", COPY, "--problem", "fma n=4096 steps=64 type=bf16"),
            *("--problem", "triad n=4096 type=f32", "--problem", "matmul m=64 n=64 k=64 a=bf16"),
            exit_code=0,
        )
        self.modelled = [r for r in self.records() if r["device"]["modelled"]]
        self.measured = [r for r in self.records() if not r["device"]["modelled"]]

    def test_both_are_there(self):
        self.assertEqual(len(self.modelled), 4)
        self.assertGreater(len(self.measured), 4)
        self.assertTrue(all(r["origin"] == "measured" for r in self.measured))

    def test_lines_and_sums_of_a_run_say_so(self):
        done = self.model(COPY, MATMUL)
        figures = [line for line in done.stdout.splitlines() if FIGURE.search(line)]
        self.assertEqual(len(figures), 2)
        for line in figures:
            self.assertIn("modelled: nothing ran", line)
        self.assertIn("2 modelled from published figures: nothing ran", done.stdout)
        self.assertNotIn("measurement", done.stdout)
        self.assertNotIn("0 verified", done.stdout)
        told = json.loads(self.model(COPY, MATMUL, options=("--json",)).stdout)
        self.assertEqual((told["verified"], told["failed"], told["modelled"]), (0, 0, 2))
        self.assertEqual({record["origin"] for record in told["records"]}, {"modelled"})
        self.assertTrue(all(record["modelled"] for record in told["records"]))
        self.assertEqual({record["half_width"] for record in told["records"]}, {None})

    def test_every_row_of_every_table_says_so(self):
        for options in ((), ("--wide",)):
            text = self.assay("show", "--device", "datasheet", *options, exit_code=0).stdout
            rows = [line for line in text.splitlines() if FIGURE.search(line)]
            self.assertEqual(len(rows), 4)
            for row in rows:
                self.assertRegex(row, r"modelled/roofline .* modelled")
                self.assertNotIn("±", row)
        self.assertFits(self.assay("show", exit_code=0).stdout)
        self.assertIn("4 modelled: nothing ran", self.assay("show", exit_code=0).stdout)
        self.assertRegex(self.assay("show", "--runs", exit_code=0).stdout, r"\d+, 4 modelled")
        (run,) = json.loads(self.assay("show", "--runs", "--json", exit_code=0).stdout)
        self.assertEqual(run["modelled"], 4)

    def test_every_line_of_a_record_with_a_figure_says_so(self):
        for record in self.modelled:
            text = self.assay("show", "--record", record["id"], exit_code=0).stdout
            result = text[: text.index("\nwall time")]
            entries = re.split(r"\n  (?=\S)", result)  # a long value goes on below
            figures = [entry for entry in entries if FIGURE.search(" ".join(entry.split()))]
            self.assertGreaterEqual(len(figures), 3)
            for entry in figures:
                self.assertIn("modelled", entry)
            self.assertNotIn("±", result)
            self.assertNotIn("right", result)

    def test_csv_says_so_and_has_no_interval(self):
        text = self.assay("show", "--csv", exit_code=0).stdout
        for row in csv.DictReader(io.StringIO(text, newline="")):
            pretended = row["device"] == DEVICE
            self.assertEqual(row["origin"] == "modelled", pretended)
            self.assertEqual(row["division"] == "modelled", pretended)
            if pretended:
                self.assertEqual(row["check"], "unchecked")
                self.assertEqual(
                    row["lower_seconds"] + row["upper_seconds"] + row["share_of_ceiling"], ""
                )

    def test_ceilings_are_of_what_was_measured_alone(self):
        both = self.assay("show", "--device", "faulty", exit_code=0).stdout
        (line,) = [line for line in both.splitlines() if "ceilings:" in line]
        fastest = max(
            r["work"]["flop"] / r["summary"]["median"]
            for r in self.measured
            if r["operation"] == "fma"
        )
        self.assertLess(fastest, 900e12)
        self.assertNotIn("989", line)
        of_device = self.assay("show", "--device", "datasheet", exit_code=0).stdout
        self.assertIn("nothing ran, no ceilings", of_device)

    def test_the_report_labels_every_figure(self):
        self.assay("report", "--output", "report.html", exit_code=0)
        page = (self.folder / "report.html").read_text()
        for record in self.modelled:
            rows = [row for row in page.split("<tr ") if f"#r-{record['id']}" in row]
            row = next(row for row in rows if 'data-place="' in row).split("</tr>")[0]
            for cell in re.findall(r"<td.*?</td>", row, re.S):
                text = html.unescape(re.sub(r"<[^>]+>", " ", cell))
                if FIGURE.search(text):
                    self.assertIn("modelled", text)
            self.assertIn('data-result="modelled"', row)
            section = page[page.index(f'id="r-{record["id"]}"') :].split("</section>")[0]
            self.assertIn("modelled", section.split("<dl>")[0])
            for label, value in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", section, re.S):
                if FIGURE.search(value) and label != "work":
                    self.assertIn("modelled", label + value)
        data = json.loads(
            re.search(r'<script[^>]*id="data"[^>]*>(.*?)</script>', page, re.S).group(1)
        )
        ids = {record["id"] for record in self.modelled}
        for record in data["records"]:
            self.assertEqual(record["modelled"], record["id"] in ids)
        points = [point["record"] for figure in data["rooflines"] for point in figure["points"]]
        self.assertFalse(ids & set(points))


class Judging(Datasheet):
    def judged(self, figures, claimed, *options):
        file = self.catalogue(figures, claimed)
        done = self.assay("check", "boxes", "--catalogue", file, "--json", *options, exit_code=0)
        told = json.loads(done.stdout)
        (verdict,) = told["verdicts"]
        arguments = ("check", "boxes", "--catalogue", file, *options, "--all")
        text = self.assay(*arguments, exit_code=0).stdout
        return verdict, told, text

    def test_a_claim_about_its_own_system_stays_untested_whatever_is_claimed(self):
        file = self.catalogue(FIGURES)
        self.model(COPY, device="datasheet:box-2", options=("--catalogue", file))
        for claimed in ("1 B/s", "800 GB/s", "1 TB/s", "900 TB/s"):
            with self.subTest(claimed):
                verdict, told, text = self.judged(FIGURES, claimed)
                self.assertEqual(verdict["verdict"], "untested")
                self.assertIsNone(verdict["measured"])
                self.assertIn("only modelled figures", verdict["reason"])
                (evidence,) = verdict["evidence"]
                self.assertEqual(evidence["kind"], "modelled")
                self.assertIn("modelled", evidence["text"])
                self.assertIn("(modelled)", evidence["device"])
                self.assertEqual((told["records"], told["modelled"]), (1, 1))
                self.assertIn("1 of them modelled (these decide nothing)", told["origin"])
                self.assertEqual(told["summary"], {"untested": 1})
                said = " ".join(text.split())
                self.assertIn("modelled: 800 GB/s", said)

    def test_built_in_claims_stay_untested_after_a_whole_suite(self):
        self.assay(*("run", "--suite", "quick", "--device", DEVICE), exit_code=0)
        told = json.loads(self.assay("check", "--all", "--json", exit_code=0).stdout)
        kinds = {verdict["claim"]["id"]: verdict for verdict in told["verdicts"]}
        peak = kinds["h200-sxm-bf16-peak"]
        self.assertIn(peak["verdict"], ("untested", "corroborated"))
        self.assertEqual(peak["evidence"][0]["kind"], "modelled")
        self.assertNotIn("supported", told["summary"])
        self.assertNotIn("refuted", told["summary"])
        self.assertFits(self.assay("check", exit_code=0).stdout)
        # A modelled device is not a device of this machine.
        told = json.loads(self.assay("check", "rivals", "--json", exit_code=0).stdout)
        self.assertEqual(told["present_devices"], [])


if __name__ == "__main__":
    unittest.main()

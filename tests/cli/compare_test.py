"""Comparisons of runs, devices, files and systems."""

import csv
import io
import json
import unittest

import jsonschema

from assay_case import COPY, SOURCE, TRIAD, AssayCase

OTHER = "copy n=256 type=f32"


class Compare(AssayCase):
    devices = "good,good,wrong-element"

    def run_of(self, *problems, options=("--device", "faulty:0"), exit_code=0):
        """Measures and returns the run's id."""
        self.shared_run(
            *(word for problem in problems for word in ("--problem", problem)),
            *("--budget", "50ms"),
            *options,
            exit_code=exit_code,
        )
        return json.loads(self.assay("show", "--runs", "--json", exit_code=0).stdout)[0]["id"]

    def compare(self, *arguments, exit_code=0):
        return self.assay("compare", *arguments, exit_code=exit_code)

    def compared(self, *arguments):
        return json.loads(self.compare(*arguments, "--json").stdout)

    def rows(self, *arguments):
        (comparison,) = self.compared(*arguments)["comparisons"]
        return [row for group in comparison["best"] for row in group["rows"]]

    def two_runs(self):
        return self.run_of(COPY, TRIAD), self.run_of(COPY, TRIAD, OTHER)

    def test_two_runs_are_compared_problem_by_problem(self):
        a, b = self.two_runs()
        found = self.compared(a, b[:8])
        schema = json.loads((SOURCE / "results/schema/comparison.schema.json").read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.validate(found, schema)
        (comparison,) = found["comparisons"]
        rows = [row for group in comparison["groups"] for row in group["rows"]]
        self.assertEqual({row["operation"] for row in rows}, {"copy", "triad"})
        for row in rows:
            ratio = row["speed"]
            self.assertLessEqual(ratio["lower"], ratio["value"])
            self.assertLessEqual(ratio["value"], ratio["upper"])
            times = row["baseline"]["median_seconds"] / row["other"]["median_seconds"]
            self.assertAlmostEqual(row["speed"]["value"], times)
        left_out = [(one["side"], one["reason"]) for one in comparison["left_out"]]
        self.assertIn(("B", "no partner"), left_out)
        self.assertNotIn(("A", "no partner"), left_out)

    def test_differences_are_told_only_from_three_processes(self):
        one = ("--device", "faulty:0", "--implementation", "native/fake")
        repeated = [self.run_of(COPY, options=(*one, "--repeat", "3")) for _ in range(2)]
        (row,) = self.rows(*repeated, "--doubtful")
        self.assertEqual(row["baseline"]["processes"], 3)
        self.assertNotEqual(row["difference"], "not judged")
        single = [self.run_of(COPY, options=one) for _ in range(6)]
        (row,) = self.rows(*single[:2], "--doubtful")
        self.assertEqual(row["difference"], "not judged")
        self.assertEqual(row["not_judged"], "A 1 process, B 1")
        done = self.compare(*single[:2], "--require-judgement", exit_code=3)
        self.assertIn("1 of 1 problem not judged", done.stderr)
        self.assertIn("assay run --repeat 3", done.stderr)
        self.compare(*repeated, "--doubtful", "--require-judgement", exit_code=0)
        (row,) = self.rows("+".join(single[:3]), "+".join(single[3:]), "--doubtful")
        self.assertEqual(row["other"]["processes"], 3)
        self.assertNotEqual(row["difference"], "not judged")
        done = self.compare(f"{single[0]}+{single[0]}", single[1], exit_code=2)
        self.assertIn("names one run twice", done.stderr)

    def test_a_repeated_run_has_all_repetitions_in_another_order(self):
        self.run_of(COPY, TRIAD, options=("--device", "faulty:0", "--repeat", "4", "--seed", "3"))
        records = sorted(self.records(), key=lambda record: record["started"])
        repetitions = [record["repetition"] for record in records]
        self.assertEqual(repetitions, sorted(repetitions))
        self.assertEqual(set(repetitions), {0, 1, 2, 3})
        orders = {
            tuple((r["problem"], r["implementation"]["name"]) for r in records if r["repetition"] == i)
            for i in range(4)
        }
        self.assertEqual({frozenset(order) for order in orders}, {frozenset(next(iter(orders)))})
        self.assertGreater(len(orders), 1)

    def test_the_schema_refuses_what_is_not_a_comparison(self):
        found = self.compared(*self.two_runs())
        schema = json.loads((SOURCE / "results/schema/comparison.schema.json").read_text())
        for damage in ("schema", "sides", "comparisons"):
            with self.subTest(damage), self.assertRaises(jsonschema.ValidationError):
                jsonschema.validate({k: v for k, v in found.items() if k != damage}, schema)
        found["comparisons"][0]["groups"][0]["rows"][0]["difference"] = "better"
        with self.assertRaises(jsonschema.ValidationError):
            jsonschema.validate(found, schema)

    def test_text_fits_80_columns_and_names_both_sides(self):
        a, b = self.two_runs()
        text = self.compare(a, b).stdout
        self.assertFits(text)
        self.assertTrue(text.startswith("B against A: not judged"), text)
        for word in (a[:8], b[:8], "95% interval", "not compared", "--all",
                     "A ratio is B / A: above 1, B is faster."):
            self.assertIn(word, text)
        self.assertRegex(text, "one run a side|other work on the machine")
        text = self.compare(a, b, "--all").stdout
        self.assertFits(text)
        for word in ("95% interval", "geometric mean", "not compared", "MOVER"):
            self.assertIn(word, text)

    def test_markdown_csv_and_html(self):
        a, b = self.two_runs()
        self.assertIn("| problem | A | B |", self.compare(a, b, "--markdown").stdout)
        rows = list(csv.DictReader(io.StringIO(self.compare(a, b, "--csv").stdout)))
        self.assertEqual({row["operation"] for row in rows}, {"copy", "triad"})
        page = self.folder / "page.html"
        self.compare(a, b, "--html", page)
        text = page.read_text()
        self.assertTrue(text.startswith("<!DOCTYPE html>"))
        self.assertIn('"bars":[{', text)
        self.compare(a, b, "--html", page)
        notes = self.folder / "notes.txt"
        notes.write_text("mine")
        self.assertIn("--force", self.compare(a, b, "--html", notes, exit_code=2).stderr)
        self.assertEqual(notes.read_text(), "mine")

    def test_devices_of_one_run_are_sides_too(self):
        run = self.run_of(COPY, options=("--device", "faulty"), exit_code=1)
        found = self.compared(f"{run}@faulty:0", f"{run}@faulty:1")
        self.assertEqual(found["sides"][1]["devices"], ["faulty:1 good"])
        self.assertTrue(found["comparisons"][0]["groups"])
        found = self.compared("device:faulty:0", "device:faulty:1")
        self.assertTrue(found["comparisons"][0]["groups"])
        said = self.compare(f"{run}@cuda:0", "last", exit_code=2).stderr
        self.assertIn("faulty:0 good", said)

    def test_a_file_of_records_is_a_side(self):
        a, b = self.two_runs()
        file = self.folder / "theirs.json"
        file.write_text(self.assay("show", a, "--json", exit_code=0).stdout)
        from_file, from_store = self.compared("theirs.json", b), self.compared(a, b)
        (without,), (stored,) = from_file["comparisons"], from_store["comparisons"]
        self.assertIsNone(without.pop("environment"), "a file of records has no environment")
        self.assertIsInstance(stored.pop("environment"), list)
        self.assertEqual(without, stored)
        for damaged in ("[{]", "3", '[{"schema": 2}]'):
            file.write_text(damaged)
            self.assertIn("theirs.json: ", self.compare("theirs.json", b, exit_code=2).stderr)

    def test_a_wrong_result_is_not_compared(self):
        run = self.run_of(COPY, options=("--device", "faulty"), exit_code=1)
        said = self.compare(f"{run}@faulty:0", f"{run}@faulty:2", exit_code=2).stderr
        self.assertIn("have nothing in common", said)
        self.assertIn("0 verified of", said)

    def test_nothing_in_common_says_what_each_side_has(self):
        a, b = self.run_of(COPY), self.run_of(TRIAD)
        said = self.compare(a, b, exit_code=2).stderr
        self.assertRegex(said, r"A \(.*\) has .*: copy \d.*; B \(.*\) has .*: triad \d")
        self.assertIn("hint: ", said)

    def test_nothing_in_common_names_what_was_measured_unlike(self):
        self.run_of(COPY, options=("--device", "faulty:0", "--implementation", "native/fake"))
        (record,) = json.loads(self.assay("show", "last", "--json", exit_code=0).stdout)
        for threads, name in (("1", "one.json"), ("2", "two.json")):
            one = {**record, "id": f"{threads}{record['id'][1:]}"}
            one["device_seconds"] = record["device_seconds"][:1]
            figures = dict.fromkeys(("median", "mean", "minimum", "maximum"), one["device_seconds"][0])
            one["summary"] = {**record["summary"], **figures, "count": 1}
            one["summary"]["interval"] = {"lower": None, "upper": None}
            one["implementation"] = {**record["implementation"], "details": {"threads": threads}}
            (self.folder / name).write_text(json.dumps([one]))
        said = self.compare("one.json", "two.json", exit_code=2).stderr
        self.assertIn("have nothing in common", said)
        self.assertIn("no interval: 1 sample", said)
        self.assertIn("Measured unlike: threads: A 1, B 2. Next: measure", said)
        self.assertIn("--budget", said)

    def test_figures_that_contradict_themselves_are_not_compared(self):
        self.run_of(COPY, options=("--device", "faulty:0", "--implementation", "native/fake"))
        (record,) = json.loads(self.assay("show", "last", "--json", exit_code=0).stdout)
        record["id"] = f"0000{record['id'][4:]}"
        (self.folder / "right.json").write_text(json.dumps([record]))
        record["work"]["bytes"] *= 10
        (self.folder / "forged.json").write_text(json.dumps([record]))
        (self.folder / "forged.jsonl").write_text(json.dumps(record, separators=(",", ":")) + "\n")
        self.assertNotIn("do not match", self.assay("compare", "last", "right.json").stderr)
        for name in ("forged.json", "forged.jsonl"):
            said = self.compare("last", name, exit_code=2).stderr
            self.assertIn("FLOP or bytes do not match the problem", said)
            self.assertIn("nothing is compared", said)

    def test_bad_input_is_refused(self):
        a = self.run_of(COPY)
        for arguments in ((), (a,), (a, a), (a, "ffffffff"), (a, "none.json"), (a, "device:cuda"),
                          (a, a[:8], "--sort", "size"), (a, a, "--division", "vendors")):
            with self.subTest(arguments):
                self.assertIn("assay: error: ", self.compare(*arguments, exit_code=2).stderr)

    def test_systems_are_compared_by_published_figures(self):
        text = self.compare("cloudmatrix384", "gb200-nvl72").stdout
        self.assertFits(text)
        self.assertIn("CloudMatrix 384", text)
        self.assertIn("GB200 NVL72 / CloudMatrix 384", text)
        self.assertIn("scale-up bandwidth (both ways, whole)", text)
        self.assertNotIn("…", text)
        table = self.compared("cloudmatrix384", "gb200-nvl72")
        self.assertEqual(table["systems"], ["cloudmatrix384", "gb200-nvl72"])
        self.assertIn("| metric |", self.compare("h100-sxm", "h200-sxm", "--markdown").stdout)
        self.assertIn("claimed", self.compare("h100-sxm", "h200-sxm", "--csv").stdout)

    def test_systems_have_one_direction_sources_prices_and_a_page(self):
        sides = ("h100-sxm", "h200-sxm")
        text = self.compare(*sides).stdout
        self.assertFits(text)
        self.assertTrue(text.startswith("H200 SXM against H100 SXM, by what is published: "), text)
        self.assertIn("A ratio is H200 SXM / H100 SXM: above 1", " ".join(text.split()))
        self.assertNotIn("…", text, "no figure is cut off")
        self.assertNotRegex(text, r"(?<![\d.])([\d.]+)–\1 ", "a range has two ends")
        self.assertIn("bf16 peak (per chip): equal per watt", " ".join(text.split()))
        self.assertRegex(text, r"\[1\] .*NVIDIA")
        table = self.compared(*sides, "--price", "A=30kUSD", "--price", "h200-sxm=60kUSD",
                              "--power", "A=700W", "--power", "B=1.4kW")
        row = next(row for row in table["rows"] if row["metric"] == "memory-bandwidth-chip")
        (ratio,) = row["ratios"]
        values = [cell["value"] for cell in row["cells"]]
        self.assertAlmostEqual(ratio["ratio"]["value"], values[1] / values[0])
        self.assertGreater(ratio["ratio"]["value"], 1)
        self.assertAlmostEqual(ratio["per_dollar"], ratio["ratio"]["value"] / 2)
        self.assertAlmostEqual(ratio["per_watt"], ratio["ratio"]["value"] / 2)
        for cell in row["cells"]:
            self.assertTrue(cell["sources"])
            for place in cell["sources"]:
                self.assertTrue(table["sources"][place]["url"])
        page = self.folder / "systems.html"
        self.compare(*sides, "--name", "Acme", "--name", "Bolt", "--html", page)
        self.assertIn("Bolt against Acme", page.read_text())
        self.compare(*sides, "--price", "C=1USD", exit_code=2)
        three = self.compare("h100-sxm", "h200-sxm", "mi300x").stdout
        self.assertFits(three)
        self.assertIn("MI300X / H100 SXM", three)

    def test_systems_may_be_written_as_people_write_them(self):
        table = self.compared("H100 SXM", "MI300X")
        self.assertEqual(table["systems"], ["h100-sxm", "mi300x"])
        said = self.compare("H100", "MI300X", exit_code=2).stderr
        self.assertIn("`H100` may be h100-nvl, h100-pcie or h100-sxm", " ".join(said.split()))

    def test_a_published_system_beside_runs_is_not_judged(self):
        a = self.run_of(COPY)
        (row,) = self.rows(a, "h100-sxm")
        self.assertEqual(row["difference"], "not judged")
        self.assertEqual(row["other"]["origin"], "modelled")
        text = self.compare(a, "h100-sxm").stdout
        self.assertFits(text)
        self.assertIn("nothing was measured", " ".join(text.split()))
        self.assertEqual(text.count("trust: "), 1, "of the run, not of the published system")
        self.assertNotIn("environments", text)
        said = self.compare(a, "cloudmatrix384", exit_code=2).stderr
        self.assertIn("several devices", said)

    def offers(self):
        """Two bundles of three processes each."""
        one = ("--device", "faulty:0", "--implementation", "native/fake", "--repeat", "3")
        out = []
        for name in ("a.assay", "b.assay"):
            self.run_of(COPY, options=one)
            out.append(self.folder / name)
            self.assay("export", "--bundle", out[-1], exit_code=0)
        return out

    def test_bundles_are_offers_with_names_prices_rules_and_signature(self):
        a, b = self.offers()
        names = ("--name", "Acme", "--name", "Bolt")
        prices = ("--price", "Acme=30kUSD", "--price", "Bolt=20kUSD")
        found = self.compared(a, b, *names, *prices)
        schema = json.loads((SOURCE / "results/schema/comparison.schema.json").read_text())
        jsonschema.validate(found, schema)
        for side, name in zip(found["sides"], ("Acme", "Bolt"), strict=True):
            self.assertEqual(side["label"], name)
            self.assertEqual(side["offer"]["signature"], "absent")
            self.assertIn("minimum-time", side["offer"]["broken"])
        text = self.compare(a, b, *names, *prices).stdout
        self.assertFits(text)
        self.assertTrue(text.startswith("Bolt against Acme: "), text)
        for word in ("unsigned", "breaks", "minimum-time", "per dollar", "Bolt/Acme", "trust: "):
            self.assertIn(word, " ".join(text.split()))
        page = self.folder / "offer.html"
        self.compare(a, b, *names, *prices, "--html", page)
        text = page.read_text()
        self.assertLess(text.index("Bolt against Acme"), text.index("<table"))
        for word in ("unsigned", "minimum-time", "Bolt/Acme", "per dollar"):
            self.assertIn(word, text)
        for wrong in (("--name", "Acme"), ("--name", "X", "--name", "X"), (*names, "--name", "C"),
                      (*names, "--price", "Cray=1USD"),
                      (*names, "--price", "A=1USD", "--price", "Acme=2USD", "--price", "B=1USD")):
            with self.subTest(wrong):
                self.compare(a, b, *wrong, exit_code=2)

    def test_bundles_stand_beside_runs_and_json_lines(self):
        a, b = self.offers()
        lines = self.folder / "lines.jsonl"
        self.assay("export", "--format", "json-lines", "--output", lines, exit_code=0)
        for sides in ((a, "last"), (a, lines)):
            with self.subTest(sides):
                (row,) = self.rows(*sides, "--doubtful")
                self.assertEqual(row["other"]["processes"], 3)
        damaged = bytearray(b.read_bytes())
        damaged[-2000] ^= 1
        b.write_bytes(damaged)
        self.assertIn("b.assay", self.compare(a, b, exit_code=2).stderr)

    def test_settings_that_differ_are_named(self):
        options = ("--device", "faulty:0", "--implementation", "native/fake")
        a = self.run_of(COPY, options=(*options, "--target", "5%"))
        b = self.run_of(COPY, options=(*options, "--target", "20%"))
        (row,) = self.rows(a, b)
        self.assertIn({"what": "target", "a": "5%", "b": "20%"}, row["unlike"])
        self.assertIn("target: A 5%, B 20% (1 problem)", self.compare(a, b).stdout)

    def test_prices_count(self):
        a, b = self.two_runs()
        found = self.compared(a, b, "--price", "A=10kUSD", "--price", "B=20000USD")
        row = found["comparisons"][0]["best"][0]["rows"][0]
        self.assertAlmostEqual(row["per_dollar"]["value"], row["speed"]["value"] / 2)
        self.assertIn("per dollar", self.compare(a, b, "--price", "A=1USD", "--price",
                                                 "B=1USD").stdout)
        for price in ("A=10", "C=10USD", "A=-1USD", "10USD"):
            self.compare(a, b, "--price", price, "--price", "B=1USD", exit_code=2)
        self.assertIn("B", self.compare(a, b, "--price", "A=1USD", exit_code=2).stderr)

    def test_weights_make_a_score_with_its_formula(self):
        a, b = self.two_runs()
        file = self.folder / "suite.toml"
        entry = '[[weight]]\nproblem = "{}"\nweight = {}\n'
        file.write_text(entry.format("copy n=64", 3) + entry.format("triad", 1))
        (best,) = self.compared(a, b, "--weights", file)["comparisons"][0]["best"]
        self.assertTrue(best["score"]["value"])
        text = self.compare(a, b, "--weights", file).stdout
        self.assertTrue(text.startswith("B against A: score "), text)
        self.assertIn("exp(Σ w·ln r / Σ w)", self.compare(a, b, "--weights", file).stdout)
        file.write_text(entry.format("copy n=64", 3) + entry.format("matmul", 1))
        self.assertIn("no score is computed", self.compare(a, b, "--weights", file).stdout)
        allowed = self.compare(a, b, "--weights", file, "--allow-missing").stdout
        self.assertIn("computed without", allowed)
        file.write_text("\n" + entry.format("copy n=64", -3))
        said = self.compare(a, b, "--weights", file, exit_code=2).stderr
        self.assertIn("suite.toml:4: weight", said)
        self.assertEqual(said.count("error:"), 1)

    def test_only_what_differs(self):
        a, b = self.two_runs()
        groups = self.compared(a, b, "--only-different")["comparisons"][0]["best"]
        for group in groups:
            self.assertTrue(group["means"])
            for row in group["rows"]:
                self.assertNotEqual(row["difference"], "no difference shown")

    def test_comparing_changes_nothing(self):
        a, b = self.two_runs()
        before = self.contents()
        self.compare(a, b)
        self.assertEqual(self.contents(), before)


if __name__ == "__main__":
    unittest.main()

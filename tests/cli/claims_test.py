"""Claims compared with measurements."""

import json
import pathlib
import unittest

from assay_case import AssayCase

# The fake device does 128 FLOP in 1.0 µs, less than 1 GFLOP/s.
CATALOGUE = """
[sources.here]
title = "made up"
url = "https://example.org"
section = "none"
date = "2025-06-15"
read = "2025-06-16"

[[set]]
id = "pretence"
title = "What the pretended device is said to do"

[[system]]
id = "pretended"
name = "pretended device"
vendor = "Pretence"
kind = "chip"
match = { "vendor" = "^Pretence$" }
"""

CLAIM = """
[[claim]]
id = "{id}"
statement = "It makes {value}"
quote = "{value}"
sets = ["pretence"]
system = "pretended"
quantity = "{quantity}"
value = "{value}"
standing = "press"
source = "here"
[claim.test]
quantity = "rate.flop(sum)"
problems = {{ sum = "triad type=f32" }}
run = ["triad n=64 type=f32"]
"""

RATE = "achieved.flop.f32"

SHARE = """
[[share]]
system = "pretended"
quantity = "peak.f32"
problem = "triad type=f32"
lower = 0.8
upper = 0.9
best = "0.85 TFLOP/s"
implementation = "the maker's library"
standing = "measurement"
source = "here"
"""


class Claims(AssayCase):
    devices = "good,wrong-element"

    def judged(
        self,
        exit_code,
        *,
        values=("1 MFLOP/s", "1 TFLOP/s"),
        quantity=RATE,
        more="",
        options=(),
    ):
        """Kinds of the verdicts on claims with these values."""
        file = self.folder / "mine.toml"
        claims = (
            CLAIM.format(id=f"claim-{i}", value=value, quantity=quantity)
            for i, value in enumerate(values)
        )
        file.write_text(CATALOGUE + "".join(claims) + more)
        done = self.assay(
            *("check", "pretence", "--catalogue", file, "--json", *options), exit_code=exit_code
        )
        return [verdict["verdict"] for verdict in json.loads(done.stdout)["verdicts"]]

    def test_before_anything_is_measured_nothing_is_decided(self):
        self.assertEqual(self.judged(0), ["untested", "untested"])

    def test_a_rate_that_was_not_reached_refutes_nothing(self):
        self.measure("triad n=64 type=f32", options=("--device", "faulty:0"), exit_code=None)
        self.assertEqual(self.judged(0), ["supported", "not reached"])
        self.assertEqual(self.judged(0, values=("1 MFLOP/s",)), ["supported"])

    def judged_peak(self, division, more=""):
        self.measure(
            "triad n=64 type=f32",
            options=("--device", "faulty:0", "--division", division),
            exit_code=None,
        )
        options = ("--run", "last")
        values = ("1 TFLOP/s",)
        return self.judged(None, values=values, quantity="peak.f32", more=more, options=options)

    def test_a_peak_is_refuted_only_by_the_vendors_routine_and_a_known_share(self):
        self.assertEqual(self.judged_peak("native"), ["not reached"])
        self.assertEqual(self.judged_peak("native", SHARE), ["not reached"])
        self.assertEqual(self.judged_peak("library"), ["not reached"])
        # So small a problem is slow on any device, whoever wrote the routine.
        self.assertEqual(self.judged_peak("library", SHARE), ["not reached"])

    def test_a_wrong_result_supports_and_refutes_nothing(self):
        self.assay(
            *("run", "--problem", "triad n=64 type=f32", "--device", "faulty:1"),
            *("--budget", "50ms"),
            exit_code=1,
        )
        self.assertEqual(self.judged(0), ["untested", "untested"])

    def test_a_wrong_result_does_not_rank(self):
        self.measure("triad n=64 type=f32", exit_code=1)
        for record in self.records("--status", "wrong"):
            self.assertEqual(record["device_seconds"], [])
        text = self.assay("show", exit_code=0).stdout
        after = text[text.index("wrong-element") :]
        self.assertIn("none measured", after)
        self.assertNotIn("FLOP/s", after.split("peak:")[0])

    def test_the_reference_division_is_not_evidence(self):
        self.assay(
            *("run", "--problem", "triad n=64 type=f32", "--device", "faulty:0"),
            *("--budget", "50ms", "--division", "reference"),
            exit_code=0,
        )
        self.assertEqual(self.judged(0), ["untested", "untested"])

    def test_the_same_store_gives_the_same_bits(self):
        self.measure("triad n=64 type=f32", exit_code=1)
        first, second = (self.assay("check", "waic-2025", "--json") for _ in range(2))
        self.assertEqual(first.returncode, 0)
        self.assertEqual(first.stdout, second.stdout)
        self.assertGreater(len(json.loads(first.stdout)["verdicts"]), 3)

    def test_judging_changes_nothing(self):
        self.measure("triad n=64 type=f32", exit_code=1)
        before = self.store.read_bytes()
        self.judged(0)
        self.assertEqual(self.store.read_bytes(), before)

    def test_verdicts_fit_80_columns(self):
        self.measure("triad n=64 type=f32", exit_code=1)
        text = self.assay("check", "waic-2025", exit_code=0).stdout
        self.assertFits(text)
        self.assertLessEqual(len(text.splitlines()), 30)
        for kind in ("untested", "untestable", "disputed", "corroborated"):
            self.assertIn(kind, text)
        self.assertFits(self.assay("check", "waic-2025", "--all", exit_code=0).stdout)
        self.assertFits(self.assay("audit", "waic-2025", exit_code=0).stdout)
        self.assertFits(self.assay("check", exit_code=0).stdout)

    def test_the_report_says_first_what_the_terminal_says(self):
        self.measure("triad n=64 type=f32", exit_code=1)
        lines = self.assay("check", "waic-2025", exit_code=0).stdout.splitlines()
        decision = " ".join(lines[1 : lines.index("")])
        self.assertTrue(decision.startswith("Of 3 statements of the op-ed"), decision)
        self.assay("report", "--output", "page.html", exit_code=0)
        page = (self.folder / "page.html").read_text()
        self.assertIn(f'<p class="decision">{decision}</p>', page)
        self.assertIn("Judged by", page)

    def test_a_brief_report_is_its_first_page(self):
        self.measure("triad n=64 type=f32", exit_code=1)
        self.assay("report", "--brief", "--output", "brief.html", exit_code=0)
        self.assay("report", "--output", "page.html", exit_code=0)
        brief, page = ((self.folder / f"{name}.html").read_text() for name in ("brief", "page"))
        self.assertLess(len(brief), len(page))
        self.assertIn('id="answers"', brief)
        self.assertNotIn('<section id="verdicts"', brief)
        self.assertIn('<section id="verdicts"', page)

    def test_a_report_judges_by_all_runs_and_by_the_system_that_was_named(self):
        self.measure("triad n=64 type=f32", options=("--device", "faulty:0"), exit_code=None)
        file = self.folder / "mine.toml"
        twin = CATALOGUE[CATALOGUE.index("[[system]]") :].replace(
            'id = "pretended"', 'id = "twin"'
        )
        claim = CLAIM.format(id="slow", value="1 MFLOP/s", quantity=RATE)
        file.write_text(CATALOGUE + twin + claim)
        options = ("report", "--claims", "pretence", "--catalogue", file, "--output", "-")
        self.assertIn("may be any of", self.assay(*options, exit_code=0).stdout)
        told = self.assay(*options, "--device-is", "pretended", exit_code=0).stdout
        self.assertNotIn("may be any of", told)
        self.assertIn(
            "all runs, the newest of each kind",
            self.assay(*options, "--all-runs", exit_code=0).stdout,
        )
        said = self.assay(*options, "--all-runs", "--run", "last", exit_code=2).stderr
        self.assertIn("--run", said)

    def test_one_claim_is_shown_with_all_its_evidence(self):
        text = self.assay("check", "cloudmatrix384-bf16-peak", exit_code=0).stdout
        self.assertIn("384 × 752 TFLOP/s", text)
        self.assertIn("disputed", text)
        said = self.assay("check", "cloudmatrix384-bf16-peek", exit_code=2).stderr
        self.assertIn("did you mean `cloudmatrix384-bf16-peak`?", said)

    def test_one_calculation_or_system_is_audited_by_its_id(self):
        text = self.assay("audit", "sum-of-parts/cloudmatrix384", exit_code=0).stdout
        self.assertIn("384 × 752 TFLOP/s", text)
        told = json.loads(self.assay("audit", "h100-sxm", "--json", exit_code=0).stdout)
        for finding in told["findings"]:
            self.assertIn("h100-sxm", finding["systems"])
        same = json.loads(self.assay("audit", "H100 SXM", "--json", exit_code=0).stdout)
        self.assertEqual(same["findings"], told["findings"])
        said = self.assay("audit", "sum-of-partz", exit_code=2).stderr
        self.assertIn("no set, system or calculation", said)


PUBLISHED = pathlib.Path(__file__).parent / "claims"


class PublishedClaims(AssayCase):
    """Claims of makers and others in the words of their sources: tests/cli/claims."""

    def verdicts(self, name, claims):
        """The verdicts on a file's set by claim, after the file was found to be complete."""
        file = PUBLISHED / f"{name}.toml"
        self.assertIn("good", self.assay("claims", "lint", file, exit_code=0).stdout)
        done = self.assay("check", claims, "--catalogue", file, "--json", exit_code=0)
        return {one["claim"]["id"]: one for one in json.loads(done.stdout)["verdicts"]}

    def test_costs_are_held_against_each_other(self):
        verdicts = self.verdicts("deepseek", "deepseek-costs")
        self.assertEqual({one["verdict"] for one in verdicts.values()}, {"untested"})
        cost = verdicts["deepseek-daily-cost"]
        self.assertIn("87072 USD/day versus 87,072 USD/day: agree", cost["evidence"][0]["text"])
        value = verdicts["deepseek-v3-training"]["claim"]["value"]
        self.assertEqual(value["text"], "2.788M GPU·h")
        self.assertAlmostEqual(value["base_value"], 2.788e6 * 3600)
        price = verdicts["deepseek-r1-output-price"]["claim"]["value"]
        self.assertAlmostEqual(price["base_value"], 2.19e-6)

    def test_results_of_a_benchmark_keep_their_conditions(self):
        verdicts = self.verdicts("mlperf", "mlperf-examples")
        self.assertEqual({one["verdict"] for one in verdicts.values()}, {"untested"})
        conditions = verdicts["mlperf-llama-mi300x"]["claim"]["conditions"]
        self.assertEqual(conditions["tpot"], "at most 200 ms")

    def test_a_claim_against_an_unnamed_rival_cannot_be_tested(self):
        verdicts = self.verdicts("serving", "serving-examples")
        rival = verdicts.pop("moore-threads-cost")
        self.assertEqual(rival["verdict"], "untestable")
        self.assertIn("does not name what it compares with", rival["reason"])
        self.assertEqual({one["verdict"] for one in verdicts.values()}, {"untested"})
        self.assertEqual(verdicts["moore-threads-prefill"]["claim"]["comparison"], "at least")
        self.assertTrue(verdicts["amd-mi300x-h200"]["claim"]["value"]["maximum"])
        self.assertAlmostEqual(verdicts["amd-mi300x-h200"]["claim"]["value"]["base_value"], 1.75)
        speedup = verdicts["lmsys-gb200-h100"]["claim"]["value"]
        self.assertAlmostEqual(speedup["base_lower"], 2.45)
        self.assertAlmostEqual(speedup["base_upper"], 3.45)

    def test_figures_are_shown_in_the_words_of_the_source(self):
        text = self.assay(
            *("claims", "lmsys-gb200-h100", "--catalogue", PUBLISHED / "serving.toml"), exit_code=0
        ).stdout
        self.assertIn("2.5-3.4x", text)
        self.assertIn("compared with: h100-sxm", text)

    def test_an_up_to_is_not_refuted_by_another_case(self):
        file = self.folder / "mine.toml"
        claim = CLAIM.format(id="best-case", value="up to 1 TFLOP/s", quantity=RATE)
        self.measure("triad n=64 type=f32", options=("--device", "faulty:0"), exit_code=None)

        def kind(text, exit_code):
            file.write_text(CATALOGUE + text)
            done = self.assay(
                "check", "pretence", "--catalogue", file, "--json", exit_code=exit_code
            )
            return json.loads(done.stdout)["verdicts"][0]["verdict"]

        self.assertEqual(kind(claim, 0), "not reached")
        # Even in the very case, a program of one's own says nothing about somebody else's.
        self.assertEqual(kind(claim + "same_case = true\n", 0), "not reached")

    def test_a_claim_without_quote_or_dates_is_refused(self):
        file = self.folder / "mine.toml"
        claim = CLAIM.format(id="bare", value="1 MFLOP/s", quantity=RATE).replace('quote = "1 MFLOP/s"\n', "")
        complete = CLAIM.format(id="complete", value="1 MFLOP/s", quantity=RATE)
        file.write_text(CATALOGUE + claim + complete)
        said = self.assay("claims", "lint", file, exit_code=2).stderr
        self.assertIn("mine.toml:20: claim `bare`: no quote", said)
        self.assertIn("the source's own words", said)
        options = ("check", "pretence", "--catalogue", file)
        self.assertIn("no quote", self.assay(*options, exit_code=2).stderr)
        done = self.assay(*options, "--keep-going", exit_code=0)
        self.assertIn("left out: ", done.stderr)
        self.assertIn("`bare`", done.stderr)
        self.assertIn("complete", done.stdout)
        file.write_text(CATALOGUE.replace('read = "2025-06-16"\n', "") + complete)
        said = self.assay("claims", "lint", file, exit_code=2).stderr
        self.assertIn("no date of reading in [sources.here]", said)


if __name__ == "__main__":
    unittest.main()

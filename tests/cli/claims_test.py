"""Claims compared with measurements."""

import json
import unittest

from assay_case import AssayCase

# The fake device does 128 FLOP in 1.0 µs, less than 1 GFLOP/s.
CATALOGUE = """
[sources.here]
title = "made up"
url = "https://example.org"
section = "none"

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
        quantity="achieved.flop.f32",
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

    def test_a_peak_is_refuted_only_by_the_vendors_routine_and_a_known_share(self):
        self.measure("triad n=64 type=f32", options=("--device", "faulty:0"), exit_code=None)
        peak = {"values": ("1 TFLOP/s",), "quantity": "peak.f32"}
        self.assertEqual(self.judged(0, **peak), ["not reached"])
        routine = max(self.records(), key=lambda record: record["flop_rate"])["implementation"]
        with_share = self.judged(None, **peak, more=SHARE)
        self.assertIn(with_share, (["refuted"], ["inconclusive"], ["not reached"]), routine)
        if routine["division"] != "library":
            self.assertEqual(with_share, ["not reached"])

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
        self.assertLessEqual(len(text.splitlines()), 32)
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
        said = self.assay("audit", "sum-of-partz", exit_code=2).stderr
        self.assertIn("no set, system or calculation", said)


if __name__ == "__main__":
    unittest.main()

"""A module that lies about its times: its figures decide nothing, and every verb says so."""

import csv
import json
import unittest

from assay_case import AssayCase
from bundle_case import BundleCase

# 0.8 ms by the fake device: long enough for every clock.
MATMUL = "matmul m=256 n=256 k=256 a=f32 b=f32 c=f32"

# What is said of each device: words of the doubt.
LIARS = {
    "time-tenth": "host waited",
    "time-short": "host waited",
    "time-long": "by the device's clock, but only",
    "both-tenth": "accounts for",
    "both-millionth": "accounts for",
    "time-denormal": "accounts for",
    "time-tiny": "accounts for",
    "time-constant": "equal to the last bit|accounts for|calls that took|but only",
    "time-hoarded": "accounts for|a few launches|calls that took",
    "cold-only": "when launched again",
    "boast": "accounts for",
}
REFUSED = {"time-huge": "1e+308 s as the device time"}


class Liars(AssayCase):
    attempts = 1
    devices = ",".join(["good", *LIARS, *REFUSED])

    def doubts(self, record):
        return {
            doubt["fault"]: doubt["text"] for doubt in record["trust"]["doubts"]
        }

    def judge(self, *options):
        done = self.measure(MATMUL, options=("--implementation", "native/fake", *options), exit_code=1)
        names = {index: name for name, index in self.names().items()}
        return done, {names[record["device"]["index"]]: record for record in self.records()}

    def check(self, *options, unfound=()):
        done, by_name = self.judge(*options)
        self.assertEqual(set(by_name), {"good", *LIARS, *REFUSED})
        self.assertNotIn("implausible", self.doubts(by_name["good"]))
        for name, words in LIARS.items():
            found = self.doubts(by_name[name])
            with self.subTest(name):
                if name in unfound:
                    self.assertNotIn("implausible", found)
                    continue
                # Beside other work on the machine it may be no proof, but is said all the same.
                said = found.get("implausible", "") + found.get("suspect", "")
                words += "|less than any clock|published peak"
                self.assertTrue(any(word in said for word in words.split("|")), found)
        for name, words in REFUSED.items():
            self.assertEqual(by_name[name]["status"], "error")
            self.assertIn(words, by_name[name]["reason"])
        return done

    def test_is_found_with_cold_caches(self):
        done = self.check("--mode", "cold")
        self.assertIn("times that cannot be true", done.stdout)

    def test_is_found_with_warm_caches(self):
        # A device that lies about cold launches only is honest here.
        self.check("--mode", "hot", unfound=("cold-only",))


class Boast(BundleCase):
    attempts = 1
    devices = "boast"

    def test_a_module_that_calls_itself_an_h200_supports_no_claim(self):
        bf16 = "matmul m=256 n=256 k=256 a=bf16 b=bf16 c=f32"
        done = self.measure(bf16, exit_code=None)
        faults = {
            doubt["fault"] for record in self.records() for doubt in record["trust"]["doubts"]
        }
        path = self.folder / "night.assay"
        self.assay("export", "--bundle", path, exit_code=0)
        report = json.loads(self.assay("verify", path, "--json").stdout)[0]
        states = {rule["id"]: rule["state"] for rule in report["rules"]}
        # On a machine that mostly does other work it is no proof.
        if "suspect" not in faults:
            self.assertIn("implausible", faults)
            self.assertEqual(done.returncode, 1)
            self.assertEqual(states["clocks-agree"], "broken")
        judged = self.assay("check", "h200-sxm-bf16-peak", "--json").stdout
        self.assertNotIn('"supported"', judged)
        self.assertNotIn('"refuted"', judged)


class Failures(AssayCase):
    devices = "crash-in-run,out-of-memory"

    def test_have_no_figures_and_no_verdict(self):
        self.measure(exit_code=1)
        for record in self.records():
            self.assertEqual(record["check"]["outcome"], "unchecked")
            self.assertIsNone(record["summary"]["median"])
        self.assay("export", "--format", "csv", "-o", self.folder / "x.csv", exit_code=0)
        with open(self.folder / "x.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertTrue(rows)
        for row in rows:
            (median,) = [value for name, value in row.items() if name.startswith("median")]
            self.assertEqual(median, "")


if __name__ == "__main__":
    unittest.main()

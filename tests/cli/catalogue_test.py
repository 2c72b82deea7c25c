"""The user's own claims: creating a file, checking, judging, auditing and measuring for it."""

import json
import unittest

from assay_case import AssayCase

BROKEN = """
[sources.here]
title = "made up"
date = "2025-06-15"
read = "2025-06-16"

[[set]]
id = "mine"
title = "Mine"

[[system]]
id = "box"
name = "Box"
vendor = "Maker"
kind = "chip"

[[claim]]
id = "without-source"
statement = "x"
quote = "x"
sets = ["mine"]
system = "box"
quantity = "power"
value = "1.0 W"
standing = "press"

[[claim]]
id = "wrong-unit"
statement = "x"
quote = "x"
sets = ["mine"]
system = "box"
quantity = "power"
value = "1 J"
standing = "press"
source = "here"

[[claim]]
id = "good"
statement = "A box draws 1 W"
quote = "1 W"
sets = ["mine"]
system = "box"
quantity = "power"
value = "1.0 W"
standing = "press"
source = "here"

[[claim]]
id = "twice"
statement = "A box draws 2 W"
quote = "2 W"
sets = ["mine"]
system = "box"
quantity = "power"
value = "2.0 W"
standing = "press"
source = "here"
"""


ABOUT_THE_FAKE = """
[sources.here]
title = "A test"
date = "2026-01-01"
read = "2026-01-01"
[[set]]
id = "pretence"
title = "What is said"
[[system]]
id = "pretended"
name = "pretended device"
vendor = "Pretence"
kind = "chip"
match = { "vendor" = "^Pretence$" }
[[claim]]
id = "half"
statement = "It adds at least 1 MFLOP/s"
quote = "at least 1 MFLOP/s"
sets = ["pretence"]
system = "pretended"
quantity = "achieved.flop.f32"
value = "1 MFLOP/s"
standing = "press"
source = "here"
[claim.test]
quantity = "rate.flop(sum)"
problems = { sum = "triad type=f32" }
run = ["triad n=64 type=f32"]
"""


class Catalogue(AssayCase):
    devices = "good"

    def broken(self):
        file = self.folder / "broken.toml"
        file.write_text(BROKEN)
        return file

    def test_a_new_file_is_good_and_judged(self):
        file = self.folder / "new.toml"
        self.assay("claims", "new", file, exit_code=0)
        self.assertIn("good", self.assay("claims", "lint", file, exit_code=0).stdout)
        verdicts = self.assay("check", "my-claims", "--catalogue", file, exit_code=0).stdout
        self.assertIn("untested", verdicts)
        printed = self.assay("claims", "new", exit_code=0).stdout
        self.assertEqual(printed, file.read_text())

    def test_a_new_file_replaces_no_other_file(self):
        file = self.folder / "new.toml"
        file.write_text("mine")
        self.assertIn("exists", self.assay("claims", "new", file, exit_code=2).stderr)
        self.assertEqual(file.read_text(), "mine")

    def test_lint_names_every_error_with_its_line(self):
        said = self.assay("claims", "lint", self.broken(), exit_code=2).stderr
        self.assertIn("broken.toml:17: claim.source: missing", said)
        self.assertIn("broken.toml:34: claim.value: `1 J` is in J, but power is in W", said)
        found = json.loads(
            self.assay("claims", "lint", self.broken(), "--json", exit_code=2).stdout
        )
        self.assertEqual(len(found["errors"]), 2)

    def test_one_error_stops_without_keep_going(self):
        file = self.broken()
        said = self.assay("claims", "mine", "--catalogue", file, exit_code=2).stderr
        self.assertIn("broken.toml:17", said)
        self.assertNotIn("broken.toml:34", said)
        done = self.assay("claims", "mine", "--catalogue", file, "--keep-going", exit_code=0)
        self.assertIn("good", done.stdout)
        self.assertNotIn("wrong-unit", done.stdout)
        self.assertEqual(done.stderr.count("left out"), 2)

    def test_the_audit_compares_custom_claims_with_each_other(self):
        file = self.broken()
        options = ("mine", "--catalogue", file, "--keep-going")
        text = self.assay("audit", *options, exit_code=0).stdout
        self.assertIn("2 W versus 1 W: 2 times as much", text)
        self.assertFits(text)
        self.assay("audit", *options, "--strict", exit_code=1)
        found = json.loads(self.assay("audit", *options, "--json", exit_code=0).stdout)
        self.assertEqual(found["contradictions"], 1)
        self.assertEqual(found["findings"][0]["against"], ["good", "twice"])

    def test_the_audit_of_a_set_counts_the_contradictions_of_rivals_in_one_line(self):
        text = self.assay("audit", "waic-2025", exit_code=0).stdout
        found = json.loads(self.assay("audit", "waic-2025", "--json", exit_code=0).stdout)
        rivals = found["contradictions_of_others"]
        self.assertGreater(rivals, 0)
        self.assertIn(f"{rivals} further contradictions among the systems", " ".join(text.split()))
        self.assertIn("assay audit waic-2025 --others", " ".join(text.split()))
        listed = self.assay("audit", "waic-2025", "--others", exit_code=0).stdout
        self.assertEqual(listed.count("contradiction "), rivals)
        self.assertNotIn("ascend910c", " ".join(listed.split()))
        said = self.assay("audit", "h100-sxm", "--others", exit_code=2).stderr
        self.assertIn("belongs to a set", said)

    def test_a_broken_entry_is_named_once_in_a_run(self):
        broken = self.broken()
        file = self.folder / "mine.toml"
        file.write_text(ABOUT_THE_FAKE)
        done = self.assay(
            *("run", "--for-claim", "half", "--catalogue", file, "--catalogue", broken),
            *("--keep-going", "--device", "faulty:0", "--budget", "50ms"),
            exit_code=None,
        )
        self.assertEqual(done.stderr.count("left out"), 2)

    def test_the_built_in_audit_fits_80_columns(self):
        self.assertFits(self.assay("audit", "--all", exit_code=0).stdout)
        self.assertFits(self.assay("audit", "waic-2025", exit_code=0).stdout)

    def test_a_machine_that_cannot_decide_a_claim_says_so_at_once(self):
        arguments = ("run", "--for-claim", "amd-zen5-bf16-f32", "--device", "faulty:0")
        for more in ((), ("--dry-run",)):
            said = self.assay(*arguments, *more, exit_code=2).stderr
            self.assertIn("the claim is about", said)
            self.assertIn("faulty:0 (good)", said)
        self.assertFalse(self.store.exists())

    def test_only_problems_that_decide_a_claim_are_run_for_it_and_end_with_the_verdict(self):
        file = self.folder / "mine.toml"
        file.write_text(ABOUT_THE_FAKE)
        arguments = ("run", "--for-claim", "half", "--catalogue", file, "--device", "faulty:0")
        text = self.assay(*arguments, "--dry-run", "--json", exit_code=None).stdout
        self.assertIn("triad n=64", text)
        self.assertNotIn("matmul", text)
        done = self.assay(*arguments, "--budget", "50ms", exit_code=None)
        self.assertIn("half: ", done.stdout.splitlines()[-1] + done.stdout)
        told = json.loads(
            self.assay(*arguments, "--budget", "50ms", "--json", exit_code=None).stdout
        )
        (verdict,) = told["verdicts"]
        self.assertEqual(verdict["claim"]["id"], "half")

    def test_a_claim_is_measured_in_the_mode_of_its_test_unless_the_user_names_another(self):
        file = self.folder / "mine.toml"

        def mode(*more):
            told = self.assay(
                *("run", "--for-claim", "half", "--catalogue", file, "--device", "faulty:0"),
                *("--dry-run", "--json", *more),
                exit_code=None,
            )
            return {entry["mode"] for entry in json.loads(told.stdout)["entries"]}

        file.write_text(ABOUT_THE_FAKE)
        self.assertEqual(mode(), {"cold"})
        file.write_text(ABOUT_THE_FAKE.replace("[claim.test]", '[claim.test]\nmode = "hot"'))
        self.assertEqual(mode(), {"hot"})
        self.assertEqual(mode("--mode", "cold"), {"cold"})
        shown = self.assay("claims", "half", "--catalogue", file, exit_code=0).stdout
        self.assertIn("mode: hot (stated by the catalogue)", shown)
        told = self.assay("claims", "half", "--catalogue", file, "--json", exit_code=0).stdout
        self.assertIn('"mode": "hot"', told)

    def test_a_claim_about_arithmetic_is_measured_hot_by_default(self):
        shown = self.assay("claims", "intel-sapphire-rapids-f64-f32", exit_code=0).stdout
        self.assertIn("mode: hot (", shown)
        self.assertIn("assay run --mode hot --problem", shown)

    def test_a_claim_that_no_device_decides_says_what_is_needed(self):
        said = self.assay("run", "--for-claim", "waic-chips", exit_code=2).stderr
        self.assertIn("count", said)
        said = self.assay("run", "--for-claim", "waic-chip", exit_code=2).stderr
        self.assertIn("did you mean `waic-chips`?", said)


if __name__ == "__main__":
    unittest.main()

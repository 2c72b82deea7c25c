"""--help, --version and the verbs' output without measurements: within 80 columns."""

import json
import re
import unittest

from assay_case import AssayCase

VERBS = ("devices", "suites", "run", "show", "check", "claims", "systems", "conform")


class Help(AssayCase):
    def test_the_version_is_one_line(self):
        said = self.assay("--version", exit_code=0).stdout
        self.assertRegex(said, r"\Aassay \d+\.\d+\.\d+.*\n\Z")

    def test_help_names_every_verb_and_the_exit_codes(self):
        said = self.assay("--help", exit_code=0).stdout
        for verb in VERBS:
            self.assertRegex(said, rf"(?m)^  {verb} ")
        self.assertNotIn("worker", said)
        self.assertIn("Exit codes: 0", said)
        self.assertFits(said)

    def test_every_verb_has_a_help_within_80_columns(self):
        listed = re.findall(r"(?m)^  ([a-z]+) {2,}", self.assay("--help", exit_code=0).stdout)
        self.assertLessEqual(set(VERBS), set(listed))
        for verb in listed:
            with self.subTest(verb):
                done = self.assay(verb, "--help", exit_code=0)
                self.assertIn(f"assay {verb}", done.stdout)
                self.assertEqual(done.stderr, "")
                self.assertFits(done.stdout)

    def test_help_is_a_verb_too(self):
        self.assertEqual(self.assay("help", exit_code=0).stdout,
                         self.assay("--help", exit_code=0).stdout)
        self.assertEqual(self.assay("help", "run", exit_code=0).stdout,
                         self.assay("run", "--help", exit_code=0).stdout)
        self.assertIn("did you mean `run`", self.assay("help", "runn", exit_code=2).stderr)


class Overview(AssayCase):
    """What the program says where no verb is named."""

    def test_a_newcomer_learns_what_is_here_and_what_to_do(self):
        said = self.assay(exit_code=0).stdout
        self.assertFits(said)
        self.assertIn("last run       none yet", said)
        self.assertIn("assay run  ", said)

    def test_the_last_run_and_the_claims_are_told(self):
        self.measure()
        said = self.assay(exit_code=0).stdout
        self.assertRegex(said, r"last run       problems, .* UTC: (\d+) of \1 verified")
        self.assertIn("none of the catalogue's is about the devices measured here", said)
        self.assertFits(said)

    def test_a_store_that_cannot_be_read_is_told(self):
        self.store.write_text("this is no store")
        said = self.assay(exit_code=0).stdout
        self.assertIn("last run       unknown: ", said)
        self.assertIn("assay run  ", said)


class Lists(AssayCase):
    def test_suites_list_themselves_and_their_problems(self):
        suites = json.loads(self.assay("suites", "--json", exit_code=0).stdout)["suites"]
        names = [suite["name"] for suite in suites]
        self.assertIn("quick", names)
        text = self.assay("suites", exit_code=0).stdout
        self.assertFits(text)
        for name in names:
            self.assertIn(name, text)
            one = json.loads(self.assay("suites", name, "--json", exit_code=0).stdout)
            self.assertEqual(one["problem_count"], len(one["problems"]))
            self.assertFits(self.assay("suites", name, exit_code=0).stdout)

    def test_claims_and_systems_list_themselves(self):
        claims = json.loads(self.assay("claims", "waic-2025", "--json", exit_code=0).stdout)
        self.assertGreater(len(claims), 3)
        self.assertFits(self.assay("claims", "waic-2025", exit_code=0).stdout)
        one = self.assay("claims", claims[0]["id"], exit_code=0).stdout
        self.assertIn(claims[0]["id"], one)
        systems = json.loads(self.assay("systems", "--json", exit_code=0).stdout)
        self.assertIn("cloudmatrix384", [system["id"] for system in systems])
        self.assertFits(self.assay("systems", exit_code=0).stdout)
        self.assertIn("CloudMatrix", self.assay("systems", "cloudmatrix384", exit_code=0).stdout)

    def test_devices_list_themselves(self):
        modules = json.loads(self.assay("devices", "--json", exit_code=0).stdout)["modules"]
        faulty = next(module for module in modules if module["module"] == "faulty")
        self.assertEqual([device["name"] for device in faulty["devices"]], ["good"])
        text = self.assay("devices", exit_code=0).stdout
        self.assertIn("faulty:0", text)
        self.assertFits(text)
        self.assertIn("assay_backend_faulty.so", self.assay("devices", "--explain").stdout)


if __name__ == "__main__":
    unittest.main()

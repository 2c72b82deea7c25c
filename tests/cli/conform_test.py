"""`assay conform`: text and JSON about a module, and refused input."""

import json
import os
import pathlib
import unittest

from assay_case import FAKES, PROGRAM, AssayCase

FAULTY = FAKES / "assay_backend_faulty.so"
QUICK = ("--clause", "device", "--clause", "memory", "--quick")


class Conform(AssayCase):
    def test_a_family_is_found_by_its_name_and_a_module_by_its_path(self):
        named = self.assay("conform", "faulty", *QUICK, "--json", exit_code=0)
        given = self.assay("conform", FAULTY, *QUICK, "--json", exit_code=0)
        for done in (named, given):
            report = json.loads(done.stdout)
            self.assertEqual(report["module"], str(FAULTY))
            self.assertIs(report["conforms"], True)
            (section,) = report["sections"]
            self.assertEqual(section["name"], "good")

    def test_text_says_what_is_broken_and_why(self):
        done = self.assay("conform", "faulty", *QUICK, exit_code=1,
                          ASSAY_FAKE_DEVICES="unbounded-copy")
        self.assertFits(done.stdout)
        self.assertRegex(done.stdout, r"(?m)^  ok +memory.allocate ")
        self.assertRegex(done.stdout, r"(?m)^  BROKEN +memory.range .*\n +found: uploading")
        self.assertIn("broken, device 0: memory.range\n", done.stdout)
        self.assertIn("The module does not conform.\n", done.stdout)
        self.assertEqual(done.stderr, "")

    def test_text_says_what_could_not_be_tested_and_why(self):
        done = self.assay("conform", "faulty", "--clause", "run", exit_code=1,
                          ASSAY_FAKE_DEVICES="crash-in-run")
        self.assertRegex(done.stdout, r"(?m)^  BROKEN +run.timings .*\n +found: crashed with SIG")
        self.assertRegex(done.stdout, r"(?m)^  untested +run.two .*\n +an earlier clause of its")
        self.assertIn("untested, device 0: run.none, run.two\n", done.stdout)

    def test_an_untested_clause_is_not_fulfilled(self):
        done = self.assay("conform", "faulty", "--clause", "run.timings", "--json", exit_code=1,
                          ASSAY_FAKE_DEVICES="device-error")
        (clause,) = json.loads(done.stdout)["sections"][0]["clauses"]
        self.assertEqual(clause["verdict"], "untested")
        self.assertIn("fell off its bus", clause["found"])

    def test_devices_are_examined_one_by_one_or_alone(self):
        both = {"ASSAY_FAKE_DEVICES": "good,hollow"}
        done = self.assay("conform", "faulty", *QUICK, "--json", exit_code=1, **both)
        broken = [[c["clause"] for c in section["clauses"] if c["verdict"] == "broken"]
                  for section in json.loads(done.stdout)["sections"]]
        self.assertEqual(broken, [[], ["memory.allocate-none"]])
        self.assay("conform", "faulty", *QUICK, "--device", 0, exit_code=0, **both)
        done = self.assay("conform", "faulty", *QUICK, "--device", 2, exit_code=2, **both)
        self.assertIn("the module has 2 devices", done.stderr)

    def test_clauses_are_listed_and_chosen_by_group_or_pattern(self):
        text = self.assay("conform", "--list", exit_code=0).stdout
        self.assertFits(text)
        listed = json.loads(self.assay("conform", "--list", "--json", exit_code=0).stdout)
        names = [clause["clause"] for clause in listed["clauses"]]
        self.assertEqual(names, [line.split()[0] for line in text.splitlines()])
        self.assertEqual(len(names), len(set(names)))
        some = self.assay("conform", "--list", "--clause", "*.right", "--clause", "errors")
        chosen = {line.split()[0] for line in some.stdout.splitlines()}
        self.assertEqual(chosen, {n for n in names if n.endswith(".right") or n.startswith("errors.")})

    def test_no_device_to_test_is_a_separate_outcome(self):
        done = self.assay("conform", FAKES / "probing" / "assay_backend_deviceless.so", exit_code=3)
        self.assertIn("there is no device to test", done.stdout)


class Refusals(AssayCase):
    def assertRefused(self, *arguments, what, hint):
        done = self.assay("conform", *arguments, exit_code=2)
        self.assertEqual(done.stdout, "")
        self.assertIn(what, done.stderr)
        self.assertIn(f"hint: {hint}", done.stderr)

    def test_what_is_not_there_is_named_with_the_hint(self):
        self.assertRefused(what="MODULE: is missing", hint="name a module's file")
        self.assertRefused("fautly", what="no module fautly", hint="did you mean `faulty`?")
        self.assertRefused("./mine.so", what="no such file", hint="name a module's file")
        self.assertRefused("faulty", "--clause", "memry", what="no such clause",
                           hint="did you mean `memory`?")

    def test_a_refusal_by_the_loader_is_reported_in_its_words(self):
        build = pathlib.Path(PROGRAM).parent.parent / "tests/unit/backends/modules"
        self.assertRefused(build / "of_another_abi.so", what="built for interface version",
                           hint="rebuild it")
        self.assertRefused(build / "without_run.so", what="has no run", hint="fill every entry")
        self.assertRefused(build / "without_entry.so", what="exports no assay_backend_entry",
                           hint="it is not a backend")
        library = self.folder / "broken.so"
        library.write_text("not a library")
        self.assertRefused(library, what="broken.so", hint="install the library")
        os.chmod(library, 0o666)
        self.assertRefused(library, what="every user", hint="chmod o-w")


if __name__ == "__main__":
    unittest.main()

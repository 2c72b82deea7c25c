"""A module that fails while probing for devices affects only itself."""

import contextlib
import json
import shutil
import sqlite3
import unittest

from assay_case import COPY, FAKES, AssayCase


class Probing(AssayCase):
    modules = f"{FAKES}/probing:{FAKES}"

    def test_modules_that_crash_or_hang_while_probing_harm_nothing(self):
        done = self.assay("devices", exit_code=0)
        self.assertFits(done.stdout)
        self.assertRegex(done.stdout, r"probecrash .*SIGSEGV")
        self.assertRegex(done.stdout, r"probehang .*did not answer in time")
        self.assertIn("faulty:0", done.stdout)
        self.assertIn("cpu:0", done.stdout)

    def test_failures_while_probing_are_reported_per_module(self):
        done = self.assay("devices", "--json", exit_code=0)
        modules = {module["module"]: module for module in json.loads(done.stdout)["modules"]}
        self.assertIn("SIGSEGV", modules["probecrash"]["failure"])
        self.assertIn("did not answer in time", modules["probehang"]["failure"])
        self.assertEqual(modules["deviceless"]["failure"], "")
        self.assertIn("found no device", modules["deviceless"]["summary"])
        self.assertEqual(len(modules["faulty"]["devices"]), 1)
        self.assertEqual(len(modules["cpu"]["devices"]), 1)

    def test_a_run_goes_by_them(self):
        plan = self.assay("run", "--problem", COPY, "--dry-run", exit_code=0).stdout
        self.assertIn("faulty:0", plan)

    def test_a_run_asks_no_module_but_those_of_the_devices_that_it_names(self):
        self.measure()
        self.assertEqual({record["status"] for record in self.records()}, {"ok"})
        with contextlib.closing(sqlite3.connect(self.store)) as store:
            ((environment,),) = store.execute("SELECT json FROM environment")
        self.assertEqual(list(json.loads(environment)["modules"]), ["faulty"])
        wrong = ("run", "--problem", COPY, "--device", "elsewhere:0")
        self.assertIn("cpu:0", self.assay(*wrong, exit_code=2).stderr)


class Damaged(AssayCase):
    def test_a_file_that_is_not_a_module_is_named_and_harms_nothing(self):
        folder = self.folder / "modules"
        folder.mkdir()
        (folder / "assay_backend_broken.so").write_text("not a library")
        path = f"{folder}:{FAKES}"
        done = self.assay("devices", "--json", exit_code=0, ASSAY_BACKEND_PATH=path)
        modules = {module["module"]: module for module in json.loads(done.stdout)["modules"]}
        self.assertIn("assay_backend_broken.so", modules["broken"]["failure"])
        self.assertEqual(len(modules["faulty"]["devices"]), 1)


class Odd(AssayCase):
    modules = f"{FAKES}/odd:{FAKES}"

    def modules_by_name(self, **environment):
        done = self.assay("devices", "--json", exit_code=0, **environment)
        return {module["module"]: module for module in json.loads(done.stdout)["modules"]}

    def test_descriptions_that_no_device_can_have_are_refused_and_texts_are_cleaned(self):
        odd = self.modules_by_name()["odd"]
        self.assertEqual([device["index"] for device in odd["devices"]], [2])
        self.assertIn("has no name", odd["details"]["device 0"])
        self.assertIn("clock_hz is -1e+300", odd["details"]["device 1"])
        name = odd["devices"][0]["name"]
        self.assertLess(len(name.encode()), 600)
        self.assertTrue(name.startswith("=\ufffd[2J\ufffd xxx"), name[:40])
        text = self.assay("devices", "--explain", exit_code=0).stdout
        self.assertFalse(set(text) & {"\x1b", "\a", "\r"})

    def test_a_module_cannot_pass_for_another_one(self):
        folder = self.folder / "modules"
        folder.mkdir()
        shutil.copy(FAKES / "assay_backend_faulty.so", folder / "assay_backend_cuda.so")
        found = self.modules_by_name(ASSAY_BACKEND_PATH=f"{folder}:{FAKES}")
        self.assertIn('does not call itself "cuda"', found["cuda"]["failure"])
        self.assertEqual(found["cuda"]["devices"], [])
        self.assertEqual(len(found["faulty"]["devices"]), 1)


class Named(AssayCase):
    modules = f"{FAKES}/probing:{FAKES}"

    def test_a_device_of_a_module_that_failed_is_refused_with_what_happened_to_it(self):
        for device, words in (("probecrash:0", "SIGSEGV"), ("deviceless", "found no device")):
            done = self.assay("run", "--problem", COPY, "--device", device, exit_code=2)
            self.assertIn(f"--device {device}: its module shows no device", done.stderr)
            self.assertIn(words, done.stderr)


if __name__ == "__main__":
    unittest.main()

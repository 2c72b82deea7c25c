"""A module that fails while probing for devices affects only itself."""

import json
import unittest

from assay_case import FAKES, AssayCase


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
        self.measure()
        self.assertEqual({record["status"] for record in self.records()}, {"ok"})


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


if __name__ == "__main__":
    unittest.main()

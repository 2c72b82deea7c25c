"""The program on a Cambricon MLU with a fake Neuware."""

import unittest

from assay_case import FAKES
from vendor_case import VendorCase

TRIAD = "triad n=64 type=f32"


class CambriconCase(VendorCase):
    vendor = "cambricon"
    variable = "NEUWARE_HOME"


class Absent(CambriconCase):
    def test_without_neuware_one_line_says_what_was_looked_for_and_what_is_missing(self):
        module = self.module(NEUWARE_HOME=str(self.folder))
        self.assertEqual(module["devices"], [])
        self.assertIn("libcnrt.so", module["summary"])
        self.assertIn("$NEUWARE_HOME", module["summary"])
        self.assertIn("NEUWARE_HOME", module["hint"])

    def test_neuware_without_a_device_says_so(self):
        module = self.module(ASSAY_FAKE_CAMBRICON_DEVICES="0")
        self.assertEqual(module["devices"], [])
        self.assertIn("finds no device", module["summary"])

    def test_a_failure_or_crash_while_probing_is_reported_and_harms_nothing(self):
        for fault, word in {
            "fail@cnrtGetDeviceCount": "cnrtErrorCndrvFuncCall",
            "crash@cnrtGetDeviceCount": "SIGSEGV",
        }.items():
            with self.subTest(fault):
                module = self.module(exit_code=0, ASSAY_FAKE_FAULT=fault)
                self.assertEqual(module["devices"], [])
                self.assertIn(word, module["summary"] + module["failure"])


class Runs(CambriconCase):
    def test_the_family_says_that_it_never_ran_on_hardware(self):
        self.assertIn("untried on hardware", self.module()["details"]["hardware"])

    def test_a_device_describes_itself(self):
        (device,) = self.module(exit_code=0)["devices"]
        self.assertTrue(device["name"].startswith("MLU590"))
        self.assertEqual(device["compute_units"], 32)
        self.assertEqual(device["bus_id"], "0000:01:00.0")

    def test_temperature_and_clock_are_those_of_the_device_with_its_address(self):
        words = ("run", "--problem", TRIAD, "--device", "cambricon:1", "--budget", "20ms")
        for home in ("cambricon", "cambricon_5"):
            with self.subTest(home):
                self.assay(
                    *words,
                    exit_code=0,
                    NEUWARE_HOME=str(FAKES / home),
                    ASSAY_FAKE_CAMBRICON_DEVICES="2",
                )
                (record,) = self.records()
                self.assertEqual(record["sensors"]["temperature_celsius_maximum"], 46)
                self.assertEqual(record["sensors"]["clock_hz_median"], 1.4e9)
        (record,) = self.run_problems(TRIAD, ASSAY_FAKE_FAULT="fail@cndevInit")
        self.assertEqual(record["status"], "ok")
        self.assertIsNone(record["sensors"]["clock_hz_median"])

    def test_copies_are_enqueued_by_the_call_that_this_cnrt_has(self):
        copy = "transfer direction=h2d n=4096 type=f32"
        for home, call in (
            ("cambricon", "cnrtMemcpyAsync_V2"),
            ("cambricon_5", "cnrtMemcpyAsync"),
        ):
            with self.subTest(home):
                (record,) = self.run_problems(copy, NEUWARE_HOME=str(FAKES / home))
                self.assertEqual(record["implementation"]["details"]["operator"], call)
                self.assertEqual(record["check"]["outcome"], "right")
        self.assertOutcome("fail@cnnlSetTensorDescriptorEx_v2", "error", "Ex_v2", TRIAD)

    def test_every_operation_is_measured_and_verified(self):
        records = self.run_problems(
            "matmul m=96 n=96 k=96 a=f32",
            "matmul m=96 n=96 k=96 a=bf16",
            "transfer direction=h2d n=4096 type=f32",
            "copy n=4096 type=f32",
            TRIAD,
        )
        self.assertEqual({record["status"] for record in records}, {"ok"})
        self.assertEqual(len(records), 5)

    def test_the_quick_suite_is_verified(self):
        self.assertQuickSuite("copy", "matmul", "triad")

    def test_faults_become_records(self):
        outcomes = {
            "fail@cnrtMalloc": ("error", "cnrtMalloc"),
            "oom@cnrtMalloc": ("out-of-memory", "100100"),
            "crash@cnnlOpTensor": ("crashed", "SIGSEGV"),
            "fail@cnnlOpTensor": ("error", "EXECUTION_FAILED"),
            "fail@cnnlOpTensor.run": ("error", "cnrtErrorCndrvFuncCall"),
            "wrong@cnnlOpTensor.run": ("wrong", ""),
        }
        for fault, (status, word) in outcomes.items():
            self.assertOutcome(fault, status, word, TRIAD)

    def test_a_hang_is_killed_and_recorded(self):
        self.assertOutcome(
            "hang@cnrtWaitNotifier", "timeout", "3.00 s", TRIAD, ("--timeout", "3s")
        )


if __name__ == "__main__":
    unittest.main()

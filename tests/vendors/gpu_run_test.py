"""The program on a device of a vendor that copies CUDA ($ASSAY_GPU), with its fake runtime."""

import os
import tomllib
import unittest

from assay_case import SOURCE
from gpu_case import GPUS, GpuCase

GPU = GPUS[os.environ["ASSAY_GPU"]]
COPY = "copy n=1000 type=f32"
TRIAD = "triad n=1000 type=f32"
# Vendors without portable kernels.
PORTABLE_NOWHERE = {"transfer"}
MATMUL = "matmul m=96 n=64 k=80 a=f16"


class Case(GpuCase):
    gpu = GPU

    def call(self, name):
        return GPU.runtime + name


class Absent(Case):
    def test_without_a_runtime_one_line_says_what_was_looked_for(self):
        module = self.module(**{self.variable: str(self.folder)})
        self.assertEqual(module["devices"], [])
        self.assertNotIn("\n", module["summary"])
        # A real runtime that is installed on the test machine is found too.
        if "runtime.library" not in module["details"]:
            self.assertIn("$" + self.variable, module["summary"])
            self.assertIn(self.variable, module["hint"])

    def test_a_runtime_without_a_device_says_so(self):
        module = self.module(ASSAY_FAKE_GPUS="0")
        self.assertEqual(module["devices"], [])
        self.assertIn("no capable device is detected", module["summary"])

    def test_a_driver_older_than_the_runtime_is_reported(self):
        module = self.module(ASSAY_FAKE_DRIVER_VERSION="1000")
        self.assertEqual(module["devices"], [])
        self.assertIn("insufficient for runtime", module["summary"])

    def test_a_failure_or_crash_while_probing_harms_nothing(self):
        words = {"fail": "unspecified launch failure", "crash": "SIGSEGV"}
        for kind, word in words.items():
            with self.subTest(kind):
                fault = f"{kind}@{self.call('GetDeviceCount')}"
                module = self.module(exit_code=0, ASSAY_FAKE_FAULT=fault)
                self.assertEqual(module["devices"], [])
                self.assertIn(word, module["summary"] + module["failure"])


class Runs(Case):
    def test_devices_describe_themselves(self):
        first, second = self.module(exit_code=0, ASSAY_FAKE_GPUS="2")["devices"]
        self.assertEqual(first["bus_id"], "0000:01:00.0")
        self.assertEqual(second["bus_id"], "0000:02:00.0")
        self.assertEqual(first["memory_bytes"], 4 << 30)

    def test_a_family_that_never_ran_on_hardware_says_so(self):
        self.assertIn("untried on hardware", self.module()["details"]["hardware"])
        self.assertIn("untried on hardware", self.assay("devices", "--explain").stdout)

    def test_another_version_is_recorded(self):
        (device,) = self.module(ASSAY_FAKE_VERSION="9090")["devices"]
        self.assertIn("9.9", device["driver"])

    def test_every_way_is_measured_and_verified(self):
        problems = [COPY]
        if GPU.launch:
            problems += [TRIAD, "attention b=1 hq=2 hkv=1 sq=40 skv=72 d=64 type=f16 mask=causal"]
        if GPU.blas:
            problems += [MATMUL, "matmul m=64 n=32 k=48 a=f32 batch=3 layout=nt"]
        records = self.run_problems(*problems)
        self.assertEqual({record["status"] for record in records}, {"ok"})
        ways = {record["implementation"]["name"] for record in records}
        expected = {"library/memcpy"}
        if GPU.launch:
            expected.add("portable/kernel")
        libraries = (GPU.blas, GPU.blas_lt, GPU.attention)
        expected.update("library/" + one for one in libraries if one)
        self.assertLessEqual(expected, ways)

    @unittest.skipUnless(GPU.integers, "its BLAS has no integers")
    def test_operands_and_right_results_are_those_of_the_processor(self):
        # Sums of small integers: every order of adding them gives the same bits.
        problem = "matmul m=64 n=64 k=64 a=i8"
        records = self.run_problems(problem)
        self.assay("run", "--problem", problem, "--device", "cpu:0", "--budget", "5ms", exit_code=0)
        records += self.records()
        self.assertEqual(len({record["operands_hash"] for record in records}), 1)
        self.assertEqual(len({record["output_hash"] for record in records}), 1)
        self.assertGreaterEqual(len(records), 3)

    def test_the_libraries_part_of_the_quick_suite_is_verified(self):
        operations = ["copy", "transfer"]
        operations += ["matmul"] if GPU.blas else []
        operations += ["attention"] if GPU.attention else []
        self.assertQuickSuite(*operations, options=("--division", "library"))

    # The sources are the same for all vendors, so the others run only the small problems below.
    @unittest.skipUnless(GPU.vendor == "nvidia", "one pretended device does them all")
    def test_the_whole_quick_suite_is_verified_by_the_portable_kernels(self):
        suite = tomllib.loads((SOURCE / "harness/suites/quick.toml").read_text())
        kernels = {problem["operation"] for problem in suite["problem"]} - PORTABLE_NOWHERE
        self.assertQuickSuite(*kernels, options=("--division", "portable", "--timeout", "10m"))

    @unittest.skipUnless(GPU.launch, "there are no kernels")
    def test_kernels_are_verified_in_every_type_that_the_quick_suite_has(self):
        # Its problems at sizes that the host can compute quickly in place of the device.
        records = self.run_problems(
            *(f"matmul m=160 n=96 k=128 a={type}" for type in ("f32", "bf16", "f16", "i8")),
            *(f"fma n=512 steps=64 type={type}" for type in ("f32", "bf16")),
            "matmul m=1 n=256 k=192 a=bf16",
            "grouped_matmul tokens=150 n=96 k=128 groups=5 a=bf16 routing=zipf",
            "attention b=1 hq=2 hkv=2 sq=96 skv=96 d=128 type=f32",
            "attention b=1 hq=4 hkv=1 sq=96 skv=96 d=128 type=bf16 mask=causal",
            "attention b=2 hq=4 hkv=2 sq=1 skv=256 d=128 type=bf16",
            "triad n=100003 type=f32",
            options=("--division", "portable"),
        )
        self.assertEqual({record["status"] for record in records}, {"ok"})
        self.assertGreaterEqual(len(records), 10)

    @unittest.skipUnless(GPU.attention, "there is no library of attention")
    def test_attention_by_the_library_respects_scale_mask_layout_and_shared_heads(self):
        records = self.run_problems(
            "attention b=2 hq=4 hkv=4 sq=160 skv=160 d=64 type=f16",
            "attention b=1 hq=4 hkv=2 sq=96 skv=96 d=128 type=bf16 mask=causal",
            "attention b=1 hq=2 hkv=1 sq=40 skv=200 d=64 type=bf16 mask=causal",
            "attention b=2 hq=8 hkv=2 sq=1 skv=300 d=128 type=bf16",
            options=("--implementation", "library/" + GPU.attention),
        )
        self.assertEqual([record["status"] for record in records], ["ok"] * 4)


@unittest.skipUnless(GPU.vendor == "nvidia", "the others have no 8-bit floats")
class Accumulators(Case):
    PROBLEM = "matmul m=64 n=48 k=1024 a=f8e4m3 dist=normal"

    def run_narrow(self, way, capability, exit_code=0):
        (record,) = self.run_problems(
            self.PROBLEM,
            exit_code=exit_code,
            options=("--implementation", "library/" + way),
            ASSAY_FAKE_ACCUMULATOR="e8m13",
            ASSAY_FAKE_CAPABILITY=capability,
        )
        return record

    def test_hoppers_sums_of_8_bit_floats_are_judged_by_the_accumulator_that_is_stated(self):
        for way, stated in {
            "cublaslt": "e8m13, added up in f32 every 128 products",
            "cublaslt-fast": "e8m13",
        }.items():
            record = self.run_narrow(way, "90")
            self.assertEqual(record["implementation"]["details"]["accumulator"], stated)
            self.assertEqual(record["check"]["outcome"], "right")
            self.assertIn("sums in " + stated, record["check"]["method"])

    def test_the_same_sums_are_not_right_where_f32_is_stated(self):
        record = self.run_narrow("cublaslt", "100", exit_code=None)
        self.assertEqual(record["implementation"]["details"]["accumulator"], "f32")
        self.assertNotEqual(record["check"]["outcome"], "right")


@unittest.skipUnless(GPU.vendor == "nvidia", "NVML tells this")
class Sensors(Case):
    def run_busy(self, **environment):
        self.assay(
            *("run", "--problem", "copy n=4194304 type=f32", "--device", "nvidia:0"),
            *("--implementation", "library/memcpy", "--budget", "400ms"),
            exit_code=0,
            ASSAY_FAKE_BUSY_CLOCK="800",
            **environment,
        )
        (record,) = self.records()
        return record

    def test_clock_and_power_are_those_of_the_work_and_a_power_cap_is_kept_and_named(self):
        record = self.run_busy(ASSAY_FAKE_LIMIT="74")
        # A busy machine lets few readings fall into the work; those before it show 1400 MHz.
        self.assertEqual(record["sensors"]["clock_hz_minimum"], 800e6)
        self.assertEqual(record["sensors"]["throttle"], "software power cap")
        self.assertEqual(record["throttling"]["discarded_launches"], 0)
        self.assertNotIn("throttled", self.assay("show").stdout.split("sensors")[0])

    def test_a_clock_that_heat_holds_down_is_discarded(self):
        record = self.run_busy(ASSAY_FAKE_LIMIT="252")
        self.assertIn("hardware thermal", record["sensors"]["throttle"])
        self.assertGreater(record["throttling"]["discarded_launches"], 0)


class Faults(Case):
    def test_faults_of_the_runtime_become_records(self):
        malloc = GPU.malloc
        outcomes = {
            f"fail@{malloc}": ("error", malloc),
            f"oom@{malloc}": ("out-of-memory", "out of memory"),
            f"fail@{self.call('MemcpyAsync')}.run": ("error", "unspecified launch failure"),
            f"wrong@{self.call('MemcpyAsync')}.run:1": ("error", "different bits"),
            f"crash@{self.call('EventRecord')}": ("crashed", "SIGSEGV"),
        }
        for fault, (status, word) in outcomes.items():
            options = ("--implementation", "library/memcpy")
            self.assertOutcome(fault, status, word, COPY, options)

    def test_a_hang_is_killed_and_recorded(self):
        fault = f"hang@{self.call('StreamSynchronize')}"
        options = ("--implementation", "library/memcpy", "--timeout", "3s")
        self.assertOutcome(fault, "timeout", "3.00 s", COPY, options)

    @unittest.skipUnless(GPU.launch, "there are no kernels")
    def test_faults_of_kernels_become_records(self):
        outcomes = {
            f"fail@{GPU.launch}": ("error", GPU.launch),
            f"fail@{GPU.launch}.run": ("error", "unspecified launch failure"),
            f"wrong@{GPU.launch}.run": ("wrong", ""),
            f"crash@{GPU.launch}": ("crashed", "SIGSEGV"),
        }
        for fault, (status, word) in outcomes.items():
            self.assertOutcome(fault, status, word, TRIAD)

    @unittest.skipUnless(GPU.launch, "there are no kernels")
    def test_a_kernel_that_does_not_compile_is_recorded_and_the_run_goes_on(self):
        records = self.run_problems(
            *(TRIAD, COPY),
            exit_code=0,
            ASSAY_FAKE_FAULT=f"fail@{GPU.compile}",
        )
        self.assertEqual({record["status"] for record in records}, {"ok", "unsupported"})
        (refused,) = (one for one in records if one["problem"].startswith("triad"))
        self.assertIn(GPU.compile, refused["reason"])

    @unittest.skipUnless(GPU.blas, "there is no BLAS")
    def test_faults_of_the_blas_become_records(self):
        gemm = GPU.gemm
        outcomes = {
            f"fail@{gemm}": ("error", gemm),
            f"oom@{gemm}": ("out-of-memory", gemm),
            f"wrong@{gemm}.run": ("wrong", ""),
            f"fail@{gemm}.run": ("error", "unspecified launch failure"),
        }
        for fault, (status, word) in outcomes.items():
            options = ("--implementation", "library/" + GPU.blas)
            self.assertOutcome(fault, status, word, MATMUL, options)

    @unittest.skipUnless(GPU.attention, "there is no library of attention")
    def test_faults_of_the_library_of_attention_become_records(self):
        problem = "attention b=1 hq=2 hkv=1 sq=40 skv=72 d=64 type=f16 mask=causal"
        outcomes = {
            "fail@cudnnBackendExecute": ("error", "CUDNN_STATUS_EXECUTION_FAILED"),
            "oom@cudnnBackendExecute": ("out-of-memory", "cudnnBackendExecute"),
            "wrong@cudnnBackendExecute.run": ("wrong", ""),
            "fail@cudnnBackendExecute.run": ("error", "unspecified launch failure"),
        }
        for fault, (status, word) in outcomes.items():
            options = ("--implementation", "library/" + GPU.attention)
            self.assertOutcome(fault, status, word, problem, options)

    def test_memory_that_runs_out_becomes_a_record(self):
        # Memory only for the operands, not for the guard after the second one.
        (record,) = self.run_problems(
            "copy n=1048576 type=f32",
            exit_code=1,
            options=("--implementation", "library/memcpy"),
            ASSAY_FAKE_MEMORY=str(8 << 20),
        )
        self.assertEqual(record["status"], "out-of-memory", record["reason"])


if __name__ == "__main__":
    unittest.main()

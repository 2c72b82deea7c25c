"""scripts/gpu-check to its last line: a pretended GPU, PyTorch and nvidia-smi."""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import unittest

from assay_case import PROGRAM, SOURCE
from gpu_case import GPUS, GpuCase

sys.path.insert(0, str(SOURCE / "scripts/gpu_check"))
import load
import problems
import smi
import table

PRETENDED = pathlib.Path(__file__).with_name("pretended")
PROGRAMS = pathlib.Path(PROGRAM).parent
GLIBC = {f"lib{name}" for name in ("c.so.6", "m.so.6", "dl.so.2", "pthread.so.0", "rt.so.1",
                                   "resolv.so.2", "util.so.1", "anl.so.1")}
STEPS = ["device", "ceilings", "quick", "llm", "load", "kernels", "conform", "bundles"]


class Case(GpuCase):
    gpu = GPUS["nvidia"]

    def setUp(self):
        super().setUp()
        # As pip leaves it: CUDA's libraries in folders beside PyTorch, and no variable that names them.
        del self.environment[self.variable]
        packages = self.folder / "site-packages"
        (packages / "nvidia").mkdir(parents=True)
        (packages / "torch").symlink_to(PRETENDED / "torch")
        (packages / "nvidia/cu13").mkdir()
        (packages / "nvidia/cu13/lib").symlink_to(self.gpu.home / "lib64")
        self.environment["PYTHONPATH"] = str(packages)
        self.environment["PATH"] = f"{PRETENDED}:{os.environ['PATH']}"
        self.environment["TMPDIR"] = str(self.folder)
        self.out = self.folder / "measured"

    def command(self, *options, bin=PROGRAMS):
        # Far more time than it takes, so that no step runs out of it on a busy machine.
        return [SOURCE / "scripts/gpu-check", "--rehearse", "--bin", bin, "--out", self.out,
                "--minutes", "90", *options]

    def check(self, *options, exit_code, bin=PROGRAMS, **environment):
        done = subprocess.run(
            self.command(*options, bin=bin), env={**self.environment, **environment},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if exit_code is not None:
            self.assertEqual(done.returncode, exit_code, done.stdout + done.stderr)
        return done.stdout

    def programs(self, *lines):
        """A folder of programs whose `assay` does this before it is the real one."""
        folder = self.folder / "bin"
        folder.mkdir()
        (folder / "assay_backend_nvidia.so").symlink_to(PROGRAMS / "assay_backend_nvidia.so")
        script = "\n".join(["#!/bin/sh", *lines, f'exec {PROGRAM} "$@"', ""])
        (folder / "assay").write_text(script)
        (folder / "assay").chmod(0o755)
        return folder

    @staticmethod
    def states(text):
        """The state of each step in the table."""
        found = re.findall(r"^(\w+) +(done|absent|finding|failed|too long|left out|ended) +[\d.]+ s ",
                           text, re.MULTILINE)
        return dict(found)


class Whole(Case):
    def test_every_step_is_done_and_the_table_is_last(self):
        text = self.check(exit_code=0)
        self.assertEqual(self.states(text), dict.fromkeys(STEPS, "done"))
        self.assertRegex(text.splitlines()[-1], "^all steps are good")
        # PyTorch beside each problem of the models' layers, in the same run.
        (folder,) = self.out.iterdir()
        torch = json.loads((folder / "torch.json").read_text())
        self.assertEqual(len(torch), len(problems.Rehearsed.llm))
        for one in torch:
            self.assertAlmostEqual(one["torch_seconds"], 10e-6, msg=one)
        self.assertEqual([re.sub(r", 10[01] in a graph$", "", one["by"]) for one in torch],
                         ["torch.matmul", "sdpa cudnn", "torch._int_mm"])
        self.assertRegex(text, r"matmul: [\d.]+ x torch in the geometric mean of 2")
        self.assertRegex(text, r"attention: [\d.]+ x torch in the geometric mean of 1")
        # Power and limits beside nvidia-smi's.
        self.assertIn("120 W, nvidia-smi 120 W (x1.000)", text)
        self.assertIn("limits: none (nvidia-smi: software power cap)", text)
        # What is kept.
        self.assertIn((folder / "table.txt").read_text(), text)
        kept = {path.name for path in folder.iterdir()}
        self.assertLessEqual({"ceilings-1.assay", "quick-1.assay", "llm-1.assay", "load-1.assay",
                              "load-2.assay", "kernels-1.assay", "nvidia-smi.csv"}, kept)


class Broken(Case):
    def test_a_step_that_hangs_is_ended_and_the_next_one_follows(self):
        hangs = self.programs('[ "$1" != run ] || exec sleep 600')
        text = self.check("--only", "quick", "--only", "conform", "--minutes", "0.2", exit_code=1,
                          bin=hangs)
        self.assertEqual(self.states(text)["quick"], "finding")
        self.assertIn("did not end within", text)
        self.assertEqual(list(self.states(text)), ["device", "quick", "conform"])
        self.assertRegex(text.splitlines()[-1], "^not good: quick")

    def test_a_step_that_fails_is_told_with_the_reason(self):
        fails = self.programs('[ "$1" != run ] || { echo "error: the store burns" >&2; exit 4; }',
                              '[ "$1" != conform ] || exit 1')
        text = self.check("--only", "load", "--only", "conform", exit_code=1, bin=fails)
        self.assertEqual(self.states(text), {"device": "done", "load": "failed", "conform": "finding"})
        self.assertIn("ended with code 4: error: the store burns", text)

    def test_a_wrong_result_is_a_finding(self):
        text = self.check("--only", "kernels", exit_code=1,
                          ASSAY_FAKE_FAULT=f"wrong@{self.gpu.launch}.run")
        self.assertEqual(self.states(text)["kernels"], "finding")
        self.assertRegex(text, "failed: matmul .*: wrong")

    def test_a_pytorch_that_hangs_costs_its_own_column_only(self):
        # A twentieth of the time: 1 s for each of its answers.
        text = self.check("--only", "llm", "--minutes", "0.5", exit_code=None, ASSAY_FAKE_TORCH="hang")
        self.assertRegex(text, "without PyTorch: PyTorch did not answer within [01] s")
        self.assertNotIn("x torch in the geometric mean", text)
        self.assertRegex(text.splitlines()[-1], "^(all steps are good|not good: llm)")

    def test_without_pytorch_the_rest_is_measured(self):
        text = self.check("--only", "llm", exit_code=0, PYTHONPATH="",
                          **{self.variable: str(self.gpu.home)})
        self.assertIn("3 without PyTorch: PyTorch is not here", text)
        self.assertIn("library/", text)

    def test_without_a_device_it_says_so(self):
        text = self.check(exit_code=3, ASSAY_FAKE_GPUS="0")
        self.assertIn("no capable device is detected", text)
        self.assertRegex(text.splitlines()[-1], "^not good: no device")

    def test_ended_from_outside_it_still_prints_the_table(self):
        hangs = self.programs('[ "$1" != run ] || exec sleep 600')
        with subprocess.Popen(self.command("--only", "quick", bin=hangs), env=self.environment,
                              stdout=subprocess.PIPE, text=True) as process:
            lines = iter(process.stdout.readline, "")
            self.assertTrue(any(line.startswith("-- quick") for line in lines))
            process.send_signal(signal.SIGTERM)
            text = "".join(lines)
        self.assertEqual(process.returncode, 1)
        self.assertEqual(self.states(text), {"device": "done", "quick": "ended"})


class Pack(Case):
    def test_a_pack_has_every_library_but_those_of_glibc(self):
        self.check("--pack", exit_code=0)  # which ignores what it does not need
        lib, program = self.out / "lib", self.out / "bin/assay"
        # Only glibc's own libraries use its private symbols; another release of it has others.
        private = [file.name for file in lib.iterdir() if b"GLIBC_PRIVATE" in file.read_bytes()]
        self.assertEqual(private, [])
        told = subprocess.run(["ldd", program], env={"LD_LIBRARY_PATH": str(lib), "PATH": "/usr/bin:/bin"},
                              capture_output=True, text=True, check=True).stdout
        outside = {name for name, path in re.findall(r"^\s*(\S+) => (\S+)", told, re.MULTILINE)
                   if not pathlib.Path(path).is_relative_to(lib)}
        self.assertLessEqual(outside, GLIBC)


class Parts(unittest.TestCase):
    def test_all_steps_fit_into_the_time_that_a_lent_machine_gives(self):
        text = (SOURCE / "scripts/gpu_check/__main__.py").read_text()
        minutes = int(re.search(r"^MINUTES = (\d+)$", text, re.MULTILINE)[1])
        budgets = re.search(r"^BUDGETS = \{(.*?)\}", text, re.MULTILINE | re.DOTALL)[1]
        seconds = [int(number) for number in re.findall(r": (\d+)", budgets)]
        self.assertEqual(len(seconds), len(STEPS))
        self.assertLessEqual(sum(seconds), 60 * minutes)
        self.assertLess(minutes, 10)

    def test_logs_of_power_that_contradict_each_other_are_no_agreement(self):
        own = {"watts": 500, "joules": 1.5, "megahertz": 1800, "reasons": ""}
        other = {"watts": 700, "megahertz": 1700, "reasons": "software power cap"}
        agree, text = load.compared(own, other)
        self.assertFalse(agree)
        self.assertIn("DIFFER", text)
        self.assertTrue(load.compared({**own, "watts": 690}, other)[0])
        self.assertTrue(load.compared(own, {})[0])

    def test_only_the_longest_busy_time_counts_without_its_edges(self):
        log = smi.Smi("", None, edge=0.2, every=0.1)
        idle = smi.parsed("70.0, 345, 40, 0, 0x1")
        row = smi.parsed("650.5, 1500, 60, 100, 0x4")
        edge = smi.parsed("300.0, 1900, 60, 100, 0x0")
        log.rows = [row, idle, edge, edge, *[row] * 10, edge, edge, idle, row]
        self.assertEqual(log.summary(), {"watts": 650.5, "megahertz": 1500.0, "rows": 10,
                                         "reasons": "software power cap"})
        log.rows = [row] * 5
        self.assertEqual(log.summary(), {})
        self.assertIsNone(smi.parsed("[N/A], 1, 2, 3, 0x0")["watts"])

    def test_a_time_that_cannot_be_true_is_a_failure_and_never_the_best(self):
        def record(name, seconds, *faults):
            doubts = [{"fault": fault} for fault in faults]
            return {"problem": "copy n=1", "status": "ok", "reason": "",
                    "implementation": {"name": name, "division": "library"},
                    "summary": {"median": seconds},
                    "trust": {"trusted": not doubts, "doubts": doubts}}

        records = [record("true", 1.0, "busy"), record("false", 1e-9, "implausible")]
        self.assertEqual(table.best(records)["implementation"]["name"], "true")
        (failure,) = table.failures(records)
        self.assertIn("(false): implausible", failure)

    def test_peaks_are_those_of_the_device_that_is_named(self):
        found = table.peaks(SOURCE / "results/systems", "NVIDIA H200")
        self.assertAlmostEqual(found["peak.bf16"], 989e12, delta=1e12)
        self.assertEqual(table.peaks(SOURCE / "results/systems", "Pretended nvidia GPU"), {})


if __name__ == "__main__":
    unittest.main()

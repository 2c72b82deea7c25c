"""Interrupting a run and resuming it."""

import json
import os
import signal
import subprocess
import unittest

from assay_case import PROGRAM, AssayCase

PROBLEMS = [f"copy n={64 * i} type=f32" for i in range(1, 4)]


class Interrupting(AssayCase):
    devices = "good,hang-in-run"

    def command(self, seed, *more):
        return [
            *("run", "--device", "faulty", "--budget", "50ms", "--seed", str(seed)),
            *("--implementation", "native/fake"),
            *(word for problem in PROBLEMS for word in ("--problem", problem)),
            *more,
        ]

    def plan_with_a_hang_inside(self):
        """A seed, its plan as (problem, device), and the number of entries before the first hang; there are entries before and after it."""
        for seed in range(1, 50):
            done = self.assay(*self.command(seed, "--dry-run", "--json"), exit_code=0)
            entries = json.loads(done.stdout)["entries"]
            plan = [(entry["problem"], entry["device"]) for entry in entries]
            before = [device for _, device in plan].index("faulty:1")
            if before in (1, 2):
                return seed, plan, before
        return self.fail("no seed puts the hang inside the plan")

    def stop_at_the_hang(self, how):
        """Runs until a measurement hangs, then sends the signal `how`. Returns the exit code, the output, the plan, and the number of measurements before the hang."""
        seed, plan, before = self.plan_with_a_hang_inside()
        process = subprocess.Popen(
            [PROGRAM, *self.command(seed)],
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        lines = [process.stdout.readline() for _ in range(before)]
        self.assertTrue(lines[-1].startswith(f"[{before}/{len(plan)}]"), lines)
        # Send it to the whole process group, like a terminal.
        os.killpg(process.pid, how)
        _, said = process.communicate()
        return process.returncode, said, plan, before

    def done(self):
        return [
            (record["problem"], f"faulty:{record['device']['index']}") for record in self.records()
        ]

    def resume(self):
        gate = self.folder / "gate"
        gate.touch()
        return self.assay("run", "--resume", exit_code=0, ASSAY_FAKE_GATE=str(gate))

    def check_stopped_and_resumed(self, plan, before):
        self.assertEqual(self.done(), plan[:before])
        finished = self.resume()
        rest = len(plan) - before
        self.assertIn(f"[{rest}/{rest}]", finished.stdout)
        self.assertEqual(sorted(self.done()), sorted(plan))
        self.assertEqual({record["status"] for record in self.records()}, {"ok"})
        runs = json.loads(self.assay("show", "--runs", "--json", exit_code=0).stdout)
        self.assertEqual([run["records"] for run in runs], [len(plan)])
        self.assertIn("is complete", self.resume().stdout)
        self.assertEqual(len(self.done()), len(plan))

    def test_an_interrupted_run_keeps_what_it_has_and_resumes_with_the_rest(self):
        code, said, plan, before = self.stop_at_the_hang(signal.SIGINT)
        self.assertEqual(code, 128 + signal.SIGINT)
        self.assertIn(f"{before} of {len(plan)} measurements", said)
        run = json.loads(self.assay("show", "--runs", "--json").stdout)[0]
        self.assertIn(f"assay run --resume {run['id']}", said)
        self.assertEqual(run["ended"], "")
        self.check_stopped_and_resumed(plan, before)

    def test_a_terminated_run_resumes_as_well(self):
        code, _, plan, before = self.stop_at_the_hang(signal.SIGTERM)
        self.assertEqual(code, 128 + signal.SIGTERM)
        self.check_stopped_and_resumed(plan, before)

    def test_even_a_killed_run_loses_nothing_that_it_measured(self):
        code, _, plan, before = self.stop_at_the_hang(signal.SIGKILL)
        self.assertEqual(code, -signal.SIGKILL)
        self.check_stopped_and_resumed(plan, before)

    def test_what_is_resumed_cannot_be_asked_for_anew(self):
        done = self.assay("run", "--resume", "--suite", "quick", exit_code=2)
        self.assertIn("--resume", done.stderr)

    def test_resuming_without_the_device_says_so(self):
        self.stop_at_the_hang(signal.SIGINT)
        done = self.assay("run", "--resume", exit_code=3, ASSAY_FAKE_DEVICES="")
        self.assertIn("no longer present", done.stderr)


if __name__ == "__main__":
    unittest.main()

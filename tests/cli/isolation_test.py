"""A crash, a hang or a wrong result becomes a record, and the rest of the run continues."""

import json
import os
import socket
import subprocess
import unittest

from assay_case import COPY, FAKES, PROGRAM, TRIAD, AssayCase

# Status of the measurements on each fake device, and a word of the reason.
OUTCOMES = {
    "good": ("ok", ""),
    "crash-in-run": ("crashed", "SIGSEGV"),
    "crash-in-prepare": ("crashed", "SIGSEGV"),
    "throw-in-prepare": ("error", "thrown across"),
    "device-error": ("error", "fell off its bus"),
    "lost": ("error", "is gone"),
    "out-of-memory": ("out-of-memory", "256 bytes asked"),
    "wrong-element": ("wrong", "element 63"),
    "unwritten": ("wrong", "never written"),
    "lazy": ("wrong", "never written"),
    "wavering": ("wrong", "launch"),
    "overrun": ("wrong", "past the end"),
    "time-nan": ("error", "nan s"),
    "time-negative": ("error", "s as the device time"),
    "time-zero": ("error", "0 s as the device time"),
    "mute": ("ok", ""),
}


class Faults(AssayCase):
    devices = ",".join(OUTCOMES)

    def test_every_fault_becomes_a_record_of_its_own_and_the_run_goes_on(self):
        options = ("--implementation", "native/fake")
        done = self.measure(COPY, TRIAD, options=options, exit_code=1)
        records = self.records()
        self.assertEqual(len(records), 2 * len(OUTCOMES))
        for name, index in self.names().items():
            own = [record for record in records if record["device"]["index"] == index]
            for record in own:
                with self.subTest(f"{name}: {record['operation']}"):
                    status, reason = OUTCOMES[name]
                    self.assertEqual(record["status"], status, record["reason"])
                    self.assertIn(reason, record["reason"])
            self.assertEqual({record["operation"] for record in own}, {"copy", "triad"})
        failed = sum(status != "ok" for status, _ in OUTCOMES.values())
        self.assertIn(f"{2 * (len(OUTCOMES) - failed)} verified, {2 * failed} failed", done.stdout)
        crashed = self.names()["crash-in-run"]
        self.assertIn(f"faulty:{crashed}  copy n=64", done.stdout)
        shown = self.assay("show", exit_code=0).stdout
        self.assertFits(shown)
        self.assertIn("crashed", shown)


class Hang(AssayCase):
    devices = "hang-in-run,good"

    def test_a_hang_is_killed_after_the_timeout_and_recorded(self):
        options = ("--implementation", "native/fake", "--timeout", "7s")
        self.measure(COPY, TRIAD, options=options, exit_code=1)
        statuses = [
            [record["status"] for record in self.records("--device", f"faulty:{index}")]
            for index in (0, 1)
        ]
        self.assertEqual(statuses, [["timeout", "timeout"], ["ok", "ok"]])
        self.assertIn("7.00 s", self.records("--status", "timeout")[0]["reason"])


class Messages(AssayCase):
    def test_a_worker_answers_at_once_that_it_does_not_know_a_message_and_serves_on(self):
        here, there = socket.socketpair()
        here.settimeout(60)
        options = {
            "module": str(FAKES / "assay_backend_faulty.so"),
            "probe": False,
            "device": 0,
            "threads": 0,
            "tune": False,
            "pretended": [],
        }
        worker = subprocess.Popen(
            [PROGRAM, "worker"],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            close_fds=False,
            preexec_fn=lambda: os.dup2(there.fileno(), 3),
        )
        there.close()
        with here, here.makefile("rw") as lines:
            lines.write(json.dumps(options) + "\n")
            lines.flush()
            self.assertIn('{"ready":', lines.readline())
            for line, answer in (
                ('{"dance":{}}', 'unknown kind of message: \\"dance\\"'),
                ("dance", "not a message"),
                ('{"launch":{"count":"many","mode":"hot"}}', "launch: count"),
                ('{"describe":{}}', "no task is prepared"),
                ('{"implementations":{"problem":"copy n=64 type=f32"}}', "native/fake"),
            ):
                lines.write(line + "\n")
                lines.flush()
                self.assertIn(answer, lines.readline())
        self.assertEqual(worker.wait(60), 0)


if __name__ == "__main__":
    unittest.main()

"""The process that measures with PyTorch, as seen from this one: it may be absent, fail or hang."""

import json
import pathlib
import queue
import subprocess
import sys
import threading

from limits import Absent, Late, end

STARTS = 2  # a process that hung twice is not started again


class Torch:
    def __init__(self, logs):
        self.log = logs / "torch.err"
        self.process = self.answers = None
        self.starts = 0
        self.version = self.absent = ""

    def start(self, limit):
        """Throws Absent where there is nothing to compare with."""
        if self.starts >= STARTS:
            self.absent = f"PyTorch hung or ended {STARTS} times"
        if self.absent:
            raise Absent(self.absent)
        self.starts += 1
        program = pathlib.Path(__file__).with_name("torch_rates.py")
        with open(self.log, "a") as errors:
            self.process = subprocess.Popen([sys.executable, program], stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, stderr=errors, text=True,
                                            start_new_session=True)
        self.answers = queue.Queue()
        threading.Thread(target=self.listen, args=(self.process.stdout, self.answers),
                         daemon=True).start()
        first = self.answer(limit.left())
        if "failure" in first:
            self.absent = first["failure"]
            self.stop()
            raise Absent(self.absent)
        self.version = first["version"]

    @staticmethod
    def listen(lines, answers):
        for line in lines:
            answers.put(line)
        answers.put("")

    def answer(self, seconds):
        try:
            line = self.answers.get(timeout=seconds)
        except queue.Empty:
            self.stop()
            raise Late(f"PyTorch did not answer within {seconds:.0f} s") from None
        if not line:
            self.stop()
            raise RuntimeError(f"PyTorch's process ended; see {self.log}")
        return json.loads(line)

    def measure(self, text, limit, most):
        """(seconds, which way, "") or (None, "", why not); after `most` seconds PyTorch hangs."""
        try:
            if self.process is None:
                self.start(limit)
            self.process.stdin.write(text + "\n")
            self.process.stdin.flush()
            told = self.answer(min(most, limit.left()))
        except (Absent, Late, OSError, RuntimeError) as why:
            return None, "", str(why)
        if "failure" in told:
            return None, "", told["failure"]
        if told["seconds"] is None:
            return None, "", "PyTorch has no such operation"
        return told["seconds"], told["by"], ""

    def stop(self):
        if self.process is not None:
            end(self.process)
            self.process = None

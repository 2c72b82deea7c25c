"""Steps with a limit of time each, and processes that end with it."""

import dataclasses
import os
import signal
import subprocess
import time


class Late(Exception):
    """A process did not end within its limit."""


class Absent(Exception):
    """What a step needs is not on this machine."""


class Limit:
    def __init__(self, seconds):
        self.end = time.monotonic() + seconds

    def left(self):
        return max(0.0, self.end - time.monotonic())


def end(process, patience=3.0):
    """Ends a process and those of its session: asked first, so that it can keep what it has."""
    for sent in (signal.SIGINT, signal.SIGKILL):
        try:
            os.killpg(process.pid, sent)
            process.wait(patience)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            pass


def call(arguments, limit, log, environment=None):
    """Runs a program; returns its exit code and output. Raises Late where it does not end in time.

    Its output goes to files (log.out, log.err), so that no process that it leaves can hold this one
    up by an open pipe.
    """
    with open(f"{log}.out", "w") as out, open(f"{log}.err", "w") as err:
        process = subprocess.Popen(list(map(str, arguments)), stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=err, env=environment, start_new_session=True)
        try:
            code = process.wait(limit)
        except subprocess.TimeoutExpired:
            raise Late(f"{arguments[0]} did not end within {limit:.0f} s") from None
        finally:
            end(process)
    with open(f"{log}.out", errors="replace") as text:
        return code, text.read()


@dataclasses.dataclass
class Outcome:
    step: str
    state: str  # done, absent, finding, failed, too long, left out, ended
    seconds: float
    text: str

    def good(self):
        return self.state in ("done", "absent")


class Plan:
    """Runs steps one after the other. What one does never keeps the next from its turn."""

    def __init__(self, seconds):
        self.total = Limit(seconds)
        self.outcomes = []

    def step(self, name, seconds, action):
        """`action` takes a Limit and returns (whether all is good, a text)."""
        limit = Limit(min(seconds, self.total.left()))
        begin = time.monotonic()
        one = Outcome(name, "ended", 0, "from outside")
        self.outcomes.append(one)
        if limit.left() < 0.05 * seconds:
            one.state, one.text = "left out", "no time was left"
        else:
            print(f"-- {name}, at most {limit.left():.0f} s", flush=True)
            one.state, one.text = self.carried_out(action, limit)
        one.seconds = time.monotonic() - begin
        print(f"   {one.state} after {one.seconds:.1f} s: {one.text}", flush=True)

    @staticmethod
    def carried_out(action, limit):
        try:
            good, text = action(limit)
            return ("done" if good else "finding"), text
        except Absent as why:
            return "absent", str(why)
        except Late as why:
            return "too long", str(why)
        except Exception as why:  # one step's error must not lose the others
            return "failed", f"{type(why).__name__}: {why}"

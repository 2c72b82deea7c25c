"""What nvidia-smi logs of a GPU while something runs on it."""

import os
import pty
import shutil
import statistics
import subprocess
import threading

from limits import end

# Names of `nvidia-smi --help-query-gpu`; older drivers know only the second form of each.
FIGURES = (("power.draw.instant", "power.draw"), ("clocks.sm", "clocks.sm"),
           ("temperature.gpu", "temperature.gpu"), ("utilization.gpu", "utilization.gpu"),
           ("clocks_event_reasons.active", "clocks_throttle_reasons.active"))
# nvml.h, nvmlClocksEventReasons: the bits that name a limit.
REASONS = {0x4: "software power cap", 0x8: "hardware slowdown", 0x20: "software thermal",
           0x40: "hardware thermal", 0x80: "hardware power brake"}
BUSY = 90  # percent of utilization


def query(which):
    return "--query-gpu=" + ",".join(one[which] for one in FIGURES)


class Smi:
    """Logs while it is entered. Without nvidia-smi, `rows` stays empty and `missing` says why.

    `edge`: seconds of busy time left out at both ends, since utilization is one of up to the last
    second.
    """

    def __init__(self, bus, path, edge=1.5, every=0.1):
        self.path, self.edge, self.every, self.rows, self.process = path, edge, every, [], None
        self.program = shutil.which("nvidia-smi")
        self.missing = "" if self.program else "nvidia-smi is not here"
        self.places = (bus, "0") if bus else ("0",)

    def command(self):
        """The query that this nvidia-smi knows, or None."""
        for which in (0, 1):
            for place in self.places:
                command = [self.program, query(which), "-i", place, "--format=csv,noheader,nounits"]
                asked = subprocess.run(command, timeout=10, stdin=subprocess.DEVNULL,
                                       capture_output=True, text=True)
                if asked.returncode == 0:
                    return command
                self.missing = f"nvidia-smi refuses the query: {asked.stdout.strip()[:80]}"
        return None

    def __enter__(self):
        try:
            command = self.command() if self.program else None
        except (subprocess.TimeoutExpired, OSError) as why:
            command, self.missing = None, f"nvidia-smi does not answer: {type(why).__name__}"
        if command is None:
            return self
        self.missing = ""
        # A terminal, so that no line waits in a buffer when it is ended.
        terminal, theirs = pty.openpty()
        self.process = subprocess.Popen([*command, f"--loop-ms={int(self.every * 1000)}"],
                                        stdin=subprocess.DEVNULL, stdout=theirs,
                                        stderr=subprocess.DEVNULL, start_new_session=True)
        os.close(theirs)
        self.text = bytearray()
        self.reader = threading.Thread(target=self.read, args=(terminal,), daemon=True)
        self.reader.start()
        return self

    def read(self, terminal):
        with open(terminal, "rb", buffering=0) as lines:
            try:
                while some := lines.read(4096):
                    self.text += some
            except OSError:
                pass  # so a terminal ends

    def __exit__(self, *_):
        if self.process is None:
            return
        end(self.process)
        self.reader.join(3)
        lines = self.text.decode(errors="replace").splitlines()
        self.path.write_text("\n".join(lines) + "\n")
        self.rows = [row for row in map(parsed, lines) if row]
        if not self.rows:
            self.missing = "nvidia-smi logged nothing"

    def busy(self):
        """The rows of the longest time that the GPU was busy, without its edges."""
        best, now = [], []
        for row in [*self.rows, None]:
            if row and (row["busy"] or 0) >= BUSY:
                now.append(row)
                continue
            best, now = max(best, now, key=len), []
        edge = int(self.edge / self.every)
        return best[edge:len(best) - edge] if len(best) > 2 * edge + 5 else []

    def summary(self):
        """Means of the busy time: watts, megahertz, reasons; {} where there is too little."""
        rows = self.busy()
        watts = [row["watts"] for row in rows if row["watts"] is not None]
        clocks = [row["megahertz"] for row in rows if row["megahertz"] is not None]
        bits = 0
        for row in rows:
            bits |= row["reasons"]
        if not watts or not clocks:
            return {}
        return {"watts": statistics.fmean(watts), "megahertz": statistics.median(clocks),
                "reasons": ", ".join(name for bit, name in REASONS.items() if bits & bit),
                "rows": len(rows)}


def number(text):
    try:
        return float(text)
    except ValueError:
        return None  # "[N/A]"


def parsed(line):
    parts = [part.strip() for part in line.split(",")]
    if len(parts) != len(FIGURES):
        return None
    watts, clock, heat, busy = map(number, parts[:4])
    try:
        reasons = int(parts[4], 16)
    except ValueError:
        reasons = 0
    return {"watts": watts, "megahertz": clock, "celsius": heat, "busy": busy, "reasons": reasons}

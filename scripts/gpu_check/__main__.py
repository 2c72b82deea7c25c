"""Checks one accelerator within a given time; prints a compact table last, whatever happened.

Called by scripts/gpu-check. Each step has a limit of time. One that fails, hangs or finds something
is named in the table, and the next follows.
"""

import argparse
import collections
import datetime
import json
import pathlib
import re
import signal
import sys
import tempfile

import problems
import table
from limits import Absent, Plan
from load import loaded
from program import Assay
from torch_process import Torch

# At most so many seconds a step. All of them fit into the minutes, and these, with the start of a
# machine that is lent for twelve, into those.
BUDGETS = {"device": 20, "ceilings": 65, "quick": 75, "llm": 165, "load": 45, "kernels": 45,
           "conform": 90, "bundles": 25}
MINUTES = 9
TORCH = 20  # seconds for one problem, after which PyTorch hangs
GROUP = 4  # problems that Assay measures before PyTorch has its turn


class Check:
    def __init__(self, options):
        self.options = options
        self.share = options.minutes / MINUTES  # of the usual time
        self.sizes = problems.Rehearsed if options.rehearse else problems.Real
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gpu-check-"))
        self.logs = self.folder / "logs"
        self.logs.mkdir()
        self.assay = Assay(options, self.logs, patience=20 * max(1, self.share))
        self.torch = Torch(self.logs)
        self.device, self.peaks, self.rows, self.failed = {}, {}, [], []
        self.started = datetime.datetime.now(datetime.timezone.utc)
        self.measured = None

    def store(self, step):
        return self.folder / f"{step}.db"

    def run(self, step, limit, *arguments, texts=()):
        words = [word for text in texts for word in ("--problem", text)]
        records, late = self.assay.measure(self.store(step), limit, *words, *arguments,
                                           "--timeout", self.sizes.timeout)
        self.failed += table.failures(records)
        return records, late

    def summed(self, records, late, more=""):
        """Whether a run is good, and its numbers in words."""
        good = table.verified(records)
        bad = table.failures(records)
        text = f"{len(good)} verified, {len(bad)} failed," \
               f" {sum(map(table.doubtful, good))} doubtful{more}{late}"
        return bool(good) and not bad and not late, text

    # The steps.

    def find(self, limit):
        report = self.assay.report(self.store("device"), limit)
        if not report["devices"]:
            hint = f"; hint: {report['hint']}" if report["hint"] else ""
            raise Absent(f"{report['failure'] or report['summary']}{hint}")
        self.device = report["devices"][0]
        self.peaks = table.peaks(self.options.systems, self.device["name"])
        return True, f"{self.device['name']}, {self.device['driver']}"

    def ceilings(self, limit):
        records, late = self.run("ceilings", limit, "--mode", "hot", "--budget", self.sizes.budget,
                                 texts=self.sizes.ceilings)
        rates = {}
        for one in filter(table.rate, table.verified(records)):
            kind = "memory" if one["operation"] in ("copy", "triad") else one["work"]["type"]
            told = (table.rate(one), one["operation"])
            rates[kind] = max(rates.get(kind, told), told)
        told = [f"{kind} {value / 1e12:.4g} T by {by}" for kind, (value, by) in rates.items()]
        return self.summed(records, late, f"; {', '.join(told)}" if told else "")

    def quick(self, limit):
        return self.summed(*self.run("quick", limit, *self.sizes.quick))

    def llm(self, limit):
        texts, late, stored = list(self.sizes.llm), "", []
        whys = collections.Counter()
        while texts and limit.left() > 3 and not late:
            group, texts = texts[:GROUP], texts[GROUP:]
            records, late = self.run("llm", limit, "--mode", "hot", "--budget", self.sizes.budget,
                                     "--division", "library", "--division", "portable",
                                     "--division", "native", texts=group)
            stored += records
            for text in group:
                mine = [one for one in records if table.is_of(one, text)]
                seconds, by, why = self.torch.measure(text, limit, TORCH * self.share)
                whys.update([why] if why else [])
                self.rows.append({**table.row(text, mine, seconds, self.peaks), "by": by,
                                  "torch_seconds": seconds})
        self.torch.stop()
        more = f"; {self.torch.version}" if self.torch.version else ""
        more += "".join(f"; {count} without PyTorch: {why}" for why, count in whys.items())
        if texts:
            more += f"; no time for {len(texts)} problems"
        return self.summed(stored, late, more)

    def load(self, limit):
        return loaded(self.assay, self.sizes, self.store("load"), self.device.get("bus_id", ""),
                      self.folder / "nvidia-smi.csv", limit)

    def kernels(self, limit):
        records, late = self.run("kernels", limit, "--mode", "hot", "--budget", self.sizes.budget,
                                 "--tune", "--division", "portable", "--division", "native",
                                 texts=self.sizes.kernels)
        native = sum(one["implementation"]["division"] == "native" for one in records)
        more = f"; {native} native" if native else "; this module has no native kernels for them"
        return self.summed(records, late, more)

    def conform(self, limit):
        file = self.options.bin / f"assay_backend_{self.options.module}.so"
        code, out = self.assay.call(self.store("quick"), limit, "conform", file, "--device", "0",
                                    *self.sizes.conform)
        return code == 0, " ".join(out.strip().splitlines()[-2:]) or f"exit code {code}"

    def bundles(self, limit):
        """Keeps each run as a bundle, and checks that it is whole."""
        name = re.sub(r"[^a-z0-9]+", "-", self.device["name"].lower()).strip("-")
        self.measured = self.options.out / f"{self.started:%Y-%m-%dT%H%M}-{name}"
        self.measured.mkdir(parents=True, exist_ok=True)
        written = []
        for store in sorted(self.folder.glob("*.db")):
            runs = self.assay.json(store, limit, "show", "--runs") if store.exists() else []
            for number, run in enumerate(sorted(runs, key=lambda one: one["started"]), 1):
                path = self.measured / f"{store.stem}-{number}.assay"
                code, _ = self.assay.call(store, limit, "export", run["id"], "--bundle", path)
                if code != 0:
                    raise RuntimeError(f"run {run['id']} of {store} was not exported")
                written.append(path)
        log = self.folder / "nvidia-smi.csv"
        if log.exists():
            (self.measured / log.name).write_text(log.read_text())
        _, told = self.assay.call(self.store("device"), limit, "verify", "--json", *written)
        damaged = len(written) - len(json.loads(told)) if written else 0
        return bool(written) and damaged == 0, f"{len(written)} in {self.measured}"

    # The whole.

    def carry_out(self):
        # Finding a device takes as long as it does, on a machine that computes in its place above all.
        finding = 600 if self.options.rehearse else BUDGETS["device"]
        plan = self.plan = Plan(60 * self.options.minutes - BUDGETS["device"] + finding)
        steps = {"device": self.find, "ceilings": self.ceilings, "quick": self.quick,
                 "llm": self.llm, "load": self.load, "kernels": self.kernels,
                 "conform": self.conform, "bundles": self.bundles}
        for name, action in steps.items():
            if self.options.only and name not in (*self.options.only, "device"):
                continue
            plan.step(name, finding if name == "device" else BUDGETS[name] * self.share, action)
            if not self.device:
                return

    def finish(self):
        """Prints the table, and keeps it; returns the exit code."""
        lines = ["", f"gpu-check of {self.started:%Y-%m-%d %H:%M} UTC:"
                     f" {self.device.get('name', 'no device')}"
                     f"{' (rehearsed: no figure means anything)' if self.options.rehearse else ''}"]
        if self.rows:
            lines += table.rows_text(self.rows)
        lines += [f"failed: {one}" for one in self.failed[:10]]
        if len(self.failed) > 10:
            lines.append(f"failed: {len(self.failed) - 10} more, see {self.logs}")
        lines += table.outcomes_text(self.plan.outcomes)
        bad = [one.step for one in self.plan.outcomes if not one.good()]
        lines.append(f"all steps are good; logs in {self.logs}" if self.device and not bad else
                     f"not good: {', '.join(bad) or 'no device'}; logs in {self.logs}")
        text = "\n".join(lines)
        print(text, flush=True)
        if self.measured is not None and self.measured.exists():
            (self.measured / "table.txt").write_text(text + "\n")
            torch = [{key: one[key] for key in ("problem", "torch_seconds", "by")}
                     for one in self.rows]
            (self.measured / "torch.json").write_text(json.dumps(torch, indent=1) + "\n")
        if not self.device:
            return 3
        return 1 if bad or self.failed else 0


def main():
    parser = argparse.ArgumentParser(prog="gpu-check", description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--libraries", default="")
    parser.add_argument("--module", default="nvidia")
    parser.add_argument("--systems", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--only", action="append", choices=list(BUDGETS))
    parser.add_argument("--rehearse", action="store_true")
    check = Check(parser.parse_args())

    def stopped(*_):
        raise KeyboardInterrupt

    # Whoever ends this from outside gets the table of what there is.
    signal.signal(signal.SIGTERM, stopped)
    try:
        check.carry_out()
    except KeyboardInterrupt:
        check.failed.append("ended from outside")
        check.torch.stop()
    return check.finish()


if __name__ == "__main__":
    sys.exit(main())

"""Measures one GPU with Assay and, in the same run, with PyTorch; prints a compact table last.

Called by scripts/gpu-check. Each problem is measured by Assay (library and portable) and at once
after by PyTorch on operands of the same shapes and types, hot, median of event timings.
"""

import argparse
import json
import math
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import tomllib

MATMULS = [(8192, 8192, 8192)]
# Layers of Llama-3 8B and 70B and DeepSeek-V3: tokens, outputs, inputs.
LAYERS = [(n, k) for n, k in ((6144, 4096), (4096, 4096), (28672, 4096), (4096, 14336), (10240, 8192),
                              (8192, 8192), (57344, 8192), (8192, 28672), (24576, 1536),
                              (7168, 16384), (4096, 7168), (7168, 2048))]
TOKENS = (16, 512, 2048)
ATTENTIONS = [(1, 32, 8, 4096, 4096, 128, "causal"), (1, 32, 8, 4096, 4096, 128, "none"),
              (4, 32, 32, 2048, 2048, 64, "causal"), (16, 32, 8, 1, 8192, 128, "none")]


def matmul_text(m, n, k, a="bf16", c="bf16", layout="nt"):
    return f"matmul m={m} n={n} k={k} a={a} c={c} layout={layout}"


def attention_text(b, hq, hkv, sq, skv, d, mask):
    return f"attention b={b} hq={hq} hkv={hkv} sq={sq} skv={skv} d={d} type=bf16 mask={mask}"


def problems(quick):
    tokens, layers = (TOKENS[1:2], LAYERS[:3]) if quick else (TOKENS, LAYERS)
    texts = [matmul_text(*shape) for shape in MATMULS]
    texts += [matmul_text(m, n, k) for m in tokens for n, k in layers]
    texts += [attention_text(*one) for one in (ATTENTIONS[:1] if quick else ATTENTIONS)]
    texts += [matmul_text(8192, 8192, 8192, "f8e4m3", "f32"),
              matmul_text(8192, 8192, 8192, "i8", "i32"), "copy n=268435456 type=f32",
              "triad n=268435456 type=f32"]
    return texts


def fields(text):
    return dict(pair.split("=") for pair in text.split()[1:])


class Assay:
    def __init__(self, folder, module, store):
        self.program = str(folder / "assay")
        self.module_file = str(folder / f"assay_backend_{module}.so")
        self.module = module
        self.environment = dict(os.environ, ASSAY_DB=str(store), ASSAY_BACKEND_PATH=str(folder))

    def json(self, *arguments):
        done = subprocess.run([self.program, *arguments, "--json"], env=self.environment,
                              capture_output=True, text=True)
        try:
            return json.loads(done.stdout)
        except json.JSONDecodeError:
            return {"failure": done.stderr.strip() or f"exit code {done.returncode}"}

    def report(self):
        for module in self.json("devices").get("modules", []):
            if module["module"] == self.module:
                return module
        return {"devices": [], "summary": "the module is not found", "hint": "", "failure": ""}

    def conforms(self):
        return subprocess.run([self.program, "conform", self.module_file, "--device", "0"],
                              env=self.environment).returncode

    def measure(self, text):
        """Best verified rate of each division, and what failed."""
        answer = self.json("run", "--problem", text, "--device", f"{self.module}:0", "--division=library",
                           "--division=portable", "--mode", "hot", "--budget", "2s")
        best, failures = {}, []
        for record in answer.get("records", []):
            division = record["implementation"].split("/")[0]
            if record["status"] != "ok":
                failures.append(f"{record['implementation']}: {record['status']}"
                                f" {record.get('reason', '')}")
            elif division not in best or record["median_seconds"] < best[division][0]:
                rate = record.get("flop_per_second") or record.get("bytes_per_second")
                best[division] = (record["median_seconds"], rate, record["implementation"])
        if "failure" in answer:
            failures.append(answer["failure"])
        return best, failures


class Torch:
    """PyTorch's median for the same problem; None if it has no equivalent operation."""

    def __init__(self):
        try:
            import torch
        except ImportError:
            self.torch = None
            return
        self.torch = torch if torch.cuda.is_available() else None

    def seconds(self, text):
        if self.torch is None:
            return None
        make = {"matmul": self.matmul, "attention": self.attention}.get(text.split()[0])
        try:
            calls = make(fields(text)) if make else []
            return min((self.median(call) for call in calls), default=None)
        except (RuntimeError, AttributeError, NotImplementedError) as error:
            print(f"  torch: {str(error).splitlines()[0]}")
            return None

    def random(self, *extents, dtype):
        return (self.torch.rand(*extents, device="cuda") * 2 - 1).to(dtype)

    def matmul(self, f):
        torch = self.torch
        m, n, k = (int(f[name]) for name in "mnk")
        if f["a"] == "bf16":
            a, b = self.random(m, k, dtype=torch.bfloat16), self.random(n, k, dtype=torch.bfloat16)
            return [lambda: torch.matmul(a, b.t())]
        if f["a"] == "i8":
            a = torch.randint(-127, 128, (m, k), device="cuda", dtype=torch.int8)
            b = torch.randint(-127, 128, (n, k), device="cuda", dtype=torch.int8)
            return [lambda: torch._int_mm(a, b.t())]
        a = self.random(m, k, dtype=torch.float8_e4m3fn)
        b = self.random(n, k, dtype=torch.float8_e4m3fn)
        one = torch.ones((), device="cuda")
        return [lambda: torch._scaled_mm(a, b.t(), scale_a=one, scale_b=one,
                                         out_dtype=torch.float32, use_fast_accum=False)]

    def attention(self, f):
        torch = self.torch
        from torch.nn.attention import SDPBackend, sdpa_kernel
        b, hq, hkv, sq, skv, d = (int(f[x]) for x in ("b", "hq", "hkv", "sq", "skv", "d"))
        q = self.random(b, hq, sq, d, dtype=torch.bfloat16)
        key = self.random(b, hkv, skv, d, dtype=torch.bfloat16)
        value = self.random(b, hkv, skv, d, dtype=torch.bfloat16)
        causal, grouped = f["mask"] == "causal", hq != hkv

        def by(backend):
            def call():
                with sdpa_kernel(backend):
                    torch.nn.functional.scaled_dot_product_attention(
                        q, key, value, is_causal=causal, enable_gqa=grouped)
            return call

        usable = []
        for backend in (SDPBackend.FLASH_ATTENTION, SDPBackend.CUDNN_ATTENTION,
                        SDPBackend.EFFICIENT_ATTENTION):
            try:
                by(backend)()
                usable.append(by(backend))
            except RuntimeError:
                pass
        return usable

    def median(self, call, launches=50):
        cuda = self.torch.cuda
        for _ in range(10):
            call()
        events = [(cuda.Event(enable_timing=True), cuda.Event(enable_timing=True))
                  for _ in range(launches)]
        for start, stop in events:
            start.record()
            call()
            stop.record()
        cuda.synchronize()
        return statistics.median(start.elapsed_time(stop) for start, stop in events) * 1e-3


def peaks(systems, name):
    """Datasheet peaks of the chip whose system description matches the device's name."""
    for path in sorted(systems.glob("*.toml")):
        for system in tomllib.loads(path.read_text()).get("system", []):
            pattern = system.get("match", {}).get("name")
            if pattern and re.search(pattern, name):
                values = {}
                for one in system.get("property", []):
                    number = re.match(r"([\d.]+) ([TP])(FLOP|OP)/s$", str(one.get("value", "")))
                    if number:
                        scale = 1e12 if number[2] == "T" else 1e15
                        values[one["quantity"]] = float(number[1]) * scale
                return values
    return {}


def row(text, best, torch_seconds, peak):
    library, portable = best.get("library"), best.get("portable")
    kind = {"bf16": "bf16", "f8e4m3": "fp8", "i8": "int8"}.get(fields(text).get("a"))
    ceiling = peak.get(f"peak.{kind}")
    fastest = library or portable
    return {"problem": text,
            "rate": fastest and fastest[1],
            "implementation": fastest[2] if fastest else "none",
            "torch": library[0] and torch_seconds and torch_seconds / library[0] if library else None,
            "portable": library[0] / portable[0] if library and portable else None,
            "peak": library[1] / ceiling if library and ceiling else None}


def number(value, form):
    return "-" if value is None else format(value, form)


def table(rows):
    print(f"\n{'rate':>10} {'x torch':>8} {'portable':>9} {'of peak':>8}  problem (implementation)")
    for one in rows:
        rate = "-" if one["rate"] is None else f"{one['rate'] / 1e12:.4g} T"
        print(f"{rate:>10} {number(one['torch'], '.3f'):>8} {number(one['portable'], '.1%'):>9}"
              f" {number(one['peak'], '.1%'):>8}  {one['problem']} ({one['implementation']})")
    for operation in ("matmul", "attention"):
        ratios = [one["torch"] for one in rows
                  if one["torch"] and one["problem"].startswith(operation)]
        if ratios:
            mean = math.exp(statistics.fmean(map(math.log, ratios)))
            print(f"{operation}: {mean:.3f} x torch in the geometric mean of {len(ratios)},"
                  f" minimum {min(ratios):.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--module", required=True)
    parser.add_argument("--systems", type=pathlib.Path, required=True)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    store = pathlib.Path(tempfile.mkdtemp(prefix="gpu-check-")) / "check.db"
    assay = Assay(options.bin, options.module, store)
    report = assay.report()
    if not report["devices"]:
        print(f"gpu-check: no device: {report['failure'] or report['summary']}")
        if report["hint"]:
            print(f"           hint: {report['hint']}")
        return 3
    device = report["devices"][0]
    print(f"gpu-check: {device['name']}, {device['driver']}; results in {store}")
    conformance = assay.conforms()
    torch, peak, rows, failures = Torch(), peaks(options.systems, device["name"]), [], []
    if torch.torch is None:
        print("PyTorch with GPU support is not installed: nothing to compare with")
    for text in problems(options.quick):
        best, failed = assay.measure(text)
        failures += [f"{text}: {one}" for one in failed]
        rows.append(row(text, best, torch.seconds(text), peak))
    for failure in failures:
        print(f"failed: {failure}")
    table(rows)
    print(f"conformance: {'green' if conformance == 0 else f'exit code {conformance}'};"
          f" failed measurements: {len(failures)}")
    return 1 if conformance != 0 or failures else 0


if __name__ == "__main__":
    sys.exit(main())

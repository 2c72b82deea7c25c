"""PyTorch's times for problems, in a process of its own: reads a problem a line, answers in JSON.

The first answer tells the versions, or why there is nothing to compare with. Times are medians over
spans of at least a millisecond, so that events and Python's own time hardly count: launches of one
span are captured in a CUDA graph where PyTorch can capture them.
"""

import json
import math
import os
import statistics
import sys

from problems import fields

SPAN, SPANS, MOST = 1e-3, 15, 256


class Rates:
    def __init__(self, torch):
        self.torch = torch
        matmul = torch.backends.cuda.matmul
        # As the libraries are asked by Assay: f32 is f32, and sums are not rounded on the way.
        matmul.allow_tf32 = False
        matmul.allow_bf16_reduced_precision_reduction = False
        matmul.allow_fp16_reduced_precision_reduction = False

    def seconds(self, text):
        """The best of PyTorch's ways: (seconds, which). None where it has no such operation."""
        make = {"matmul": self.matmul, "attention": self.attention}.get(text.split()[0])
        times = []
        for name, call in make(fields(text)) if make else []:
            seconds, how = self.median(call)
            times.append((seconds, f"{name}, {how}"))
        return min(times, default=None)

    def random(self, *extents, dtype):
        return (self.torch.rand(*extents, device="cuda") * 2 - 1).to(dtype)

    def matmul(self, f):
        torch = self.torch
        m, n, k = (int(f[name]) for name in "mnk")
        if f["a"] == "bf16":
            a, b = self.random(m, k, dtype=torch.bfloat16), self.random(n, k, dtype=torch.bfloat16)
            return [("torch.matmul", lambda: torch.matmul(a, b.t()))]
        if f["a"] == "i8":
            a = torch.randint(-127, 128, (m, k), device="cuda", dtype=torch.int8)
            b = torch.randint(-127, 128, (n, k), device="cuda", dtype=torch.int8)
            return [("torch._int_mm", lambda: torch._int_mm(a, b.t()))]
        a = self.random(m, k, dtype=torch.float8_e4m3fn)
        b = self.random(n, k, dtype=torch.float8_e4m3fn)
        one = torch.ones((), device="cuda")
        return [("torch._scaled_mm", lambda: torch._scaled_mm(
            a, b.t(), scale_a=one, scale_b=one, out_dtype=torch.float32, use_fast_accum=False))]

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
        for name in ("FLASH_ATTENTION", "CUDNN_ATTENTION", "EFFICIENT_ATTENTION"):
            try:
                call = by(getattr(SDPBackend, name))
                call()
                usable.append((f"sdpa {name.split('_')[0].lower()}", call))
            except (RuntimeError, AttributeError):
                pass
        return usable

    def timed(self, call, spans):
        cuda = self.torch.cuda
        events = [(cuda.Event(enable_timing=True), cuda.Event(enable_timing=True))
                  for _ in range(spans)]
        for start, stop in events:
            start.record()
            call()
            stop.record()
        cuda.synchronize()
        return statistics.median(start.elapsed_time(stop) for start, stop in events) * 1e-3

    def median(self, call):
        for _ in range(3):
            call()
        once = max(self.timed(call, 5), 1e-7)
        joined = min(MOST, math.ceil(SPAN / once))
        if joined == 1:
            return self.timed(call, SPANS), "single launches"
        try:
            graph = self.torch.cuda.CUDAGraph()
            with self.torch.cuda.graph(graph):
                for _ in range(joined):
                    call()
            graph.replay()
            return self.timed(graph.replay, SPANS) / joined, f"{joined} in a graph"
        except RuntimeError:
            self.torch.cuda.synchronize()

        def together():
            for _ in range(joined):
                call()
        return self.timed(together, SPANS) / joined, f"{joined} joined"


def main():
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints must not come between the answers

    def say(**what):
        print(json.dumps(what), file=answers, flush=True)

    try:
        import torch
    except ImportError as why:
        return say(failure=f"PyTorch is not here ({why})")
    if not torch.cuda.is_available():
        return say(failure="PyTorch sees no GPU")
    rates = Rates(torch)
    say(version=f"PyTorch {torch.__version__}, {torch.cuda.get_device_name(0)}")
    for line in sys.stdin:
        try:
            found = rates.seconds(line.strip())
            say(seconds=found and found[0], by=found and found[1])
        except Exception as why:  # the next problem may be computed all the same
            say(failure=str(why).splitlines()[0] if str(why) else type(why).__name__)


if __name__ == "__main__":
    main()

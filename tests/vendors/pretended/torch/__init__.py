"""A pretended PyTorch for the test of scripts/gpu-check: every operation takes 10 microseconds of a
time that is counted, and computes nothing.
  ASSAY_FAKE_TORCH=hang       operations never return
  ASSAY_FAKE_TORCH=no-graphs  refuses to capture graphs
"""

import os
import types

from . import nn

__version__ = "0.0 (pretended)"
bfloat16, float8_e4m3fn, float32, int8 = "bfloat16", "float8_e4m3fn", "float32", "int8"
OPERATION = 10e-6

backends = types.SimpleNamespace(cuda=types.SimpleNamespace(matmul=types.SimpleNamespace()))
_now = 0.0
_captured = None


class Tensor:
    def __init__(self, *extents):
        self.extents = extents

    def __mul__(self, _):
        return self

    def __sub__(self, _):
        return self

    def to(self, _):
        return self

    def t(self):
        return Tensor(*reversed(self.extents))


def _made(*extents, device, dtype=None):
    if device != "cuda":
        raise RuntimeError("operands are expected on the GPU")
    return Tensor(*extents)


rand = _made


def ones(extents, device):
    return _made(*extents, device=device)


def randint(_low, _high, extents, device, dtype):
    return _made(*extents, device=device, dtype=dtype)


def _operation():
    global _now, _captured
    if os.environ.get("ASSAY_FAKE_TORCH") == "hang":
        import signal
        signal.pause()
    if _captured is None:
        _now += OPERATION
    else:
        _captured += 1


def _product(a, b):
    if a.extents[-1] != b.extents[0]:
        raise RuntimeError("the matrices do not fit each other")
    _operation()


matmul = _int_mm = _product


def _scaled_mm(a, b, scale_a, scale_b, out_dtype, use_fast_accum):
    _product(a, b)


class Event:
    def __init__(self, enable_timing):
        self.at = None

    def record(self):
        self.at = _now

    def elapsed_time(self, stop):
        return (stop.at - self.at) * 1e3


class CUDAGraph:
    operations = 0

    def replay(self):
        for _ in range(self.operations):
            _operation()


class _Capture:
    def __init__(self, graph):
        self.graph = graph

    def __enter__(self):
        global _captured
        if os.environ.get("ASSAY_FAKE_TORCH") == "no-graphs":
            raise RuntimeError("operation not permitted when stream is capturing")
        _captured = 0

    def __exit__(self, *_):
        global _captured
        self.graph.operations, _captured = _captured, None


cuda = types.SimpleNamespace(
    is_available=lambda: True,
    get_device_name=lambda _: "Pretended nvidia GPU",
    synchronize=lambda: None,
    Event=Event,
    CUDAGraph=CUDAGraph,
    graph=_Capture,
)


def _attention(query, key, value, is_causal, enable_gqa):
    if query.extents[1] % key.extents[1] != 0 or not enable_gqa and query.extents[1] != key.extents[1]:
        raise RuntimeError("the heads do not fit each other")
    _operation()


nn.functional = types.SimpleNamespace(scaled_dot_product_attention=_attention)

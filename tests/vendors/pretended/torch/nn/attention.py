"""Of the ways to compute attention, only one is there."""

import contextlib
import enum


class SDPBackend(enum.Enum):
    FLASH_ATTENTION = 1
    CUDNN_ATTENTION = 2
    EFFICIENT_ATTENTION = 3


@contextlib.contextmanager
def sdpa_kernel(backend):
    if backend != SDPBackend.CUDNN_ATTENTION:
        raise RuntimeError("no available kernel")
    yield

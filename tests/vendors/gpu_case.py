"""What the tests of CUDA-shaped vendors share: each over its pretended runtime."""

import dataclasses
import os
import shutil

from assay_case import FAKES
from vendor_case import VendorCase


@dataclasses.dataclass(frozen=True)
class Gpu:
    """A vendor whose runtime copies CUDA, as its pretended one is laid out."""

    vendor: str
    variable: str
    home: str
    runtime: str  # prefix of the runtime's calls
    launch: str = ""  # the driver's call; empty: no kernels
    blas: str = ""  # the BLAS; empty: none
    blas_lt: str = ""
    compile: str = ""
    attention: str = ""  # the library of attention; empty: none


GPUS = {
    gpu.vendor: gpu
    for gpu in (
        Gpu(
            *("nvidia", "CUDA_HOME", "nvidia", "cuda", "cuLaunchKernel"),
            *("cublas", "cublaslt", "nvrtcCompileProgram", "cudnn"),
        ),
        Gpu(
            *("amd", "ROCM_PATH", "amd", "hip", "hipModuleLaunchKernel"),
            *("hipblas", "hipblaslt", "hiprtcCompileProgram"),
        ),
        Gpu(
            *("hygon", "DTK_ROOT", "hygon/dtk", "hip", "hipModuleLaunchKernel"),
            *("hipblas", "hipblaslt", "hiprtcCompileProgram"),
        ),
        Gpu(
            *("moorethreads", "MUSA_HOME", "moorethreads", "musa", "muLaunchKernel"),
            *("mublas", "", "mtrtcCompileProgram"),
        ),
        Gpu(
            *("metax", "MACA_PATH", "metax", "mc", "mcModuleLaunchKernel"),
            *("mcblas", "", "mcrtcCompileProgram"),
        ),
        Gpu(
            *("iluvatar", "COREX_HOME", "iluvatar/corex", "cuda", "cuLaunchKernel"),
            *("cublas", "cublaslt", "nvrtcCompileProgram"),
        ),
        Gpu("kunlunxin", "KUNLUN_HOME", "kunlunxin/xpu", "cuda"),
        Gpu("biren", "BIRENSUPA_HOME", "biren", "su"),
    )
}

# Other variables by which one of them might be found on the machine that tests.
OTHERS = (
    *("CUDA_PATH", "ROCM_HOME", "HIP_PATH", "DTKROOT", "DTK_HOME", "MUSA_ROOT", "MUSA_PATH"),
    *("MACA_HOME", "MACA_ROOT", "XPU_HOME", "SUPA_HOME"),
)


def home(gpu):
    """The folder that its variable names."""
    return FAKES / gpu.home


class GpuCase(VendorCase):
    """A test with the pretended runtime of one vendor in place, and no other's."""

    gpu = None

    def setUp(self):
        self.vendor, self.variable = self.gpu.vendor, self.gpu.variable
        super().setUp()
        for name in (*OTHERS, *(one.variable for one in GPUS.values())):
            self.environment.pop(name, None)
        self.environment[self.variable] = str(home(self.gpu))
        files = self.folder / "dev"
        files.mkdir()
        (files / "kfd").touch()
        self.environment["ASSAY_DEVICE_FILES"] = str(files)

    def copied_home(self, gpu, to):
        """The vendor's libraries in a folder of another name."""
        folder = self.folder / to
        for source, _, names in os.walk(home(gpu)):
            for name in names:
                if name.startswith("libassay_"):
                    continue
                target = folder / os.path.relpath(source, home(gpu)) / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(os.path.join(source, name), target)
        return folder

"""Base of the tests of vendors that copy CUDA, with their fake runtimes."""

import dataclasses
import json
import os
import pathlib
import shutil
import subprocess

from assay_case import FAKES
from vendor_case import VendorCase


@dataclasses.dataclass(frozen=True)
class Gpu:
    """A vendor whose runtime copies CUDA: its dialect and the folder of its fake runtime. Calls and libraries that it does not have are empty."""

    vendor: str
    home: pathlib.Path  # the folder that its variable names
    variable: str
    runtime: str  # prefix of the runtime's calls
    malloc: str
    launch: str  # the driver's call
    compile: str
    blas: str
    gemm: str
    blas_lt: str
    attention: str
    integers: bool  # the BLAS multiplies i8


def fake_libraries(vendor):
    """The files of a vendor's fake libraries; empty if it has none."""
    files = (FAKES / vendor).rglob("lib*.so*")
    return [file for file in files if not file.name.startswith("libassay_")]


def pretended(vendor, dialect):
    """The Gpu of a dialect (tests/fakes/cudalike/dialects.cpp), with its fake runtime."""
    libraries = fake_libraries(vendor)
    # A fake may lack the Lt library that its dialect names.
    has_blas_lt = any(file.name in dialect["blas_lt_libraries"][:1] for file in libraries)
    calls = ("runtime", "malloc", "launch", "compile", "blas", "gemm", "attention", "integers")
    # Others may lie in folders of their own.
    (runtime,) = (file for file in libraries if file.name in dialect["runtime_libraries"])
    return Gpu(
        vendor=vendor,
        home=runtime.parent.parent,
        variable=dialect["variables"][0],
        blas_lt=dialect["blas_lt"] if has_blas_lt else "",
        **{name: dialect[name] for name in calls},
    )


DIALECTS = json.loads(
    subprocess.run([FAKES / "dialects"], stdout=subprocess.PIPE, check=True).stdout
)
GPUS = {
    vendor: pretended(vendor, dialect)
    for vendor, dialect in DIALECTS.items()
    if fake_libraries(vendor)
}
# Variables by which a real runtime might be found on the test machine.
HOME_VARIABLES = {name for dialect in DIALECTS.values() for name in dialect["variables"]}


class GpuCase(VendorCase):
    """A test with the fake runtime of only one vendor."""

    gpu = None

    def setUp(self):
        self.vendor, self.variable = self.gpu.vendor, self.gpu.variable
        super().setUp()
        for name in HOME_VARIABLES:
            self.environment.pop(name, None)
        self.environment[self.variable] = str(self.gpu.home)
        files = self.folder / "dev"
        files.mkdir()
        for name in ("kfd", "nvidiactl") if self.vendor == "nvidia" else ("kfd",):
            (files / name).touch()
        self.environment["ASSAY_DEVICE_FILES"] = str(files)

    def copied_home(self, gpu, to):
        """The vendor's libraries in a folder with another name."""
        folder = self.folder / to
        for source, _, names in os.walk(gpu.home):
            for name in names:
                if name.startswith("libassay_"):
                    continue
                target = folder / os.path.relpath(source, gpu.home) / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(os.path.join(source, name), target)
        return folder

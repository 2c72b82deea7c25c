"""All families of devices get the same operand bits for a problem."""

import collections
import json
import unittest

from assay_case import FAKES, AssayCase
from gpu_case import GPUS, HOME_VARIABLES

HOMES = {"ascend": "ASCEND_TOOLKIT_HOME", "cambricon": "NEUWARE_HOME"}
KERNELS = {gpu.vendor for gpu in GPUS.values() if gpu.launch} | {"cpu"}
BLAS = {gpu.vendor for gpu in GPUS.values() if gpu.blas} | {"cpu", *HOMES}
INTEGERS = {gpu.vendor for gpu in GPUS.values() if gpu.integers} | {"cpu", "ascend"}
ALL = {*GPUS, *HOMES, "cpu"}

# Each operation of the quick suite, with the families that support it.
PROBLEMS = {
    "fma n=512 steps=16 type=f32": KERNELS,
    "triad n=4099 type=f32": KERNELS | {*HOMES},
    "copy n=4099 type=bf16": ALL,
    "matmul m=48 n=40 k=64 a=f32": BLAS,
    "matmul m=48 n=40 k=64 a=bf16": BLAS,
    "matmul m=64 n=64 k=64 a=i8": INTEGERS,
    "attention b=1 hq=2 hkv=1 sq=40 skv=72 d=64 type=f32": KERNELS,
    "attention b=1 hq=2 hkv=1 sq=40 skv=72 d=64 type=bf16 mask=causal": KERNELS | {"ascend"},
    "mla_decode b=1 hq=16 skv=64 type=bf16": KERNELS | {"ascend"},
    "paged_attention b=2 hq=4 hkv=2 skv=64 d=64 type=bf16": KERNELS,
    "grouped_matmul tokens=24 n=16 k=32 groups=3 a=bf16 c=bf16 routing=zipf": KERNELS | {"ascend"},
    "transfer direction=h2d memory=pinned n=4099 type=f32": ALL - {"cpu"},
}


class Operands(AssayCase):
    def setUp(self):
        super().setUp()
        del self.environment["ASSAY_BACKEND_PATH"]
        for name in HOME_VARIABLES:
            self.environment.pop(name, None)
        for gpu in GPUS.values():
            self.environment[gpu.variable] = str(gpu.home)
        for vendor, variable in HOMES.items():
            self.environment[variable] = str(FAKES / vendor)
        files = self.folder / "dev"
        files.mkdir()
        (files / "kfd").touch()
        self.environment["ASSAY_DEVICE_FILES"] = str(files)

    def test_every_family_is_given_the_same_operands(self):
        modules = json.loads(self.assay("devices", "--json").stdout)["modules"]
        there = {one["module"] for one in modules if one["devices"]}
        self.assertLessEqual(ALL, there)
        words = [word for problem in PROBLEMS for word in ("--problem", problem)]
        divisions = ("--division", "library", "--division", "portable", "--division", "native")
        self.assay("run", *words, *divisions, "--budget", "1ms")
        hashes, families = collections.defaultdict(set), collections.defaultdict(set)
        for record in self.records():
            if record["status"] == "unsupported":
                continue
            self.assertEqual(record["status"], "ok", (record["problem"], record["reason"]))
            hashes[record["problem"]].add(record["operands_hash"])
            families[record["problem"]].add(record["device"]["backend"])
        self.assertEqual(len(hashes), len(PROBLEMS))
        for problem, expected in PROBLEMS.items():
            words = set(problem.split())
            (text,) = (one for one in hashes if words <= set(one.split()))
            with self.subTest(problem):
                self.assertEqual(len(hashes[text]), 1)
                self.assertLessEqual(expected, families[text])


if __name__ == "__main__":
    unittest.main()

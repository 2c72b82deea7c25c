"""Recognising the vendor of a libcudart: several vendors' runtimes use NVIDIA's name."""

import shutil
import unittest

from assay_case import FAKES
from gpu_case import GPUS, GpuCase


class NvidiaCase(GpuCase):
    gpu = GPUS["nvidia"]

    def test_a_runtime_in_another_vendors_folder_is_not_taken(self):
        for vendor in ("iluvatar", "kunlunxin"):
            with self.subTest(vendor):
                module = self.module(CUDA_HOME=str(GPUS[vendor].home))
                foreign = module["details"]["runtime.foreign"]
                self.assertIn(vendor.capitalize() + "'s", foreign)
                self.assertFalse(
                    any(device["name"].startswith("Pretended") for device in module["devices"])
                )

    def test_a_runtime_is_known_by_its_symbols_where_its_folder_says_nothing(self):
        folder = self.copied_home(GPUS["iluvatar"], "elsewhere")
        module = self.module(CUDA_HOME=str(folder))
        foreign = module["details"]["runtime.foreign"]
        self.assertIn("Iluvatar's", foreign)
        self.assertIn("ixThunkInit", foreign)

    def test_a_wrapper_of_another_vendors_runtime_is_that_vendors(self):
        files = self.folder / "ppu-dev"
        files.mkdir()
        (files / "alixpu_ppu0").touch()
        module = self.module(ASSAY_DEVICE_FILES=str(files))
        self.assertEqual(module["devices"], [])
        self.assertIn("T-Head's", module["details"]["runtime.foreign"])
        home = self.copied_home(self.gpu, "PPU_SDK/CUDA_SDK")
        module = self.module(CUDA_HOME=str(home))
        foreign = module["details"]["runtime.foreign"]
        self.assertIn("/PPU_SDK/", foreign)
        self.assertIn("T-Head's", foreign)

    def test_cards_of_which_nothing_says_who_made_them_are_nobodys(self):
        (device,) = self.module()["devices"]
        self.assertEqual(device["vendor"], "NVIDIA")
        files = self.folder / "other-dev"
        files.mkdir()
        (files / "otherxpu0").touch()
        module = self.module(ASSAY_DEVICE_FILES=str(files))
        (device,) = module["devices"]
        self.assertEqual(device["vendor"], "CUDA of an unknown maker")
        self.assertIn("CUDA of an unknown maker", module["summary"])
        self.assertTrue(module["details"]["runtime.owner"].startswith("unknown: "))

    def wheels(self):
        """A virtual environment with the vendor's libraries as its wheels install them."""
        packages = self.folder / "venv/lib/python3.11/site-packages/nvidia"
        folders = {"cudart": "cuda_runtime", "nvrtc": "cuda_nvrtc", "cublasLt": "cublas"}
        for library in (self.gpu.home / "lib64").iterdir():
            name = library.name.removeprefix("lib").split(".")[0]
            if name in ("cuda", "nvidia-ml"):  # the driver's
                continue
            to = packages / folders.get(name, name) / "lib" / (library.name + ".13")
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library, to)
        return self.folder / "venv"

    def test_libraries_are_found_in_pythons_wheels(self):
        venv = self.wheels()
        module = self.module(CUDA_HOME=str(self.folder), VIRTUAL_ENV=str(venv))
        self.assertEqual(len(module["devices"]), 1)
        self.assertIn("nvidia/cuda_runtime/lib/libcudart.so.13", module["summary"])
        self.assertIn("nvidia/*/lib among Python's packages", module["details"]["sought"])
        (record,) = self.run_problems(
            "matmul m=64 n=32 k=48 a=f32", options=("--implementation", "library/cublas"),
            CUDA_HOME=str(self.folder), VIRTUAL_ENV=str(venv),
        )
        self.assertEqual(record["check"]["outcome"], "right")

    def test_an_older_runtime_serves_where_the_newest_is_too_new_for_the_driver(self):
        module = self.module(VIRTUAL_ENV=str(self.wheels()), ASSAY_FAKE_TOO_NEW="1")
        self.assertEqual(len(module["devices"]), 1)
        self.assertIn("site-packages", module["summary"])
        self.assertIn("runtime.too_new", module["details"])
        module = self.module(ASSAY_FAKE_TOO_NEW="9")
        self.assertEqual(module["devices"], [])
        self.assertIn("35", module["summary"])


class IluvatarCase(GpuCase):
    gpu = GPUS["iluvatar"]

    def test_nvidias_runtime_is_not_taken(self):
        module = self.module(COREX_HOME=str(GPUS["nvidia"].home))
        self.assertEqual(module["devices"], [])
        self.assertIn("NVIDIA's", module["summary"])

    def test_its_own_is_taken_from_a_folder_of_any_name(self):
        folder = self.copied_home(GPUS["iluvatar"], "elsewhere")
        module = self.module(COREX_HOME=str(folder))
        self.assertEqual(len(module["devices"]), 1)


class BirenCase(GpuCase):
    gpu = GPUS["biren"]

    def test_f32_is_not_computed_in_fewer_bits(self):
        (record,) = self.run_problems(
            "matmul m=64 n=48 k=80 a=f32 dist=normal",
            options=("--implementation", "library/sublas"),
        )
        self.assertEqual(record["check"]["outcome"], "right")
        self.assertIn("no public source", record["implementation"]["details"]["inferred"])

    def test_the_names_of_older_releases_serve_a_runtime_that_has_only_these(self):
        older = {"BIREN_HOME": str(FAKES / "biren_1_10")}
        module = self.module(**older)
        self.assertEqual(len(module["devices"]), 1)
        self.assertEqual(module["details"]["runtime.names"], "su*, of Biren's other SDK")
        (record,) = self.run_problems("copy n=1000 type=f32", **older)
        self.assertEqual(record["check"]["outcome"], "right")
        self.assertNotIn("runtime.names", self.module()["details"])


class MetaxCase(GpuCase):
    gpu = GPUS["metax"]

    def test_the_names_of_its_other_sdk_serve_a_runtime_that_has_only_these(self):
        other = {"MACA_PATH": str(FAKES / "metax_hpcc")}
        module = self.module(**other)
        self.assertEqual(len(module["devices"]), 1)
        self.assertEqual(module["details"]["runtime.names"], "hc*, of MetaX's other SDK")
        records = self.run_problems("copy n=1000 type=f32", "matmul m=64 n=48 k=80 a=f16", **other)
        self.assertEqual({one["check"]["outcome"] for one in records}, {"right"})
        self.assertIn("library/mcblas", {one["implementation"]["name"] for one in records})
        self.assertNotIn("runtime.names", self.module()["details"])


class AmdCase(GpuCase):
    gpu = GPUS["amd"]

    def test_the_cache_that_all_dies_share_is_known(self):
        (device,) = self.module(ASSAY_FAKE_CAPABILITY="94")["devices"]
        self.assertEqual(device["cache_bytes"], 256 << 20)
        (device,) = self.module(ASSAY_FAKE_CAPABILITY="103")["devices"]
        self.assertEqual(device["cache_bytes"], 1 << 20)

    def test_nothing_of_hip_is_called_without_its_device_file(self):
        module = self.module(
            exit_code=0,
            ASSAY_DEVICE_FILES=str(self.folder),
            ASSAY_FAKE_FAULT="crash@hipGetDeviceCount",
        )
        self.assertEqual(module["devices"], [])
        self.assertIn("/dev/kfd", module["summary"])


if __name__ == "__main__":
    unittest.main()

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

    def test_an_instance_of_a_divided_gpu_is_called_so(self):
        (device,) = self.module()["devices"]
        self.assertTrue(device["unique_id"].startswith("GPU-5a5a5a5a-5a5a-"))
        (device,) = self.module(ASSAY_FAKE_MIG="1")["devices"]
        self.assertTrue(device["unique_id"].startswith("MIG-5a5a5a5a-5a5a-"))
        self.assertIn("the whole GPU", device["properties"]["power.scope"])

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

    def sensor_files(self):
        """The PCI devices of a machine with one card, as the kernel shows them."""
        folder = self.folder / "pci/0000:01:00.0/hwmon/hwmon3"
        folder.mkdir(parents=True)
        files = {
            "name": "amdgpu", "power1_input": 412000000, "power1_cap": 750000000,
            "freq1_label": "sclk", "freq1_input": 2100000000,
            "freq2_label": "mclk", "freq2_input": 1300000000,
            "temp1_label": "edge", "temp1_input": 41000,
            "temp2_label": "junction", "temp2_input": 63000,
        }
        for name, value in files.items():
            (folder / name).write_text(f"{value}\n")
        return str(self.folder / "pci")

    def sensors(self, **environment):
        (record,) = self.run_problems(
            "copy n=1000 type=f32", options=("--implementation", "library/memcpy"), **environment
        )
        return record["sensors"]

    def test_the_kernels_files_tell_what_the_library_does_not(self):
        pci = self.sensor_files()
        sensors = self.sensors(ASSAY_PCI_DEVICES=pci, ASSAY_FAKE_CAPABILITY="94")
        self.assertEqual(sensors["clock_hz_median"], 2.1e9)
        self.assertEqual(sensors["memory_clock_hz_median"], 1.3e9)
        self.assertEqual(sensors["temperature_celsius_maximum"], 63)
        (device,) = self.module(ASSAY_PCI_DEVICES=pci)["devices"]
        self.assertIn("hwmon3", device["properties"]["gpu.sensor_files"])

    def test_without_them_the_temperature_is_the_junctions_too(self):
        sensors = self.sensors(ASSAY_PCI_DEVICES=str(self.folder))
        self.assertEqual(sensors["temperature_celsius_maximum"], 58)

    def test_its_unique_id_is_text(self):
        (device,) = self.module()["devices"]
        self.assertEqual(device["unique_id"], "GPU-5a5a5a5a5a5a5a50")

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

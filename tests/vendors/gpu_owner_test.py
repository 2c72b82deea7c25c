"""Recognising the vendor of a libcudart: several vendors' runtimes use NVIDIA's name."""

import unittest

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


class AmdCase(GpuCase):
    gpu = GPUS["amd"]

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

"""The program on an Ascend device with a fake CANN."""

import json
import re
import tomllib
import unittest

from assay_case import FAKES, SOURCE
from vendor_case import VendorCase

TRIAD = "triad n=64 type=f32"


class AscendCase(VendorCase):
    vendor = "ascend"
    variable = "ASCEND_TOOLKIT_HOME"


class Absent(AscendCase):
    def test_newer_toolkits_are_looked_for_first_and_named_homes_before_them(self):
        summary = self.module(ASCEND_TOOLKIT_HOME=str(self.folder))["summary"]
        places = ("$ASCEND_TOOLKIT_HOME", "/usr/local/Ascend/cann,", "/ascend-toolkit/latest")
        found = [summary.find(place) for place in places]
        self.assertNotIn(-1, found, summary)
        self.assertEqual(found, sorted(found))

    def test_without_cann_one_line_says_what_was_looked_for_and_what_is_missing(self):
        home = str(self.folder)
        module = self.module(ASCEND_TOOLKIT_HOME=home)
        self.assertEqual(module["devices"], [])
        self.assertIn("libascendcl.so", module["summary"])
        self.assertIn("$ASCEND_TOOLKIT_HOME", module["summary"])
        self.assertNotIn("\n", module["summary"])
        self.assertIn("set_env.sh", module["hint"])
        shown = self.assay("devices", "--explain", ASCEND_TOOLKIT_HOME=home).stdout
        self.assertIn("library.libascendcl.so", shown)
        self.assertFits(shown)

    def test_an_invalid_library_is_named_with_the_linkers_reason(self):
        folder = self.folder / "lib64"
        folder.mkdir()
        (folder / "libascendcl.so").write_text("no library" * 100)
        module = self.module(ASCEND_TOOLKIT_HOME=str(self.folder))
        self.assertIn("cannot be opened", module["summary"])
        self.assertIn("invalid ELF header", module["summary"])
        self.assertIn("invalid ELF header", dict(module["details"])["library.libascendcl.so"])

    def test_a_home_by_a_relative_path_decides_nothing(self):
        module = self.module(ASCEND_TOOLKIT_HOME="fakes/ascend")
        self.assertEqual(module["devices"], [])

    def test_cann_without_a_device_says_so(self):
        module = self.module(ASSAY_FAKE_ASCEND_DEVICES="0")
        self.assertEqual(module["devices"], [])
        self.assertIn("finds no device", module["summary"])
        self.assertIn("npu-smi", module["hint"])

    def test_a_failure_crash_or_hang_while_probing_is_reported_and_harms_nothing(self):
        words = {
            "fail@aclInit": "aclInit: error 500001",
            "fail@aclrtGetDeviceCount": "aclrtGetDeviceCount: error 500001",
            "crash@aclInit": "SIGSEGV",
        }
        for fault, word in words.items():
            with self.subTest(fault):
                module = self.module(exit_code=0, ASSAY_FAKE_FAULT=fault)
                self.assertEqual(module["devices"], [])
                self.assertIn(word, module["summary"] + module["failure"])


class Operators(AscendCase):
    """Where aclnn finds its operators: ASCEND_OPP_PATH."""

    def home_without_operators(self):
        home = self.folder / "home"
        home.mkdir()
        (home / "lib64").symlink_to(FAKES / "ascend/lib64")
        return home

    def test_a_toolkit_found_by_its_path_is_told_where_its_operators_are(self):
        self.environment.pop("ASCEND_OPP_PATH", None)
        (record,) = self.run_problems(TRIAD)
        self.assertEqual(record["status"], "ok", record["reason"])
        details = dict(self.module(exit_code=0)["details"])
        self.assertEqual(details["ASCEND_OPP_PATH"], f"was not set; set to {FAKES}/ascend/opp")

    def test_one_that_the_environment_sets_stays(self):
        operators = self.folder / "opp"
        operators.mkdir()
        home = self.home_without_operators()
        variables = {"ASCEND_TOOLKIT_HOME": str(home), "ASCEND_OPP_PATH": str(operators)}
        (record,) = self.run_problems(TRIAD, **variables)
        self.assertEqual(record["status"], "ok", record["reason"])
        self.assertNotIn("ASCEND_OPP_PATH", dict(self.module(**variables)["details"]))

    def test_where_none_are_found_the_reason_says_what_to_source(self):
        self.environment.pop("ASCEND_OPP_PATH", None)
        home = self.home_without_operators()
        self.run_problems(TRIAD, exit_code=None, ASCEND_TOOLKIT_HOME=str(home))
        (record,) = self.records("--status", "unsupported")
        self.assertIn("561107", record["reason"])
        self.assertIn("ASCEND_OPP_PATH", record["reason"])
        self.assertIn("source the set_env.sh", record["reason"])
        details = dict(self.module(ASCEND_TOOLKIT_HOME=str(home))["details"])
        self.assertIn("no opp beside", details["ASCEND_OPP_PATH"])


class Devices(AscendCase):
    def test_two_dies_of_a_package_are_two_devices_of_one_chip(self):
        devices = self.module(exit_code=0, ASSAY_FAKE_ASCEND_DEVICES="16")["devices"]
        self.assertEqual(len(devices), 16)
        seats = [
            (device["properties"]["chip"], device["properties"]["die"]) for device in devices
        ]
        self.assertEqual(seats, [(str(i // 2), str(i % 2)) for i in range(16)])
        self.assertTrue(devices[0]["properties"]["chip.source"].startswith("DCMI"))

    def test_without_dcmi_data_the_pairing_is_marked_as_assumed(self):
        (_, second) = self.module(exit_code=0, ASSAY_FAKE_ASCEND_DCMI="0")["devices"]
        self.assertEqual(second["properties"]["die"], "1")
        self.assertIn("assumed", second["properties"]["chip.source"])

    def test_a_package_of_one_die_is_one_chip(self):
        devices = self.module(exit_code=0, ASSAY_FAKE_ASCEND_SOC="Ascend910B3")["devices"]
        self.assertEqual([device["properties"]["chip"] for device in devices], ["0", "1"])
        self.assertNotIn("chip.dies", devices[0]["properties"])

    def test_the_power_of_a_package_of_two_dies_is_labelled(self):
        first, second = (one["properties"] for one in self.module(exit_code=0)["devices"])
        self.assertEqual(first["power.scope"], "the whole package of 2 dies")
        self.assertTrue(second["power.scope"].startswith("none"), second)
        (alone, _) = self.module(exit_code=0, ASSAY_FAKE_ASCEND_SOC="Ascend910B3")["devices"]
        self.assertNotIn("power.scope", alone["properties"])

    def test_the_clock_is_said_to_be_the_rated_one(self):
        device = self.module(exit_code=0)["devices"][0]
        self.assertEqual(device["clock_hz"], 1.8e9)
        self.assertIn("rated", device["properties"]["clock.source"])
        device = self.module(exit_code=0, ASSAY_FAKE_ASCEND_DCMI="0")["devices"][0]
        self.assertNotIn("clock.source", device["properties"])

    def test_the_dies_of_visible_devices_are_those_of_the_driver(self):
        devices = self.module(
            exit_code=0, ASSAY_FAKE_ASCEND_DEVICES="4", ASCEND_RT_VISIBLE_DEVICES="1,2"
        )["devices"]
        seats = [(one["properties"]["chip"], one["properties"]["die"]) for one in devices]
        self.assertEqual(seats, [("0", "1"), ("1", "0")])
        (device,) = self.module(
            exit_code=0, ASSAY_FAKE_ASCEND_DCMI="0", ASCEND_RT_VISIBLE_DEVICES="1"
        )["devices"]
        self.assertEqual(device["properties"]["die"], "1")

    def test_the_name_fits_the_published_system(self):
        system = tomllib.loads((SOURCE / "results/systems/ascend910c.toml").read_text())
        pattern = system["system"][0]["match"]["name"]
        device = self.module(exit_code=0, ASSAY_FAKE_ASCEND_SOC="Ascend910_9382")["devices"][0]
        self.assertEqual(device["name"], "Ascend910_9382")
        self.assertTrue(re.search(pattern, device["name"]))
        # Another grade of the 910C, whose peak is another one.
        device = self.module(exit_code=0)["devices"][0]
        self.assertEqual(device["name"], "Ascend910_9392")
        self.assertFalse(re.search(pattern, device["name"]))

    def test_the_version_is_reported(self):
        module = self.module(exit_code=0, ASSAY_FAKE_ASCEND_VERSION="9.9.T1")
        self.assertIn("CANN 9.9.T1", module["devices"][0]["driver"])


class Versions(AscendCase):
    OLD = {"ASCEND_TOOLKIT_HOME": str(FAKES / "ascend_8_1")}

    def test_a_cann_that_cannot_number_visible_devices_has_no_sensors_rather_than_anothers(self):
        devices = self.module(exit_code=0, **self.OLD)["devices"]
        self.assertEqual(devices[1]["properties"]["die"], "1")
        (device,) = self.module(exit_code=0, ASCEND_RT_VISIBLE_DEVICES="1", **self.OLD)["devices"]
        properties = device["properties"]
        self.assertNotIn("chip", properties)
        self.assertIn("aclrtGetLogicDevIdByUserDevId", properties["sensors"])
        self.assertEqual(device["clock_hz"], 0)

    def test_integers_are_multiplied_by_what_it_has(self):
        for home, name in (({}, "aclnnQuantMatmulV5"), (self.OLD, "aclnnQuantMatmulV4")):
            (record,) = self.run_problems("matmul m=32 n=32 k=32 a=i8", **home)
            self.assertEqual(record["status"], "ok", record["reason"])
            self.assertEqual(record["implementation"]["details"]["operator"], name)

    def collective(self, budget="20ms", **environment):
        self.assay(
            *("run", "--ranks", "1", "--device", "ascend", "--budget", budget),
            *("--problem", "all_reduce n=1024 type=f32 ranks=1"),
            exit_code=0,
            **environment,
        )
        (record,) = self.records()
        self.assertEqual(record["implementation"]["name"], "library/hccl")
        return record

    def test_communicators_are_of_one_library_or_of_two(self):
        for home in ({}, self.OLD):
            self.assertEqual(self.collective(**home)["status"], "ok")

    def test_variables_that_move_the_results_of_hccl_are_compared(self):
        before = self.collective(budget="200ms")
        values = {
            "HCCL_BUFFSIZE": "400",
            "HCCL_OP_EXPANSION_MODE": "AIV",
            "HCCL_DETERMINISTIC": "true",
        }
        after = self.collective(budget="200ms", **values)
        words = ("compare", before["run"], after["run"], "--doubtful", "--json")
        (comparison,) = json.loads(self.assay(*words, exit_code=0).stdout)["comparisons"]
        (row,) = (row for group in comparison["groups"] for row in group["rows"])
        for name, value in values.items():
            self.assertIn({"what": name, "a": "not set", "b": value}, row["unlike"])


class Runs(AscendCase):
    def test_every_operation_is_measured_and_verified(self):
        records = self.run_problems(
            "matmul m=96 n=96 k=96 a=f32",
            "matmul m=96 n=96 k=96 a=bf16",
            "matmul m=96 n=96 k=96 a=i8",
            "attention b=1 hq=4 hkv=2 sq=64 skv=64 d=64 type=bf16 mask=causal",
            "grouped_matmul tokens=64 n=32 k=48 groups=4 a=bf16 c=bf16 routing=zipf",
            "transfer direction=d2h n=4096 type=f32",
            "launch n=64",
            "copy n=4096 type=f32",
            TRIAD,
        )
        self.assertEqual({record["status"] for record in records}, {"ok"})
        self.assertEqual(len(records), 10)
        names = {record["implementation"]["name"] for record in records}
        self.assertEqual(
            names,
            {
                "library/acl",
                "library/aclnn",
                "library/aclnn_flash",
                "library/aclnn_fused_infer",
                "library/aclnn_quant",
            },
        )

    def test_latent_attention_is_verified_for_one_query_and_for_several(self):
        records = self.run_problems(
            "mla_decode b=2 hq=16 skv=96 type=bf16",
            "mla_decode b=1 hq=8 sq=3 skv=40 type=f16 mask=causal",
        )
        self.assertEqual([record["status"] for record in records], ["ok", "ok"])
        for record in records:
            details = record["implementation"]["details"]
            self.assertEqual(details["operator"], "aclnnFusedInferAttentionScoreV3")
            self.assertIn("within its time", details["split"])

    def test_what_attention_cannot_do_is_said(self):
        for problem, word in (
            ("mla_decode b=1 hq=8 sq=3 skv=40 type=f16", "mask=causal"),
            ("mla_decode b=1 hq=24 skv=40 type=f16", "powers of two"),
            ("mla_decode b=1 hq=8 skv=40 latent=256 type=f16", "512 with 64"),
            *(
                (f"attention b=1 hq=2 hkv=2 sq=8 skv=8 d=64 type=f16 {more}", "without window")
                for more in ("mask=causal window=4", "softcap=50", "sinks=learned")
            ),
        ):
            shown = self.assay("run", "--problem", problem, "--device", "ascend:0")
            self.assertIn(word, shown.stdout + shown.stderr)

    def test_weights_are_multiplied_in_the_units_own_layout_too(self):
        for layout in ("nn", "nt", "tn"):
            with self.subTest(layout):
                (record,) = self.run_problems(
                    f"matmul m=24 n=40 k=72 a=bf16 c=bf16 layout={layout}",
                    options=("--implementation", "library/aclnn_nz"),
                )
                self.assertEqual(record["check"]["outcome"], "right", record["reason"])
                self.assertIn("NZ", record["implementation"]["details"]["packing"])
        shown = self.assay(
            *("run", "--problem", "matmul m=8 n=8 k=8 a=bf16 c=bf16", "--device", "ascend:0"),
            *("--implementation", "library/aclnn_nz"),
            ASSAY_FAKE_ASCEND_SOC="Ascend950PR_9589",
        )
        self.assertIn("makes no weights for this chip", shown.stdout + shown.stderr)

    def test_a_runtime_error_of_a_plan_is_a_refusal_and_that_of_a_launch_is_not(self):
        plan = {"ASSAY_FAKE_ASCEND_STATUS": "aclnnAddGetWorkspaceSize=361001"}
        (record,) = self.run_problems(TRIAD, exit_code=3, **plan)
        self.assertEqual(record["status"], "unsupported", record["reason"])
        launch = {"ASSAY_FAKE_ASCEND_STATUS": "aclnnAdd=361001"}
        (record,) = self.run_problems(TRIAD, exit_code=1, **launch)
        self.assertEqual(record["status"], "error", record["reason"])

    def test_the_family_says_that_it_never_ran_on_hardware(self):
        self.assertIn("untried on hardware", self.module()["details"]["hardware"])

    def test_the_quick_suite_is_verified(self):
        self.assertQuickSuite("attention", "copy", "matmul", "triad")

    def test_a_cann_that_rounds_first_is_not_asked_for_f32(self):
        shown = self.assay(
            *("run", "--problem", "matmul m=8 n=8 k=8 a=bf16", "--device", "ascend:0"),
            ASSAY_FAKE_ASCEND_ROUNDS="1",
        )
        self.assertIn("rounds the product", shown.stdout + shown.stderr)

    def test_faults_become_records(self):
        outcomes = {
            "fail@aclrtMalloc": ("error", "aclrtMalloc"),
            "oom@aclrtMalloc": ("out-of-memory", "207001"),
            "crash@aclnnAdd": ("crashed", "SIGSEGV"),
            "crash@aclnnAddGetWorkspaceSize": ("crashed", "SIGSEGV"),
            "fail@aclnnAdd.run": ("error", "507015"),
            "wrong@aclnnAdd.run": ("wrong", ""),
        }
        for fault, (status, word) in outcomes.items():
            self.assertOutcome(fault, status, word, TRIAD)

    def test_a_hang_is_killed_and_recorded(self):
        self.assertOutcome(
            "hang@aclrtSynchronizeEvent", "timeout", "3.00 s", TRIAD, ("--timeout", "3s")
        )

    def test_the_run_goes_on_after_a_fault(self):
        records = self.run_problems(
            "copy n=64 type=f32", TRIAD, exit_code=1, ASSAY_FAKE_FAULT="crash@aclnnAdd"
        )
        self.assertEqual(
            {record["operation"]: record["status"] for record in records},
            {"copy": "ok", "triad": "crashed"},
        )


if __name__ == "__main__":
    unittest.main()

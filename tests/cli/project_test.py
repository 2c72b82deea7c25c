"""assay project and network: projections are marked, impossible ones refused."""

import json
import pathlib
import unittest

from assay_case import PROGRAM, AssayCase

R1 = ("--system", "cloudmatrix384", "--model", "deepseek-r1")


class Project(AssayCase):
    def project(self, *arguments, exit_code=0):
        return self.assay("project", *arguments, exit_code=exit_code)

    def test_a_projection_is_marked_and_lists_its_inputs(self):
        told = self.project(*R1, "--batch", "96", "--predict", "1").stdout
        self.assertFits(told)
        self.assertTrue(told.startswith("projected, not measured"))
        for words in ("per chip", "system ", "TPOT", "memory", "token/s per kW", "efficiency."):
            self.assertIn(words, told)

    def test_json_has_figures_with_intervals_and_inputs_with_sources(self):
        told = json.loads(self.project(*R1, "--json", "--draws", "200").stdout)
        self.assertEqual(told["origin"], "projected")
        rate = told["tokens_per_second_per_chip"]
        self.assertLess(rate["lower"], rate["value"])
        self.assertLess(rate["value"], rate["upper"])
        for one in told["inputs"]:
            self.assertTrue(one["source"], one["name"])

    def test_a_time_per_token_gives_the_batch(self):
        batches = [
            json.loads(self.project(*R1, "--target-tpot", time, "--draws", "100", "--json").stdout)[
                "batch_per_chip"
            ]
            for time in ("30ms", "60ms")
        ]
        self.assertLess(batches[0], batches[1])

    def test_the_default_batch_is_limited_by_memory(self):
        told = json.loads(
            self.project("--system", "h800-cluster", "--model", "llama3-405b", "--json").stdout
        )
        self.assertLess(told["batch_per_chip"], 32)
        self.assertLess(told["memory_bytes"]["cache"], told["memory_bytes"]["capacity"])

    def test_a_matmul_on_all_chips(self):
        told = self.project("--system", "cloudmatrix384", "--matmul", "bf16").stdout
        self.assertIn("projected, not measured", told)
        self.assertIn("PFLOP/s", told)

    def test_the_validation_says_what_was_fitted_and_the_errors_of_the_rest(self):
        told = self.project("--validate", "--html", "page.html").stdout
        self.assertFits(told)
        self.assertIn("rows were not used for fitting", told)
        self.assertEqual(told.count(" fitted"), 8)
        page = (self.folder / "page.html").read_text()
        self.assertIn("CloudMatrix-Infer decodes DeepSeek-R1 at 1,943 token/s", page)

    def test_records_of_another_kind_of_device_are_refused(self):
        self.measure()
        said = self.project(*R1, "--from", "last", exit_code=2).stderr
        self.assertIn("there is no verified record of Ascend 910C die", said)

    def test_impossible_deployments_are_refused_in_one_line(self):
        for arguments, words in (
            ((), "--system: is missing"),
            (("--system", "cloudmatrix"), "cloudmatrix384"),
            (("--system", "cloudmatrix384"), "--model or --matmul: is missing"),
            (("--system", "cloudmatrix384", "--model", "gpt"), "model gpt: unknown"),
            ((*R1, "--ep", "8"), "does not fit"),
            ((*R1, "--phase", "training"), "--phase training: is not prefill or decode"),
            ((*R1, "--type", "f4"), "type f4"),
            (("--system", "cloudmatrix384", "--matmul", "f64"), "no peak.f64 is published"),
            ((*R1, "--target-tpot", "1us"), "per output token"),
            ((*R1, "--target-tpot", "50ms", "--batch", "4"), "--batch"),
            ((*R1, "--target-tpot", "50ms", "--phase", "prefill"), "no time per output token"),
            ((*R1, "--batch", "nan"), "--batch nan: is not a number above zero"),
            ((*R1, "--tp", "-3"), "--tp -3: is too small"),
            ((*R1, "--predict", "-1"), "--predict -1"),
            ((*R1, "--html", "page.html"), "--validate"),
            ((*R1, "--matmul", "bf16"), "--m"),
        ):
            with self.subTest(arguments):
                said = self.project(*arguments, exit_code=2).stderr
                self.assertEqual(said.count("error:"), 1)
                self.assertIn(words, said)


class NetworkVerb(AssayCase):
    def test_tiers_and_costs_with_their_sources(self):
        told = self.assay("network", "cloudmatrix384", "--collective", "all_to_all").stdout
        self.assertFits(told)
        self.assertIn("UB between nodes", told)
        self.assertIn("ascend910c-die:link.bandwidth.ub", told)
        self.assertIn("projected from these figures", told)
        costs = json.loads(self.assay("network", "h800-cluster", "--ranks", "16", "--json").stdout)
        self.assertTrue(costs["projected"])
        self.assertEqual(costs["ranks"], 16)

    def test_any_number_of_ranks_is_priced_and_simulated_alike(self):
        arguments = ("network", "cloudmatrix384", "--ranks", "100", "--size", "1 MiB")
        cost = json.loads(self.assay(*arguments, "--json").stdout)["costs"][0]["closed_form"]
        self.assertAlmostEqual(
            cost["busbw_bytes_per_second"] / cost["algbw_bytes_per_second"], 2 * 99 / 100
        )
        told = self.assay("network", "--help").stdout
        self.assertIn("of reductions is left out", " ".join(told.split()))
        self.assertFits(self.assay(*arguments).stdout)
        simulator = pathlib.Path(PROGRAM).parent / "assay-simulate"
        if not simulator.exists():
            self.skipTest("this build has no simulator")
        simulated = self.assay(*arguments, "--simulate", "--json").stdout
        simulated = json.loads(simulated)["costs"][0]["simulated"]
        self.assertEqual(simulated["algorithm"], cost["algorithm"])
        self.assertLess(abs(simulated["seconds"] / cost["seconds"] - 1), 0.02)

    def test_impossible_deployments_are_refused(self):
        for arguments, words in (
            (("nowhere",), "there is no description of the network of nowhere"),
            (("cloudmatrix384", "--ranks", "9999"), "do not fit into the 768 endpoints"),
            (("cloudmatrix384", "--size", "much"), "--size much"),
            (("cloudmatrix384", "--collective", "gossip"), "--collective gossip: is not one of"),
            (("cloudmatrix384", "--endpoints", "100"), "do not fill groups of 16"),
        ):
            with self.subTest(arguments):
                self.assertIn(words, self.assay("network", *arguments, exit_code=2).stderr)


if __name__ == "__main__":
    unittest.main()

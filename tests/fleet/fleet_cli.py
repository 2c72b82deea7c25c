"""assay fleet, on simulated runs whose faults are known."""

import csv
import io
import json
import os
import subprocess
import unittest

from assay_case import AssayCase

SIMULATED = os.environ["ASSAY_SIMULATED_RUN"]


class FleetVerb(AssayCase):
    def simulate(self, devices, problems, faults=""):
        file = self.folder / "run.jsonl"
        with open(file, "w") as out:
            subprocess.run([SIMULATED, str(devices), str(problems), faults], stdout=out, check=True)
        self.assay("import", file, exit_code=0)

    def test_a_fleet_without_faults_is_good(self):
        self.simulate(384, 6)
        told = self.assay("fleet", exit_code=0).stdout
        self.assertIn("384 × Simulated accelerator: no outliers", told)
        self.assertFits(told)
        self.assertEqual(self.assay("fleet", "--drain", exit_code=0).stdout, "")

    def test_faults_are_reported_for_people_schedulers_and_vendors(self):
        self.simulate(384, 6, "slow:17,hot:3,noisy:200,answer:5,lost:6")
        told = self.assay("fleet", exit_code=1).stdout
        self.assertFits(told)
        self.assertIn("5 outliers", told)
        for words in ("other output  r00n00 slot 5, serial S000005", "slow          r00n02 slot 1"):
            self.assertIn(words, told)
        self.assertEqual(self.assay("fleet", "--drain", exit_code=1).stdout, "r00n00,r00n02\n")
        rows = list(csv.DictReader(io.StringIO(self.assay("fleet", "--csv", exit_code=1).stdout)))
        self.assertEqual(
            [(row["fault"], row["serial"]) for row in rows],
            [("other output", "S000005"), ("failed", "S000006"), ("slow", "S000017"),
             ("hot", "S000003"), ("noisy", "S000200")],
        )
        for row in rows:
            record = row["records"].split()[0]
            self.assertIn(record, self.assay("show", "--record", record, "--json").stdout)
        fleet = json.loads(self.assay("fleet", "--json", exit_code=1).stdout)[0]
        self.assertEqual(len(fleet["devices"]), 384)
        self.assertEqual(fleet["drain"], ["r00n00", "r00n02"])
        slow = next(one for one in fleet["findings"] if one["fault"] == "slow")
        self.assertAlmostEqual(slow["size"], 0.077, delta=0.03)

    def test_the_page_has_a_place_for_every_device_and_needs_no_network(self):
        self.simulate(64, 2, "slow:17")
        self.assay("fleet", "--html", "fleet.html", "--rack", "^(r[0-9]+)", exit_code=1)
        page = (self.folder / "fleet.html").read_text()
        self.assertEqual(page.count("<rect class"), 64)
        self.assertIn("r00 r00n02 slot 1", page)
        self.assertNotIn("http://", page.replace("http://www.w3.org", ""))
        self.assertIn("exists and was not written by Assay", self.refused("--html", "run.jsonl"))

    def refused(self, *arguments):
        return self.assay("fleet", *arguments, exit_code=2).stderr

    def test_a_fleet_too_small_to_test_speeds_is_not_called_good(self):
        self.simulate(4, 2)
        told = self.assay("fleet", exit_code=3).stdout
        self.assertIn("no fault was found; slowness was not tested", told)
        fleet = json.loads(self.assay("fleet", "--json", exit_code=3).stdout)[0]
        self.assertEqual(fleet["speed_tested"], 0)

    def test_input_that_is_not_a_fleet_is_refused(self):
        self.simulate(1, 2)
        self.assertIn("these records are of one device", self.refused())
        self.assertIn("--rack r[0-9]: is not", self.refused("--rack", "r[0-9]"))
        self.assertIn("--level", self.refused("--level", "much"))
        self.assertIn("no run", self.refused("feed"))


if __name__ == "__main__":
    unittest.main()

"""What the tests of vendors' modules share: the program over a pretended runtime."""

import json

from assay_case import FAKES, AssayCase


class VendorCase(AssayCase):
    """A test with a vendor's pretended runtime in place."""

    vendor = ""
    variable = ""

    def setUp(self):
        super().setUp()
        self.environment[self.variable] = str(FAKES / self.vendor)
        del self.environment["ASSAY_BACKEND_PATH"]
        # Of what a pretended library computes with, no thread is to wait for others.
        self.environment["OPENBLAS_NUM_THREADS"] = "1"
        # Nothing else on this machine is to be measured, and nothing of it to be found.
        for name in ("ASCEND_TOOLKIT_HOME", "NEUWARE_HOME"):
            if name != self.variable:
                self.environment.pop(name, None)

    def module(self, exit_code=None, **environment):
        """What `assay devices` says of the vendor's module."""
        done = self.assay("devices", "--json", exit_code=exit_code, **environment)
        modules = {module["module"]: module for module in json.loads(done.stdout)["modules"]}
        return modules[self.vendor]

    def run_problems(self, *problems, exit_code=0, options=(), **environment):
        """Runs problems on the vendor's first device, quickly; gives the records."""
        words = [word for problem in problems for word in ("--problem", problem)]
        self.assay(
            *("run", *words, "--device", f"{self.vendor}:0", "--budget", "20ms", *options),
            exit_code=exit_code,
            **environment,
        )
        return self.records()

    def assertQuickSuite(self, *operations, options=()):
        """What the vendor can do of the quick suite is verified, these operations among it."""
        words = ("--suite", "quick", "--device", f"{self.vendor}:0", "--budget", "10ms")
        self.assay("run", *words, *options, exit_code=0)
        records = self.records()
        self.assertEqual({record["status"] for record in records}, {"ok"})
        measured = {record["operation"] for record in records}
        self.assertLessEqual(set(operations), measured)

    def assertOutcome(self, fault, status, word, problem, options=()):
        """A fault becomes a record with this status, whose reason has a word in it."""
        with self.subTest(fault):
            (record,) = self.run_problems(
                problem, exit_code=1, options=options, ASSAY_FAKE_FAULT=fault
            )
            self.assertEqual(record["status"], status, record["reason"])
            self.assertIn(word, record["reason"])

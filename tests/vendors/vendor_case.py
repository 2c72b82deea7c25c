"""Base of the tests of vendors' modules, with fake runtimes."""

import json

from assay_case import FAKES, AssayCase


class VendorCase(AssayCase):
    """A test with a vendor's fake runtime."""

    vendor = ""
    variable = ""

    def setUp(self):
        super().setUp()
        self.environment[self.variable] = str(FAKES / self.vendor)
        del self.environment["ASSAY_BACKEND_PATH"]
        # Threads of the fake libraries must not busy-wait for each other.
        self.environment["OPENBLAS_NUM_THREADS"] = "1"
        # Other devices of this machine must not be found or measured.
        for name in ("ASCEND_TOOLKIT_HOME", "NEUWARE_HOME"):
            if name != self.variable:
                self.environment.pop(name, None)

    def module(self, exit_code=None, **environment):
        """The output of `assay devices` for the vendor's module."""
        done = self.assay("devices", "--json", exit_code=exit_code, **environment)
        modules = {module["module"]: module for module in json.loads(done.stdout)["modules"]}
        return modules[self.vendor]

    def run_problems(self, *problems, exit_code=0, options=(), **environment):
        """Runs problems on the vendor's first device with a small budget; returns the records."""
        words = [word for problem in problems for word in ("--problem", problem)]
        self.assay(
            *("run", *words, "--device", f"{self.vendor}:0", "--budget", "20ms", *options),
            exit_code=exit_code,
            **environment,
        )
        return self.records()

    def assertQuickSuite(self, *operations, options=()):
        """Requires that all supported problems of the quick suite, including these operations, are verified."""
        words = ("--suite", "quick", "--device", f"{self.vendor}:0", "--budget", "10ms")
        self.assay("run", *words, *options, exit_code=0)
        records = self.records()
        self.assertEqual({record["status"] for record in records}, {"ok"})
        measured = {record["operation"] for record in records}
        self.assertLessEqual(set(operations), measured)

    def assertOutcome(self, fault, status, word, problem, options=()):
        """Requires that a fault becomes a record with this status and this word in its reason."""
        with self.subTest(fault):
            (record,) = self.run_problems(
                problem, exit_code=1, options=options, ASSAY_FAKE_FAULT=fault
            )
            self.assertEqual(record["status"], status, record["reason"])
            self.assertIn(word, record["reason"])

"""Base of the tests of vendors' modules, with fake runtimes."""

import json
import re

from assay_case import FAKES, SOURCE, AssayCase


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

    def small_quick_suite(self):
        """The quick suite with sizes that the host can compute quickly in place of the device."""
        quick = (SOURCE / "harness/suites/quick.toml").read_text()

        def smaller(found):
            size = int(found[2])
            return found[1] + str(size // 16 if size > 1 << 20 else size // 4 if size > 512 else size)

        path = self.folder / "small_quick.toml"
        path.write_text(re.sub(r"(?m)^((?:m|n|k|sq|skv) = )(\d+)$", smaller, quick))
        return path

    def assertQuickSuite(self, *operations, options=()):
        """Requires that all supported problems of the quick suite, with smaller sizes and including these operations, are verified."""
        suite = self.small_quick_suite()
        words = ("--suite", suite, "--device", f"{self.vendor}:0", "--budget", "10ms")
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

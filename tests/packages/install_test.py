"""`cmake --install` is complete, and works where the installation was moved to."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

BUILD = pathlib.Path(os.environ["ASSAY_BUILD"])
SOURCE = pathlib.Path(os.environ["ASSAY_SOURCE"])


class Installation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.first, cls.prefix = cls.folder / "first", cls.folder / "elsewhere"
        subprocess.run([os.environ["ASSAY_CMAKE"], "--install", BUILD, "--prefix", cls.first],
                       check=True, capture_output=True)
        cls.first.rename(cls.prefix)
        cls.libraries = cls.prefix / re.search(
            r"(?m)^CMAKE_INSTALL_LIBDIR:\w+=(.+)$", (BUILD / "CMakeCache.txt").read_text())[1]

    def run_installed(self, program, *arguments, exit_code=0):
        done = subprocess.run(
            [self.prefix / program, *arguments], capture_output=True, text=True, check=False, cwd=self.folder,
            env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "ASSAY_DB": str(self.folder / "store.db")},
        )
        self.assertEqual(done.returncode, exit_code, done.stdout + done.stderr)
        return done

    def assertInstalled(self, folder, names):
        self.assertTrue(names, f"nothing is expected in {folder}")
        there = {path.name for path in (self.prefix / folder).iterdir() if path.is_file()}
        self.assertEqual(there, set(names), folder)

    def test_a_moved_program_finds_its_modules_and_measures(self):
        said = self.run_installed("bin/assay", "devices").stdout
        self.assertRegex(said, r"(?m)^cpu:0 ")
        problem = ("--device", "cpu:0", "--budget", "50ms", "--problem", "triad n=4096 type=f32")
        self.assertIn("1 verified, 0 failed", self.run_installed("bin/assay", "run", *problem).stdout)

    def test_all_modules_are_there(self):
        built = {path.name for path in (BUILD / "bin").glob("assay_backend_*.so")}
        self.assertInstalled(self.libraries / "assay", built)

    def test_texts_that_the_program_contains_are_there_to_be_read(self):
        for folder, origin in (("suites", "harness/suites"), ("claims", "results/claims/catalogue"),
                               ("systems", "results/systems"), ("schema", "results/schema")):
            self.assertInstalled(f"share/assay/{folder}", {path.name for path in (SOURCE / origin).iterdir()})

    def test_every_verb_has_a_page_of_the_manual(self):
        verbs = re.findall(r"(?m)^  ([a-z]+) {2,}", self.run_installed("bin/assay", "--help").stdout)
        self.assertIn("run", verbs)
        pages = {f"assay-{verb}.1" for verb in verbs} | {"assay.1", "assay-benchmark.1"}
        self.assertInstalled("share/man/man1", pages)

    def test_documents_and_licence_are_there(self):
        for page in [*SOURCE.glob("*/README.md"), *SOURCE.glob("*/*/README.md")]:
            name = page.relative_to(SOURCE)
            if name.parts[0] != "tests":
                self.assertTrue((self.prefix / "share/doc/assay" / name).is_file(), name)
        for name in ("README.md", "LICENSE", "copyright", "scripts/CHANGELOG.md"):
            self.assertTrue((self.prefix / "share/doc/assay" / name).is_file(), name)

    def test_shells_complete(self):
        for name in ("bash-completion/completions/assay", "zsh/site-functions/_assay",
                     "fish/vendor_completions.d/assay.fish"):
            self.assertIn("assay completion words", (self.prefix / "share" / name).read_text())

    def test_the_unit_of_systemd_starts_the_installed_script(self):
        unit = (self.prefix / "lib/systemd/system/assay-nightly.service").read_text()
        started = pathlib.Path(re.search(r"(?m)^ExecStart=(\S+)", unit)[1])
        # Paths of a unit are absolute: those of the prefix that it was installed for.
        script = self.prefix / started.relative_to(self.first)
        self.assertTrue(os.access(script, os.X_OK), started)
        self.assertTrue((self.prefix / "lib/systemd/system/assay-nightly.timer").is_file())

    def test_the_nightly_script_finds_the_program_beside_it(self):
        done = self.run_installed("libexec/assay/nightly", "--out", self.folder / "nights", "--suite", "nonsense",
                                  exit_code=2)
        self.assertNotIn("program not found", done.stderr)
        self.assertIn("nonsense", done.stderr)

    def test_jobs_are_there_to_be_submitted(self):
        for name in ("assay.sbatch", "assay.pbs"):
            self.assertTrue(os.access(self.prefix / "share/assay/jobs" / name, os.X_OK), name)

    def test_pkg_config_leads_to_the_headers(self):
        path = f"{self.libraries / 'pkgconfig'}:{self.prefix / 'share/pkgconfig'}"
        flags = subprocess.run(["pkg-config", "--cflags", "assay"], check=True, capture_output=True, text=True,
                               env={**os.environ, "PKG_CONFIG_PATH": path}).stdout.split()
        (include,) = [pathlib.Path(flag[2:]) for flag in flags if flag.startswith("-I")]
        self.assertTrue(include.resolve().is_relative_to(self.prefix), include)
        self.assertTrue((include / "backends/assay_backend.h").is_file())
        self.assertTrue((include / "kernels/problem.h").is_file())
        said = subprocess.run(["pkg-config", "--libs", "assay-kernels"], check=True, capture_output=True, text=True,
                              env={**os.environ, "PKG_CONFIG_PATH": path}).stdout.split()
        (folder,) = [pathlib.Path(flag[2:]) for flag in said if flag.startswith("-L") and "elsewhere" in flag]
        self.assertTrue((folder / "libassay_kernels.a").is_file())


if __name__ == "__main__":
    unittest.main()

"""Tab completion and the man page contain the existing options."""

import re
import shutil
import subprocess
import unittest

from assay_case import PROGRAM, AssayCase


class Completion(AssayCase):
    def words(self, *line):
        return self.assay("completion", "words", "--", *line, exit_code=0).stdout.splitlines()

    def test_offers_verbs_then_options_then_values(self):
        self.assertIn("run", self.words(""))
        self.assertNotIn("worker", self.words(""))
        self.assertEqual(self.words("sui"), ["suites"])
        self.assertIn("--suite", self.words("run", "--s"))
        self.assertIn("quick", self.words("run", "--suite", ""))
        self.assertEqual(self.words("run", "--problem", "mat"), ["matmul"])
        self.assertEqual(self.words("run", "--mode", ""), ["cold", "hot"])
        self.assertIn("waic-2025", self.words("check", ""))
        self.assertIn("h200-sxm", self.words("systems", "h"))
        self.assertEqual(self.words("completion", ""), ["bash", "fish", "zsh"])

    def test_offers_families_or_files_and_clauses_to_conform(self):
        self.assertIn("faulty", self.words("conform", ""))
        self.assertIn(":files", self.words("conform", ""))
        self.assertIn("memory.range", self.words("conform", "faulty", "--clause", "mem"))

    def test_leaves_files_to_the_shell(self):
        self.assertEqual(self.words("show", "--db", ""), [":files"])

    def test_offers_nothing_where_nothing_is_allowed(self):
        self.assertEqual(self.words("nonsense", ""), [])
        self.assertEqual(self.words("devices", ""), [])

    def test_offers_the_runs_of_the_store(self):
        self.assertEqual(self.words("show", ""), ["last"])
        self.measure()
        self.assertEqual(len(self.words("show", "")), 2)

    def test_works_in_bash(self):
        script = self.assay("completion", "bash", exit_code=0).stdout
        asked = 'COMP_WORDS=(assay run --sui); COMP_CWORD=2; _assay; echo "${COMPREPLY[@]}"'
        done = subprocess.run(
            ["bash", "-c", f"assay() {{ {PROGRAM} \"$@\"; }}\n{script}\n{asked}"],
            capture_output=True, text=True, check=True, env=self.environment,
        )
        self.assertEqual(done.stdout.split(), ["--suite"])


class Manual(AssayCase):
    def test_names_every_verb_and_is_clean_roff(self):
        page = self.assay("manual", exit_code=0).stdout
        for verb in ("run", "show", "check", "devices", "report"):
            self.assertIn(f".SS assay {verb}\n", page)
        self.assertNotIn("assay worker", page)
        self.assertReadable(page)

    def test_each_verb_has_a_page_of_its_own(self):
        page = self.assay("manual", "show", exit_code=0).stdout
        self.assertIn(".TH ASSAY-SHOW 1 ", page)
        self.assertIn("\nassay\\-show \\- ", page)
        self.assertNotIn(".SH VERBS", page)
        self.assertIn("did you mean `show`", self.assay("manual", "shwo", exit_code=2).stderr)

        folder = self.folder / "man1"
        folder.mkdir()
        self.assay("manual", "--folder", folder, exit_code=0)
        self.assertEqual((folder / "assay-show.1").read_text(), page)
        written = {path.name for path in folder.iterdir()}
        listed = re.findall(r"(?m)^  ([a-z]+) {2,}", self.assay("--help", exit_code=0).stdout)
        self.assertEqual(written, {"assay.1"} | {f"assay-{verb}.1" for verb in listed})
        for path in folder.iterdir():
            self.assertReadable(path.read_text())
            names = re.findall(r"^\.BR (\S+) \(1\)", path.read_text(), re.MULTILINE)
            self.assertLessEqual({name.replace("\\-", "-") + ".1" for name in names}, written)

    def assertReadable(self, page):
        if shutil.which("man") is None:
            self.skipTest("no man here to read it")
        read = subprocess.run(["man", "--warnings", "-l", "-"], input=page, capture_output=True,
                              text=True, check=True, env={**self.environment, "MANWIDTH": "80"})
        self.assertEqual(read.stderr, "")


if __name__ == "__main__":
    unittest.main()

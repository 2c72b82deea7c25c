"""Output that cannot be written: nothing measured is lost, and the exit code tells it."""

import os
import pty
import signal
import stat
import subprocess
import threading
import unittest

from assay_case import COPY, PROGRAM, AssayCase

RUN = ("run", "--problem", COPY, "--device", "faulty", "--budget", "50ms")


class Output(AssayCase):
    def shell(self, redirection, *arguments, **options):
        """The exit code of the program under a shell's redirection."""
        command = f'exec "$0" "$@" {redirection}'
        return subprocess.run(
            ["bash", "-c", command, PROGRAM, *arguments],
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            check=False,
            **options,
        ).returncode

    def test_a_run_keeps_its_records_whatever_becomes_of_its_messages(self):
        for redirection in ("2>&-", "2>/dev/full", ">/dev/full 2>&1", ">&- 2>&-", "<&- >&- 2>&-"):
            with self.subTest(redirection):
                self.store.unlink(missing_ok=True)
                code = self.shell(redirection, *RUN, stdout=subprocess.DEVNULL)
                self.assertEqual(code, 0)
                self.assertEqual(len(self.records()), 2)

    def test_lost_output_of_a_run_is_exit_code_4_and_its_records_are_kept(self):
        for redirection, words in ((">/dev/full", RUN), (">&-", (*RUN, "--json"))):
            with self.subTest(redirection):
                self.store.unlink(missing_ok=True)
                self.assertEqual(self.shell(redirection, *words, stderr=subprocess.DEVNULL), 4)
                self.assertEqual(len(self.records()), 2)

    def test_every_verb_tells_that_its_output_was_lost(self):
        self.measure()
        for verb in (
            *("show", "show --json", "show --csv", "show --runs", "devices", "devices --json"),
            *("suites", "claims", "systems", "operations", "history", "regress", "verify"),
            *("export --format csv", "report -o -", "manual", "completion bash", "--version"),
            *("check waic-2025", "audit", "--help", "conform", "fleet"),
        ):
            for redirection in (">/dev/full", ">&-"):
                with self.subTest(f"{verb} {redirection}"):
                    done = subprocess.run(
                        ["bash", "-c", f'exec "$0" {verb} {redirection}', PROGRAM],
                        env=self.environment,
                        cwd=self.folder,
                        stdin=subprocess.DEVNULL,
                        capture_output=True,
                        text=True,
                        check=False,
                    )
                    self.assertGreaterEqual(done.returncode, 2, done.stderr)
                    self.assertNotEqual(done.stderr, "")

    def test_a_reader_that_has_seen_enough_is_no_error_message(self):
        self.measure()
        here, there = os.pipe()
        os.close(here)
        done = subprocess.run(
            [PROGRAM, "suites"],
            env=self.environment,
            stdout=there,
            stderr=subprocess.PIPE,
            check=False,
        )
        os.close(there)
        self.assertEqual((done.returncode, done.stderr), (4, b""))

    def test_a_run_goes_on_without_its_terminal_if_hanging_up_is_ignored(self):
        terminal, end = pty.openpty()
        process = subprocess.Popen(
            [PROGRAM, *RUN],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=end,
            stderr=end,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
        )
        os.close(end)
        os.close(terminal)
        self.assertEqual(process.wait(), 0)
        self.assertEqual(len(self.records()), 2)

    def test_a_closed_descriptor_is_not_the_store(self):
        self.shell(">&- 2>&-", *RUN)
        self.assertEqual(self.store.read_bytes()[:15], b"SQLite format 3")
        self.assertEqual(len(self.records()), 2)


class Files(AssayCase):
    def export(self, path):
        return self.assay("export", "--format", "openmetrics", "-o", path, exit_code=0)

    def test_a_replaced_file_keeps_its_mode(self):
        self.measure()
        for mode in (0o664, 0o640, 0o600):
            path = self.folder / "assay.prom"
            path.write_text("old")
            path.chmod(mode)
            self.export(path)
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), mode)
            self.assertNotEqual(path.read_text(), "old")

    def test_a_link_is_followed_also_to_a_file_that_is_not_there_yet(self):
        self.measure()
        link = self.folder / "link.prom"
        link.symlink_to("elsewhere.prom")
        self.export(link)
        self.assertTrue(link.is_symlink())
        self.assertTrue((self.folder / "elsewhere.prom").exists())

    def test_a_link_to_itself_is_refused_and_stays(self):
        self.measure()
        for name, target in (("one.prom", "other.prom"), ("other.prom", "one.prom")):
            (self.folder / name).symlink_to(target)
        done = self.assay("export", "--format", "openmetrics", "-o", self.folder / "one.prom",
                          exit_code=2)
        self.assertIn("symbolic links", done.stderr)
        self.assertTrue((self.folder / "one.prom").is_symlink())

    def test_what_a_killed_writer_left_is_removed_by_the_next_one(self):
        self.measure()
        path = self.folder / "assay.prom"
        old = self.folder / ("assay.prom." + "0123456789abcdef" + ".part")
        other = self.folder / "assay.prom.mine.part"
        for file in (old, other):
            file.write_text("left")
            os.utime(file, (1, 1))
        self.export(path)
        self.assertFalse(old.exists())
        self.assertTrue(other.exists())
        self.assertEqual([one.name for one in self.folder.glob("*.part")], [other.name])

    def test_a_pipe_is_written(self):
        self.measure()
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        got = []
        reader = threading.Thread(target=lambda: got.append(pipe.read_text()))
        reader.start()
        self.assay("export", "--format", "csv", "-o", pipe, exit_code=0)
        reader.join()
        self.assertEqual(len(got[0].splitlines()), 3)

    def test_a_pipe_is_no_store(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        done = self.assay("show", "--db", pipe, exit_code=2)
        self.assertIn("is a pipe", done.stderr)


if __name__ == "__main__":
    unittest.main()

"""Options that every verb takes: -o, --no-progress, -q; and -v of those that measure."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
import unittest

from assay_case import COPY, PROGRAM, AssayCase

RUN = ("run", "--problem", COPY, "--device", "faulty", "--budget", "50ms")
REDRAWN = "\r\033[K"


class OutputOption(AssayCase):
    def test_the_answer_goes_into_the_file_and_nowhere_else(self):
        shown = self.assay("systems", exit_code=0).stdout
        done = self.assay("systems", "-o", self.folder / "systems.txt", exit_code=0)
        self.assertEqual(done.stdout, "")
        self.assertEqual((self.folder / "systems.txt").read_text(), shown)

    def test_also_where_there_is_a_finding(self):
        file = self.folder / "out.txt"
        self.assay(*RUN, "-o", file, exit_code=1, ASSAY_FAKE_DEVICES="wrong-element")
        self.assertIn("2 failed", file.read_text())

    def test_a_verb_that_fails_leaves_the_file_as_it_was(self):
        file = self.folder / "out.txt"
        file.write_text("kept")
        self.assay("claims", "no-such-claim", "-o", file, exit_code=2)
        self.assertEqual(file.read_text(), "kept")
        self.assertEqual(list(self.folder.glob("out.txt.*")), [])

    def test_what_cannot_be_written_is_told_once(self):
        done = self.assay("systems", "-o", "/dev/full", exit_code=4)
        self.assertEqual(done.stderr.count("error:"), 1, done.stderr)
        self.assertIn("--output /dev/full: No space left on device", done.stderr)
        done = self.assay("systems", "-o", self.folder / "no" / "such", exit_code=2)
        self.assertIn("No such file or directory", done.stderr)

    def test_ranks_that_are_started_leave_the_file_to_rank_0(self):
        file = self.folder / "out.txt"
        self.assay(*RUN, "--ranks", "2", "-o", file, exit_code=0, ASSAY_FAKE_DEVICES="good,good")
        self.assertIn("by 2 ranks", file.read_text())


def all_of(descriptor):
    """What is written to a pipe or a terminal until its other end is closed."""
    out = b""
    while True:
        try:
            part = os.read(descriptor, 4096)
        except OSError:  # so says a terminal
            part = b""
        if not part:
            os.close(descriptor)
            return out.decode()
        out += part


class Telling(AssayCase):
    def told(self, *more, terminal):
        """Standard output and what was told on stderr, a terminal or a pipe."""
        (ours, theirs) = pty.openpty() if terminal else os.pipe()
        process = subprocess.Popen(
            [PROGRAM, *RUN, *more],
            env={**self.environment, "OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
            stderr=theirs,
        )
        os.close(theirs)
        told = all_of(ours)
        out = process.communicate()[0].decode()
        self.assertEqual(process.returncode, 0, out + told)
        return out, told

    def test_a_terminal_sees_progress_unless_none_is_wanted(self):
        self.assertIn(REDRAWN, self.told(terminal=True)[1])
        for option in ("--no-progress", "-q"):
            self.assertNotIn(REDRAWN, self.told(option, terminal=True)[1])

    def test_elsewhere_each_measurement_has_a_line_unless_no_progress_is_wanted(self):
        self.assertIn("[1/", self.told(terminal=False)[0])
        # A doubtful one is named in any case.
        for line in self.told("--no-progress", terminal=False)[0].splitlines():
            if line.startswith("["):
                self.assertIn("%!", line)

    def test_a_terminal_sees_each_measurement_where_that_is_wanted(self):
        out, _ = self.told("-v", terminal=True)
        self.assertIn("[1/", out)
        self.assertIn("[2/", out)

    def test_notes_are_left_out_by_quiet_alone(self):
        # A variable that Assay does not use is noted.
        self.assertIn("OMP_NUM_THREADS", self.told("--no-progress", terminal=False)[1])
        self.assertEqual(self.told("-q", terminal=False)[1], "")

    def test_errors_are_broken_at_the_width_of_a_terminal(self):
        ours, theirs = pty.openpty()
        columns = 60
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        done = subprocess.run([PROGRAM, "project"], env=self.environment, stderr=theirs, check=False)
        os.close(theirs)
        self.assertEqual(done.returncode, 2)
        lines = all_of(ours).split("\r\n")
        self.assertTrue(lines[1].startswith("  hint: "), lines)
        self.assertTrue(lines[2].startswith("    "), lines)
        self.assertLessEqual(max(map(len, lines)), columns)

    def test_every_verb_takes_them(self):
        listed = self.assay("help", exit_code=0).stdout.split("Options:")[0]
        verbs = [line.split()[0] for line in listed.splitlines() if line.startswith("  ")]
        self.assertGreater(len(verbs), 20)
        for verb in verbs:
            shown = self.assay(verb, "--help", exit_code=0).stdout
            for option in ("-o, --output", "--no-progress", "-q, --quiet"):
                self.assertIn(option, shown, verb)


if __name__ == "__main__":
    unittest.main()

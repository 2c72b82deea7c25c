"""Output that only a terminal gets, and not a pipe."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import unittest

from assay_case import COPY, PROGRAM, TRIAD, AssayCase

COLUMNS = 60
ERASE = "\r\x1b[K"


class Terminal(AssayCase):
    devices = "good,wrong-element"

    def on_terminal(self, *arguments, **environment):
        """All that the program writes to a terminal of 60 columns."""
        terminal, end = pty.openpty()
        fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
        with subprocess.Popen(
            [PROGRAM, *map(str, arguments)],
            env={**self.environment, "TERM": "xterm", **environment},
            cwd=self.folder,
            stdin=end,
            stdout=end,
            stderr=end,
        ) as process:
            os.close(end)
            written = b""
            try:
                while block := os.read(terminal, 65536):
                    written += block
            except OSError:
                pass  # Linux says so when the last writer is gone.
            process.wait()
        os.close(terminal)
        return written.decode().replace("\r\n", "\n")

    def screen(self, written):
        """The visible text, without erased lines."""
        return [line.split(ERASE)[-1] for line in written.split("\n")]

    def test_a_live_line_shows_progress_and_disappears(self):
        written = self.on_terminal(
            *("run", "--problem", COPY, "--problem", TRIAD, "--device", "faulty:0"),
            *("--budget", "50ms"),
        )
        live = [part for line in written.split("\n") for part in line.split(ERASE)[1:] if part]
        live = [part for part in live if "to go" in part or "elapsed" in part]
        self.assertGreater(len(live), 4)
        self.assertTrue(any(part.startswith("1/4 ") for part in live), live)
        self.assertTrue(any(part.startswith("4/4 ") for part in live), live)
        for part in live:
            self.assertLess(len(part), COLUMNS, part)
        left = "\n".join(self.screen(written))
        self.assertNotIn("elapsed", left)
        self.assertIn("4 measurements of 2 problems", left)

    def test_conform_shows_which_clause_is_examined_and_erases_it(self):
        written = self.on_terminal("conform", "faulty", "--clause", "memory", "--device", 0)
        live = [part for part in re.split(r"\n|" + re.escape(ERASE), written) if "elapsed" in part]
        self.assertRegex(live[0], r"^1/5  .* elapsed  device 0: memory.allocate")
        for part in live:
            self.assertLess(len(part), COLUMNS, part)
        left = "\n".join(self.screen(written))
        self.assertNotIn("elapsed", left)
        self.assertIn("The module conforms.", left)

    def test_only_failures_and_doubtful_figures_leave_a_line(self):
        written = self.on_terminal(
            *("run", "--problem", COPY, "--device", "faulty", "--budget", "50ms"),
            *("--implementation", "native/fake"),
        )
        lasting = [line for line in self.screen(written) if re.match(r"\[\d/2\]", line)]
        failed = [line for line in lasting if "wrong result" in line]
        self.assertEqual(len(failed), 1, lasting)
        # A budget this short leaves a doubtful figure, which is told as well.
        for line in lasting:
            self.assertTrue(line in failed or "!" in line, line)

    def test_colour_is_for_terminals_that_want_it(self):
        self.measure(COPY, exit_code=1)
        colour = re.compile(r"\x1b\[[0-9;]*m")
        for verb in (("show",), ("check", "waic-2025")):
            with self.subTest(verb):
                self.assertRegex(self.on_terminal(*verb), colour)
                self.assertNotRegex(self.on_terminal(*verb, NO_COLOR="1"), colour)

    def test_a_pipe_gets_no_escape_codes(self):
        for arguments in (
            ("run", "--problem", COPY, "--device", "faulty", "--budget", "50ms"),
            ("show",),
            ("show", "--runs"),
            ("check", "waic-2025"),
            ("devices",),
            ("suites",),
            ("conform", "faulty", "--clause", "memory"),
            ("--help",),
        ):
            with self.subTest(arguments):
                done = self.assay(*arguments)
                self.assertNotIn("\x1b", done.stdout + done.stderr)
                self.assertNotIn("\r", done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()

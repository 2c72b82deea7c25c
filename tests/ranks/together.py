"""Starts a program once for each rank, and ends when the first one fails.

Usage: together.py RANKS PROGRAM ARGUMENTS...
"""

import os
import pathlib
import subprocess
import sys
import tempfile


def main():
    ranks, command = int(sys.argv[1]), sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        common = {
            **os.environ,
            "ASSAY_TEST_RANKS": str(ranks),
            "ASSAY_TEST_ID_FILE": str(pathlib.Path(folder, "id")),
            "TMPDIR": folder,
        }
        running = [
            subprocess.Popen(command, env={**common, "ASSAY_TEST_RANK": str(rank)})
            for rank in range(ranks)
        ]
        failed = 0
        while running and not failed:
            pid, status = os.wait()
            failed = os.waitstatus_to_exitcode(status)
            running = [one for one in running if one.pid != pid]
        for one in running:
            one.kill()
            one.wait()
        left = [entry.name for entry in pathlib.Path(folder).iterdir()]
        if not failed and left:
            print("left behind:", *left, file=sys.stderr)
            return 1
        return failed


if __name__ == "__main__":
    sys.exit(main())

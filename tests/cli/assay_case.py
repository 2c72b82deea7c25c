"""Base of the command line tests: runs the program in a temporary folder."""

import hashlib
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["ASSAY_PROGRAM"]
FAKES = pathlib.Path(os.environ["ASSAY_FAKES"])
SOURCE = pathlib.Path(os.environ["ASSAY_SOURCE"])

COPY = "copy n=64 type=f32"
TRIAD = "triad n=64 type=f32"


class AssayCase(unittest.TestCase):
    """A test with a temporary folder, a store in it, and fake devices."""

    devices = "good"
    modules = FAKES
    # What other work on the machine makes suspect decides nothing. As a user would, a test measures
    # it again, this often, before it looks at the result.
    attempts = 5
    # Whether tests that measure the same share a run.
    shared = True
    known_runs = {}

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="assay-cli-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.store = self.folder / "store.db"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ASSAY_")},
            "HOME": str(self.folder),
            "XDG_DATA_HOME": str(self.folder / "data"),
            "ASSAY_DB": str(self.store),
            "ASSAY_BACKEND_PATH": str(self.modules),
            "ASSAY_FAKE_DEVICES": self.devices,
            # Keep the program cache of an OpenCL driver out of the checked folders.
            "POCL_CACHE_DIR": os.path.join(tempfile.gettempdir(), "assay-pocl-cache"),
        }
        self.environment.pop("NO_COLOR", None)

    def assay(self, *arguments, exit_code=None, **environment):
        """Runs the program, and compares its exit code with `exit_code` if that is given."""
        measures = str(arguments[0] if arguments else "") in ("run", "duel")
        earlier = self.store.read_bytes() if measures and self.store.exists() else None
        done = self.once(arguments, environment)
        for _ in range(self.attempts - 1 if measures else 0):
            if "suspect" not in done.stdout + done.stderr:
                break
            self.store.unlink(missing_ok=True)
            if earlier is not None:
                self.store.write_bytes(earlier)
            done = self.once(arguments, environment)
        if exit_code is not None:
            said = f"assay {arguments}:\n{done.stdout}\n{done.stderr}"
            self.assertEqual(done.returncode, exit_code, said)
        return done

    def once(self, arguments, environment):
        return subprocess.run(
            [PROGRAM, *map(str, arguments)],
            env={**self.environment, **environment},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def measure(self, *problems, exit_code=0, options=(), **environment):
        """Runs problems on the fake devices with a small budget."""
        arguments = [word for problem in problems or (COPY,) for word in ("--problem", problem)]
        return self.shared_run(
            *(*arguments, "--device", "faulty", "--budget", "50ms", *options),
            exit_code=exit_code,
            **environment,
        )

    def shared_run(self, *arguments, exit_code=None, **environment):
        """`assay run` of another test with the same arguments and store, if there was one; else it is run."""
        key = self.key_of_run(arguments, environment)
        if key in self.known_runs:
            done, store = self.known_runs[key]
            if store is not None:
                self.store.write_bytes(store)
            return done
        done = self.assay("run", *arguments, exit_code=exit_code, **environment)
        if key is not None:
            self.known_runs[key] = (done, self.store.read_bytes() if self.store.exists() else None)
        return done

    def key_of_run(self, arguments, environment):
        """All that a run depends on; None if that is more than can be compared."""
        own = str(self.folder)
        outside = any(own in str(one) for one in (*arguments, *environment.values()))
        elsewhere = {**self.environment, **environment}.get("ASSAY_DB") != str(self.store)
        if not self.shared or outside or elsewhere or "--db" in arguments:
            return None
        general = {name: value.replace(own, "") for name, value in self.environment.items()}
        store = hashlib.sha256(self.store.read_bytes()).digest() if self.store.exists() else None
        return (tuple(map(str, arguments)), tuple(sorted({**general, **environment}.items())), store)

    def records(self, *arguments):
        """The last run's records."""
        return json.loads(self.assay("show", "--json", *arguments, exit_code=0).stdout)

    def contents(self):
        """All files below the folder, with their bytes."""
        return {
            path.relative_to(self.folder): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file()
        }

    def names(self):
        """The index of the device with this fault in `self.devices`."""
        return {name: index for index, name in enumerate(self.devices.split(","))}

    def assertFits(self, text, columns=80):
        for line in text.splitlines():
            # An address, a path or a hash stays in one piece, so that it can be copied.
            if max(map(len, line.split()), default=0) <= 50:
                self.assertLessEqual(len(line), columns, line)

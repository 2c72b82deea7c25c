"""The program `assay` on one device, with the libraries that PyTorch brings along."""

import importlib.util
import json
import os
import pathlib

from limits import Late, Limit, call


def torch_libraries():
    """NVIDIA's wheels beside PyTorch: their common folder and the folders of libraries, or None."""
    found = importlib.util.find_spec("torch")
    if found is None or not found.origin:
        return None, []
    wheels = pathlib.Path(found.origin).parent.parent / "nvidia"
    folders = sorted(one for one in wheels.glob("*/lib") if one.is_dir())
    return (wheels if any(one.glob("libcudart.so*") for one in folders) else None), folders


class Assay:
    """`patience`: seconds for reading what is stored, beyond the limit of the step that stored it."""

    def __init__(self, options, logs, patience):
        self.program = options.bin / "assay"
        self.module = options.module
        self.device = f"{options.module}:0"
        self.logs, self.patience = logs, patience
        self.calls = 0
        self.environment = {**os.environ, "ASSAY_BACKEND_PATH": str(options.bin)}
        home, folders = torch_libraries()
        # The same libraries that PyTorch uses, so that both are compared and not two releases.
        if home is not None and "CUDA_HOME" not in os.environ:
            self.environment["CUDA_HOME"] = str(home)
        # Only for this program: the libraries of a pack are none of PyTorch's business.
        paths = [options.libraries, *map(str, folders), os.environ.get("LD_LIBRARY_PATH", "")]
        self.environment["LD_LIBRARY_PATH"] = ":".join(path for path in paths if path)

    def call(self, store, limit, *arguments):
        self.calls += 1
        log = self.logs / f"{self.calls:02}-{arguments[0]}"
        environment = {**self.environment, "ASSAY_DB": str(store)}
        return call([self.program, *arguments], limit.left(), log, environment)

    def json(self, store, limit, *arguments):
        code, out = self.call(store, limit, *arguments, "--json")
        try:
            return json.loads(out)
        except json.JSONDecodeError:
            error = (self.logs / f"{self.calls:02}-{arguments[0]}.err").read_text(errors="replace")
            lines = error.strip().splitlines()
            raise RuntimeError(f"assay {arguments[0]} ended with code {code}:"
                               f" {lines[-1] if lines else 'it said nothing'}") from None

    def report(self, store, limit):
        """What `assay devices` says of the module."""
        for module in self.json(store, limit, "devices").get("modules", []):
            if module["module"] == self.module:
                return module
        raise RuntimeError(f"assay devices does not name the module {self.module}")

    def records(self, store):
        """All that a run has stored, also one that was ended."""
        return self.json(store, Limit(self.patience), "show") if store.exists() else []

    def measure(self, store, limit, *arguments):
        """Records of one run, and a text where it did not end in time: what is stored counts."""
        try:
            self.json(store, limit, "run", "--device", self.device, *arguments)
        except Late as why:
            return self.records(store), f"; {why}"
        return self.records(store), ""

"""Holds the arrows between rooms to the includes: who may know whom.

kernels know nobody; backends know kernels; results know kernels; harness knows the backend
interface (no family of devices by name), kernels and results; its command line sits on top.
"""

import pathlib
import re
import sys

ALLOWED = {
    "kernels": {"kernels"},
    "backends": {"backends", "kernels"},
    "results": {"results", "kernels"},
    "harness": {"harness", "results", "kernels", "backends"},
}
# All that the harness may see of the backends: the interface and its loader.
INTERFACE = {"backends/assay_backend.h", "backends/loader.h"}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def violations(root: pathlib.Path):
    for room, allowed in ALLOWED.items():
        files = [p for p in sorted((root / room).rglob("*")) if p.suffix in (".h", ".cpp", ".hpp")]
        assert files, f"no sources in {room}"
        for path in files:
            name = path.relative_to(root).as_posix()
            for target in INCLUDE.findall(path.read_text()):
                other = target.split("/")[0]
                if other not in ALLOWED:
                    continue
                if other not in allowed:
                    yield f"{name} includes {target}: {room} may know {sorted(allowed)} only"
                elif room == "harness" and other == "backends" and target not in INTERFACE:
                    yield f"{name} includes {target}: of the backends, harness knows their interface only"
                elif room == "backends" and other == "backends":
                    families = [part for part in (name, target) if part.count("/") > 1]
                    folders = {part.split("/")[1] for part in families} - {"sdk"}
                    if len(folders) > 1:
                        yield f"{name} includes {target}: one family of devices knows no other"
                elif target.startswith("harness/cli/") and not name.startswith("harness/cli/"):
                    yield f"{name} includes {target}: only the command line knows the command line"


def main():
    found = list(violations(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "every include follows the arrows")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

"""Makes a wheel of an installation with bundled libraries.
Usage: wheel.py PREFIX VERSION README SBOM FOLDER

Programs go to bin of the environment and all else to the folders beside it, so that programs find their modules
as in any other installation. `python -m assay` starts the program too. The platform tag names the newest version
of glibc that a file of the wheel wants (PEP 600). Prints the path of the wheel, which has the time
$SOURCE_DATE_EPOCH and always the same bytes for the same files.
"""

import base64
import hashlib
import os
import pathlib
import platform
import sys
import time
import zipfile

from elf import elf_files, newest_symbol_version

# What concerns a whole system, or who builds modules, is in the other packages.
LEFT_OUT = ("include", "lib/cmake", "lib/pkgconfig", "share/pkgconfig", "lib/systemd", "lib/libassay_kernels.a")

MODULE = '''"""Starts the program assay, which this package has in the environment's folder of programs."""

import os
import sys
import sysconfig


def program():
    """Path of the program. Raises FileNotFoundError where pip put it elsewhere."""
    schemes = [sysconfig.get_default_scheme(), f"{os.name}_user"]
    for scheme in schemes:
        path = os.path.join(sysconfig.get_path("scripts", scheme=scheme), "assay")
        if os.path.isfile(path):
            return path
    raise FileNotFoundError("assay: the program is not in the environment's folder of programs; install the wheel again")


if __name__ == "__main__":
    path = program()
    os.execv(path, [path, *sys.argv[1:]])
'''


def digest(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def members(prefix, base):
    """(name in the wheel, bytes, mode) of each file of the installation."""
    for path in sorted(prefix.rglob("*")):
        name = path.relative_to(prefix).as_posix()
        if not path.is_file() or any(name == left or name.startswith(left + "/") for left in LEFT_OUT):
            continue
        scheme = f"scripts/{path.name}" if name.startswith("bin/") else f"data/{name}"
        yield f"{base}.data/{scheme}", path.read_bytes(), 0o755 if os.access(path, os.X_OK) else 0o644


def metadata(version, readme):
    # Links of the page lead to files of the sources, which a wheel does not have.
    return f"""Metadata-Version: 2.4
Name: assay
Version: {version}
Summary: Benchmark harness for accelerators that judges published claims about them
License-Expression: Apache-2.0
License-File: LICENSE
Requires-Python: >=3.8
Classifier: Environment :: Console
Classifier: Operating System :: POSIX :: Linux
Classifier: Topic :: System :: Benchmark
Description-Content-Type: text/markdown

{readme}""".encode()


def main():
    prefix, version, readme, sbom, folder = sys.argv[1:]
    prefix = pathlib.Path(prefix)
    glibc = newest_symbol_version(elf_files(prefix), "GLIBC")
    tag = f"py3-none-manylinux_{glibc[0]}_{glibc[1]}_{platform.machine()}"
    base = f"assay-{version}"
    info = f"{base}.dist-info"
    licence = (prefix / "share/doc/assay/LICENSE").read_bytes()
    files = [
        ("assay/__init__.py", b"", 0o644),
        ("assay/__main__.py", MODULE.encode(), 0o644),
        *members(prefix, base),
        (f"{info}/METADATA", metadata(version, pathlib.Path(readme).read_text()), 0o644),
        (f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: assay\nRoot-Is-Purelib: false\nTag: {tag}\n".encode(), 0o644),
        (f"{info}/licenses/LICENSE", licence, 0o644),
        (f"{info}/sboms/assay.spdx.json", pathlib.Path(sbom).read_bytes(), 0o644),
    ]
    record = "".join(f"{name},sha256={digest(data)},{len(data)}\n" for name, data, _ in files)
    files.append((f"{info}/RECORD", f"{record}{info}/RECORD,,\n".encode(), 0o644))
    # The format of zip begins in 1980.
    moment = time.gmtime(max(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), 315532800))[:6]
    path = pathlib.Path(folder) / f"{base}-{tag}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, data, mode in files:
            entry = zipfile.ZipInfo(name, moment)
            entry.external_attr = (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data, compresslevel=6)
    print(path)


if __name__ == "__main__":
    main()

"""Puts the libraries that an installation needs beside it, so that it runs from any folder.
Usage: bundle_libraries.py PREFIX MANIFEST

PREFIX      the installation, which is changed: libraries go to lib/assay/bundled
MANIFEST    a JSON file to write: {name of the copy: path on this system}

A copy has a name of its own (libassay-hwloc.so.15): a library of the system with the old name, which a vendor's
runtime may want in the same process, is another one, and neither takes the other's place.
Left to the system are
- the C library, which fits its dynamic linker and its kernel,
- libstdc++ and libgcc_s: vendors' runtimes are opened in the same process and may want newer ones than ours,
- MPI, which must be the one of mpirun and of the network,
- runtimes of sanitizers, which must come first by their own names.
OpenCL is opened at run time and thus the system's. Only oneDNN links it, and has a copy of the loader for itself.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

from elf import elf_files, needed, resolved

LEFT = re.compile(
    r"(lib(c|m|dl|pthread|rt|resolv|util|anl|nsl|mvec|stdc\+\+|gcc_s|mpi\w*|(a|l|t|ub)san)\.so|ld-linux|libassay-)"
)


def own_name(library):
    return re.sub(r"^(lib)?", "libassay-", library, count=1)


def libraries_of(files):
    """{name: path} of all libraries to copy; what MPI and the C library need is left with them."""
    found, todo = {}, [(path, resolved(path)) for path in files]
    while todo:
        path, places = todo.pop()
        for name in needed(path):
            if LEFT.match(name) or name in found:
                continue
            if places.get(name) is None:
                raise SystemExit(f"bundle_libraries: {path} needs {name}, which this system does not have")
            found[name] = pathlib.Path(places[name]).resolve()
            todo.append((found[name], places))
    return found


def rewrite(path, libraries, bundled, soname=None):
    """Lets the file look for its libraries by their new names, from where it lies itself."""
    renamed = [word for name in needed(path) if name in libraries
               for word in ("--replace-needed", name, own_name(name))]
    way = os.path.relpath(bundled, path.parent)
    origin = ["--set-rpath", "$ORIGIN" if way == "." else f"$ORIGIN/{way}"]
    # Debian 12's patchelf loses changes of different kinds that are made at once.
    for changes in (renamed, ["--set-soname", soname] if soname else [], origin):
        if changes:
            subprocess.run(["patchelf", *changes, str(path)], check=True)


def main():
    prefix, manifest = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    bundled = prefix / "lib/assay/bundled"
    files = elf_files(prefix)
    libraries = libraries_of(files)
    bundled.mkdir(parents=True)
    for name, path in sorted(libraries.items()):
        copy = bundled / own_name(name)
        shutil.copyfile(path, copy)
        copy.chmod(0o644)
        rewrite(copy, libraries, bundled, own_name(name))
    for path in files:
        rewrite(path, libraries, bundled)
    names = {own_name(name): str(path) for name, path in sorted(libraries.items())}
    manifest.write_text(json.dumps(names, indent=1) + "\n")


if __name__ == "__main__":
    main()

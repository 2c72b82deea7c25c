"""What ELF files of an installation need, read with binutils."""

import re
import subprocess


def said(*command):
    """Standard output of a command. Raises CalledProcessError, with what it said, if it fails."""
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True).stdout


def is_elf(path):
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def elf_files(folder):
    """All programs and libraries below a folder, sorted by path."""
    return sorted(path for path in folder.rglob("*") if is_elf(path))


def needed(path):
    """Names of the libraries that the file itself names."""
    return re.findall(r"\(NEEDED\).*\[(.+)\]", said("readelf", "-dW", path))


def resolved(path):
    """Where the dynamic linker finds each library of the file and of its libraries: {name: path or None}."""
    out = {}
    for line in said("ldd", path).splitlines():
        if found := re.match(r"\s*(\S+) => (/\S+|not found)", line):
            out[found[1]] = None if found[2] == "not found" else found[2]
    return out


def newest_symbol_version(paths, prefix):
    """The highest version (as a tuple) with that prefix, such as GLIBC, that the files want."""
    versions = [()]
    for path in paths:
        for text in re.findall(rf"Name: {prefix}_([0-9.]+)", said("readelf", "-VW", path)):
            versions.append(tuple(int(part) for part in text.split(".")))
    return max(versions)

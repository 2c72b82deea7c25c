"""Checks of the sources' style. Usage: style.py CHECK SOURCE-FOLDER BUILD-FOLDER

format   clang-format 14 changes no file (other versions format differently; then skipped)
paths    each file of the project that a comment, a document or a script names exists
machine  no path of one person's machine stands in a file
clang    clang++ has no warning for the C++ files that have changed, with the options of the build
tidy     clang-tidy has nothing to say of the C++ files that have changed
Exit code 77: the check was skipped.
Changed are files that differ from the last commit, so that a clean checkout has none, or from the
commit $ASSAY_STYLE_BASE. ASSAY_STYLE_BASE=all is every file, which takes minutes.
"""

import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

ROOMS = ("kernels", "backends", "harness", "results", "tests", "scripts")
SKIPPED = 77
# A path of the project in prose: a room, folders, a file with an ending that is one of ours.
NAMED = re.compile(
    r"(?<![\w/.$}-])((?:%s)/[\w./-]*\w\.(?:h|cpp|py|toml|md|kernel|json|cmake|sh|txt|css|js))\b"
    % "|".join(ROOMS)
)
MACHINE = re.compile(r"(?<![\w.])/(?:work|root)/")


def files(root, *endings):
    listed = subprocess.run(
        ["git", "-C", root, "ls-files", "-z"], capture_output=True, check=True
    ).stdout
    for name in listed.decode().split("\0"):
        path = root / name
        if name and path.is_file() and (not endings or path.suffix in endings):
            yield path


def text_of(path):
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return ""


def check_format(root, _):
    tool = shutil.which("clang-format-14") or shutil.which("clang-format")
    version = subprocess.run([tool, "--version"], capture_output=True, text=True, check=True).stdout if tool else ""
    if " 14." not in version:
        print("skipped: clang-format 14 is not installed")
        return SKIPPED
    sources = [str(path) for path in files(root, ".h", ".cpp")]
    done = subprocess.run([tool, "--dry-run", "--Werror", *sources], capture_output=True, text=True, check=False)
    print(done.stderr or f"{len(sources)} files are formatted")
    return done.returncode


def check_paths(root, _):
    found = []
    for path in files(root, ".h", ".cpp", ".py", ".md", ".txt", ".cmake", ".kernel", ".toml", ""):
        for number, line in enumerate(text_of(path).splitlines(), 1):
            for name in NAMED.findall(line):
                placeholder = re.search(r"(?<![A-Za-z])[A-Z]{3,}(?![A-Za-z])", name)
                if not placeholder and not (root / name).exists():
                    found.append(f"{path.relative_to(root)}:{number}: there is no {name}")
    print("\n".join(found) or "every file that is named exists")
    return 1 if found else 0


def check_machine(root, _):
    found = []
    for path in files(root):
        if path == pathlib.Path(__file__) or "measured" in path.parts:
            continue
        for number, line in enumerate(text_of(path).splitlines(), 1):
            if MACHINE.search(line):
                found.append(f"{path.relative_to(root)}:{number}: {line.strip()}")
    print("\n".join(found) or "no path of a machine")
    return 1 if found else 0


def changed_sources(root, rooms):
    """The C++ files below `rooms` that differ from the commit $ASSAY_STYLE_BASE, or all of them."""
    base = os.environ.get("ASSAY_STYLE_BASE", "HEAD")
    if base == "all":
        names = (str(path.relative_to(root)) for path in files(root, ".cpp"))
        return [name for name in names if name.split("/")[0] in rooms]
    changed = subprocess.run(
        ["git", "-C", root, "diff", "--name-only", "--diff-filter=d", base],
        capture_output=True, text=True, check=True,
    ).stdout.split()
    return [name for name in changed if name.endswith(".cpp") and name.split("/")[0] in rooms]


def options_of(entry):
    """What a file's command says of headers, macros and the language; no optimization."""
    words = shlex.split(entry["command"])
    kept = []
    for word, after in zip(words, words[1:] + [""]):
        if word == "-isystem":
            kept += [word, after]
        elif re.match(r"-[DI]|-isystem|-std=|-W|-m", word):
            kept.append(word)
    # Only GCC has the former; the latter would make errors of warnings about other projects' headers.
    return [word for word in kept if word not in ("-Wno-restrict", "-Werror")]


def check_clang(root, build):
    tool = shutil.which("clang++-19") or shutil.which("clang++")
    database = pathlib.Path(build) / "compile_commands.json"
    if not tool or not database.is_file():
        print(f"skipped: there is no {database if tool else 'clang++'}")
        return SKIPPED
    # A source that this configuration leaves out has no command, and is not checked.
    commands = {entry["file"]: entry for entry in json.loads(database.read_text())}
    # Files of a unity build have the command of their folder's unit.
    for entry in list(commands.values()):
        if "/Unity/" in entry["file"]:
            for name in re.findall(r'#include "(.+)"', text_of(pathlib.Path(entry["file"]))):
                commands.setdefault(name, entry)
    names = [str(root / name) for name in changed_sources(root, ROOMS[:5])]
    names = [name for name in names if name in commands]

    def warnings_in(name):
        command = [tool, "-fsyntax-only", "-fno-caret-diagnostics", *options_of(commands[name]), name]
        done = subprocess.run(command, cwd=commands[name]["directory"], capture_output=True, text=True, check=False)
        return [line for line in done.stderr.splitlines()
                if "error:" in line or ("warning:" in line and line.startswith(str(root)))]

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as threads:
        found = sorted({line for lines in threads.map(warnings_in, names) for line in lines})
    print("\n".join(found) or f"{len(names)} files have no warning")
    return 1 if found else 0


def check_tidy(root, build):
    tool = shutil.which("clang-tidy-14") or shutil.which("clang-tidy")
    if not tool:
        print("skipped: clang-tidy is not installed")
        return SKIPPED
    sources = changed_sources(root, ROOMS[:4])
    if not sources:
        print("no C++ file has changed")
        return 0
    done = subprocess.run(
        [tool, "-p", build, "--quiet", "--warnings-as-errors=*", *(str(root / name) for name in sources)],
        capture_output=True, text=True, check=False,
    )
    print(done.stdout or f"{len(sources)} files")
    return done.returncode


# A function or a class outside of any test, by its name.
HELPER = re.compile(r"^(?=\w)(?!TEST|INSTANTIATE|FAKE_EXPORT|using|namespace|extern)"
                    r"(?:[\w:<>,&* ]+?[ *&](\w+)\([^;]*$|(?:class|struct) (\w+).*{$)", re.M)
SEPARATE = "// Compiled separately"
# The namespace of a file of tests: of its folder, or its own.
NAMESPACE = re.compile(r"^namespace (assay[\w:]*) {$", re.M)


def check_units(root, build):
    """Sources of one namespace compile as one unit: a call could take another file's function."""
    owners = collections.defaultdict(list)
    tests = sorted((root / "tests/unit").glob("**/*_test.cpp"))
    for path in [*tests, *sorted((root / "tests/fakes").glob("*/**/*.cpp"))]:
        text = path.read_text()
        if text.startswith(SEPARATE):
            continue
        scope = tuple(NAMESPACE.findall(text)) if path in tests else path.parent
        for name in {one or other for one, other in HELPER.findall(text)}:
            owners[scope, name].append(str(path.relative_to(root)))
    found = [f"{name}: {', '.join(files)}" for (_, name), files in owners.items() if len(files) > 1]
    print("\n".join([*found, "rename one of them, or give a file of tests the namespace FOLDER::FILE"])
          if found else f"{len(owners)} names are each of one file")
    return 1 if found else 0


def main():
    check, root, build = sys.argv[1], pathlib.Path(sys.argv[2]).resolve(), sys.argv[3]
    if not (root / ".git").exists():
        print("skipped: not a git checkout")
        return SKIPPED
    checks = {"format": check_format, "paths": check_paths, "machine": check_machine,
              "clang": check_clang, "tidy": check_tidy, "units": check_units}
    return checks[check](root, build)


if __name__ == "__main__":
    sys.exit(main())

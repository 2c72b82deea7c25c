"""Runs `assay conform` on a module and compares the broken clauses with those expected.

Usage: check_module.py PROGRAM MODULE EXIT [--quick] [--timeout S] [--only CLAUSE]... [--may CLAUSE]... [CLAUSE...]
A clause may be a pattern ("*.again"). Each must match a broken clause, and no other may be broken,
except those named by --may: whether they are depends on the machine's speed. --only leaves all others untested.
"""

import argparse
import fnmatch
import json
import os
import subprocess
import sys
import tempfile


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("module")
    parser.add_argument("exit", type=int)
    parser.add_argument("clauses", nargs="*")
    parser.add_argument("--may", action="append", default=[])
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--timeout", default="60")
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_intermixed_args()
    command = [arguments.program, "conform", arguments.module, "--json", "--timeout", arguments.timeout]
    command += ["--quick"] if arguments.quick else []
    command += [word for clause in arguments.only for word in ("--clause", clause)]
    with tempfile.TemporaryDirectory(prefix="assay-conform-") as folder:
        environment = {**os.environ, "ASSAY_DB": os.path.join(folder, "store.db")}
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False
        )
    report = json.loads(done.stdout)
    broken = {
        clause["clause"]: clause["found"]
        for section in report["sections"]
        for clause in section["clauses"]
        if clause["verdict"] == "broken"
    }
    for clause, found in broken.items():
        print(f"{clause}: {found}")
    wrong = [
        f"{clause['clause']} is untested: {clause['found']}"
        for section in report["sections"]
        for clause in section["clauses"]
        if clause["verdict"] == "untested" and arguments.exit == 0
    ]
    if done.returncode != arguments.exit:
        wrong.append(f"exit code {done.returncode}, not {arguments.exit}: {done.stderr}")
    for pattern in arguments.clauses:
        if not fnmatch.filter(broken, pattern):
            wrong.append(f"{pattern} is not broken")
    for clause in broken:
        if not any(fnmatch.fnmatch(clause, pattern) for pattern in arguments.clauses + arguments.may):
            wrong.append(f"{clause} is broken unexpectedly")
    print("\n".join(wrong))
    return 1 if wrong else 0


sys.exit(main())

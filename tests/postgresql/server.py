#!/usr/bin/env python3
"""A temporary PostgreSQL server that runs as long as standard input stays open.

Prints the folder of its Unix socket when it lets people in; then it ends with its folder when
standard input does. Where there is no server to start, prints why and exits with 77.
`assay` may do all without a password, `guest` needs the password `open: sesame/@` (and owns nothing).
"""

import ctypes
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

SKIPPED = 77
PASSWORD = "open: sesame/@"


def folder_of_programs():
    """The folder of initdb and postgres; None if they are not installed."""
    folders = []
    if shutil.which("pg_config"):
        told = subprocess.run(
            ["pg_config", "--bindir"], capture_output=True, text=True, check=False
        )
        folders.append(pathlib.Path(told.stdout.strip()))
    by_version = pathlib.Path("/usr/lib/postgresql").glob("*/bin")
    folders += sorted(by_version, key=lambda path: float(path.parent.name), reverse=True)
    if shutil.which("postgres"):
        folders.append(pathlib.Path(shutil.which("postgres")).resolve().parent)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


def account():
    """The user that runs the server, because PostgreSQL refuses root; None if there is none."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    return None


def end_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)  # PR_SET_PDEATHSIG: an immediate shutdown


def skip(why):
    print(f"skipped: {why}", flush=True)
    sys.exit(SKIPPED)


def start(programs, folder, identity):
    data = folder / "data"
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    run = {"env": environment, "cwd": folder, **identity}
    subprocess.run(
        [programs / "initdb", "-D", data, "--no-sync", "--no-instructions", "--encoding=UTF8"]
        + ["--username=assay", "--auth=trust"],
        check=True,
        stdout=subprocess.DEVNULL,
        **run,
    )
    rules = "local all guest scram-sha-256\nlocal all all trust\n"
    subprocess.run(["tee", data / "pg_hba.conf"], input=rules.encode(), check=True,
                   stdout=subprocess.DEVNULL, **run)
    settings = {
        "listen_addresses": "", "unix_socket_directories": folder, "fsync": "off",
        "shared_buffers": "64MB", "max_connections": "40", "autovacuum": "off",
    }  # fmt: skip
    server = subprocess.Popen(
        [programs / "postgres", "-D", data]
        + [word for key, value in settings.items() for word in ("-c", f"{key}={value}")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=end_with_parent,
        text=True,
        **run,
    )
    said = ""
    for line in server.stderr:
        said += line
        if "ready to accept connections" in line:
            return server
    raise RuntimeError(f"the server did not start:\n{said}")


def make_guest(programs, folder):
    sql = f"CREATE ROLE guest LOGIN PASSWORD '{PASSWORD}'"
    subprocess.run(
        [programs / "psql", "-q", "-X", "-h", folder, "-U", "assay", "-d", "postgres", "-c", sql],
        check=True,
    )


def main():
    programs, identity = folder_of_programs(), account()
    if programs is None:
        skip("there is no PostgreSQL server (initdb and postgres)")
    if identity is None:
        skip("PostgreSQL does not run as root, and there is no account postgres or nobody")
    with tempfile.TemporaryDirectory(prefix="assay-pg-", ignore_cleanup_errors=True) as name:
        folder = pathlib.Path(name)
        if identity:
            os.chown(folder, identity["user"], identity["group"])
        folder.chmod(0o755)
        server = start(programs, folder, identity)
        try:
            make_guest(programs, folder)
            print(folder, flush=True)
            # A full pipe would stop the server.
            threading.Thread(target=server.stderr.read, daemon=True).start()
            sys.stdin.read()
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait()


if __name__ == "__main__":
    main()

"""Runs the batch script on a Slurm of only this machine, which the test starts and stops.

Ends with 77 (skipped) where there is no Slurm, or where this user may not run one.
"""

import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

PROGRAM = os.environ["ASSAY_PROGRAM"]
SOURCE = pathlib.Path(os.environ["ASSAY_SOURCE"])
FAKES = os.environ["ASSAY_FAKES"]
SKIPPED = 77
RANKS = 4

CONFIGURATION = """
ClusterName=assay
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/none
CredType=cred/none
SlurmctldPort={port}
SlurmdPort={node_port}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
MpiDefault=none
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def skip(why):
    print("skipped:", why)
    sys.exit(SKIPPED)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(what, seconds, probe):
    for _ in range(int(seconds * 5)):
        if probe():
            return True
        time.sleep(0.2)
    print("did not come:", what)
    return False


@contextlib.contextmanager
def slurm(folder):
    """A controller and a node in a folder; yields the environment of its commands."""
    for name in ("state", "spool"):
        (folder / name).mkdir()
    text = CONFIGURATION.format(
        host=socket.gethostname().split(".")[0],
        port=free_port(),
        node_port=free_port(),
        folder=folder,
        cpus=2 * RANKS,
    )
    (folder / "slurm.conf").write_text(text)
    environment = {**os.environ, "SLURM_CONF": str(folder / "slurm.conf")}
    daemons = [
        subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
        for command in (["slurmctld", "-D"], ["slurmd", "-D"])
    ]
    try:
        def idle():
            done = subprocess.run(["sinfo", "-h", "-o", "%t"], env=environment, check=False,
                                  capture_output=True, text=True)
            return done.stdout.strip() == "idle"

        if not wait_for("an idle node", 30, idle):
            for log in ("slurmctld.log", "slurmd.log"):
                if (folder / log).exists():
                    print(log, *(folder / log).read_text().splitlines()[-5:], sep="\n  ")
            skip("Slurm does not come up here")
        yield environment
    finally:
        for one in reversed(daemons):
            one.terminate()
        for one in daemons:
            try:
                one.wait(10)
            except subprocess.TimeoutExpired:
                one.kill()


def check(folder, environment):
    suite = folder / "suite.toml"
    suite.write_text(
        'name = "two"\n[defaults]\nbudget = "20ms"\nimplementations = ["native/fake"]\n'
        '[[problem]]\noperation = "copy"\nn = [64, 128]\ntype = "f32"\n'
    )
    environment = {
        **environment,
        "ASSAY": PROGRAM,
        "ASSAY_DB": str(folder / "store.db"),
        "ASSAY_BACKEND_PATH": FAKES,
        "ASSAY_FAKE_DEVICES": ",".join(["good"] * RANKS),
        "HOME": str(folder),
    }
    done = subprocess.run(
        ["sbatch", "--wait", "--parsable", f"--ntasks={RANKS}", "--chdir", folder,
         SOURCE / "scripts/slurm/assay.sbatch", suite],
        env=environment, capture_output=True, text=True, timeout=300, check=False,
    )
    job = done.stdout.split()[0] if done.stdout.split() else "?"
    output = folder / f"assay-{job}.out"
    said = output.read_text() if output.exists() else ""
    print(said, done.stderr)
    assert done.returncode == 0, f"sbatch ended with {done.returncode}"
    assert f"measurements by {RANKS} ranks" in said
    shown = subprocess.run([PROGRAM, "show", "--json"], env=environment, capture_output=True,
                           text=True, check=True)
    records = json.loads(shown.stdout)
    ranks = {record["device"]["properties"]["rank"] for record in records}
    assert ranks == {str(rank) for rank in range(RANKS)}, ranks
    assert all(record["status"] == "ok" for record in records)
    assert (folder / f"assay-{job}-fleet.csv").read_text().startswith("fault,")


def main():
    for program in ("slurmctld", "slurmd", "sbatch", "srun"):
        if shutil.which(program) is None and not pathlib.Path("/usr/sbin", program).exists():
            skip(f"there is no {program}")
    if os.geteuid() != 0:
        skip("a Slurm of one's own wants root")
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    with tempfile.TemporaryDirectory(prefix="assay-slurm-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        with slurm(folder) as environment:
            check(folder, environment)


if __name__ == "__main__":
    main()

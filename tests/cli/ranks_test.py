"""Runs with several ranks: one device each, and records of all ranks even if some fail."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import unittest

from assay_case import COPY, FAKES, PROGRAM, TRIAD, AssayCase

MPIRUN = shutil.which("mpirun")


class Ranks(AssayCase):
    devices = "good,good,good"

    def ranked(self, *arguments, exit_code=0, ranks=3, **environment):
        return self.assay("run", *self.what(), "--ranks", ranks, *arguments, exit_code=exit_code,
                          **environment)

    def what(self):
        return [
            *("--problem", COPY, "--problem", TRIAD, "--device", "faulty"),
            *("--implementation", "native/fake", "--budget", "20ms"),
        ]

    def by_rank(self):
        out = {}
        for record in self.records():
            out.setdefault(int(record["device"]["properties"]["rank"]), []).append(record)
        return out

    def test_each_measures_a_device_of_its_own_into_one_run(self):
        done = self.ranked()
        self.assertIn("6 measurements by 3 ranks", done.stdout)
        self.assertFits(done.stdout)
        records = self.by_rank()
        self.assertEqual(sorted(records), [0, 1, 2])
        for rank, own in records.items():
            self.assertEqual({record["device"]["index"] for record in own}, {rank})
            self.assertEqual({record["device"]["properties"]["slot"] for record in own}, {str(rank)})
            self.assertEqual(len(own), 2)
            self.assertTrue(own[0]["device"]["properties"]["host"])
        self.assertEqual(len({record["run"] for own in records.values() for record in own}), 1)

    def test_one_rank_alone_is_a_run_too(self):
        self.assertIn("2 measurements by 1 rank ", self.ranked(ranks=1).stdout)

    def test_more_ranks_than_devices_share_them(self):
        self.ranked(ranks=4)
        self.assertEqual(
            [own[0]["device"]["index"] for _, own in sorted(self.by_rank().items())], [0, 1, 2, 0]
        )

    def test_waves_do_not_measure_at_once(self):
        self.ranked("--simultaneous", "1")
        spans = []
        for own in self.by_rank().values():
            starts = [record["started"] for record in own]
            spans.append((min(starts), max(starts)))
        spans.sort()
        for (_, end), (begin, _) in zip(spans, spans[1:]):
            self.assertLess(end, begin)

    def test_json_describes_each_rank(self):
        told = json.loads(self.ranked("--json").stdout)
        self.assertEqual(told["lost"], 0)
        self.assertEqual([(one["rank"], one["measured"]) for one in told["ranks"]],
                         [(0, 2), (1, 2), (2, 2)])

    def test_the_modules_of_a_host_are_probed_once_for_all_ranks(self):
        folder = self.folder / "modules"
        folder.mkdir()
        shutil.copy(f"{FAKES}/probing/assay_backend_deviceless.so", folder)
        probes = self.folder / "probes"
        self.ranked(ASSAY_BACKEND_PATH=f"{folder}:{FAKES}", ASSAY_FAKE_PROBES=str(probes))
        self.assertEqual(probes.read_text(), "probed\n")

    def test_a_plan_is_shown_once(self):
        self.assertIn("2 measurements", self.ranked("--dry-run").stdout)
        self.assertFalse(self.store.exists())

    def test_what_is_wrong_is_said_once(self):
        done = self.assay("run", "--problem", "copy n=x", "--ranks", "3", exit_code=2)
        self.assertEqual(done.stderr.count("error:"), 1, done.stderr)
        done = self.ranked("--rendezvous", "here:port", exit_code=2)
        self.assertIn("--rendezvous here:port: is not HOST:PORT", done.stderr)

    def test_a_run_of_ranks_is_not_resumed_by_one(self):
        self.ranked()
        said = self.assay("run", "--resume", exit_code=2).stderr
        self.assertIn("had several ranks", said)

    def test_ranks_at_an_address_need_a_secret(self):
        done = self.ranked(
            *("--rendezvous", "localhost:4242"),
            exit_code=2,
            OMPI_COMM_WORLD_RANK="0",
            OMPI_COMM_WORLD_SIZE="3",
        )
        self.assertIn("the ranks share no secret", done.stderr)
        self.assertIn("ASSAY_RENDEZVOUS_SECRET", done.stderr)

    @unittest.skipUnless(MPIRUN, "there is no mpirun")
    def test_the_secret_is_in_no_output_and_in_no_file(self):
        secret = os.urandom(32).hex()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        done = subprocess.run(
            [MPIRUN, "--allow-run-as-root", "--oversubscribe", "-n", "2", PROGRAM, "run"]
            + [*self.what(), "--rendezvous", f"127.0.0.1:{port}"],
            env={**self.environment, "ASSAY_RENDEZVOUS_SECRET": secret},
            cwd=self.folder, capture_output=True, text=True, check=False,
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("4 measurements by 2 ranks", done.stdout)
        self.assertNotIn(secret, done.stdout + done.stderr)
        for path, held in self.contents().items():
            self.assertNotIn(secret.encode(), held, path)

    @unittest.skipUnless(MPIRUN, "there is no mpirun")
    def test_the_launcher_tells_the_ranks_where_rank_0_is(self):
        done = subprocess.run(
            [MPIRUN, "--allow-run-as-root", "--oversubscribe", "-n", "2", PROGRAM, "run"]
            + ["--problem", COPY, "--problem", "all_reduce n=64 type=f32 ranks=2"]
            + ["--budget", "20ms", "--rendezvous", "pmix"],
            env={**self.environment, "ASSAY_BACKEND_PATH": ""}, cwd=self.folder, capture_output=True, text=True, check=False,
        )
        if "built without PMIx" in done.stderr:
            self.skipTest("built without PMIx")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        # MPI's workers connect to the same server, as the same ranks.
        self.assertIn("3 measurements by 2 ranks", done.stdout)
        self.assertEqual([name for name in self.contents() if "ranks-" in str(name)], [])

    def test_without_a_launcher_pmix_is_refused(self):
        done = self.ranked("--rendezvous", "pmix", exit_code=2)
        self.assertIn("PMIx", done.stderr)

    def test_no_rank_that_can_measure_is_code_3(self):
        done = self.assay(
            *("run", "--problem", COPY, "--ranks", "2", "--device", "faulty"),
            *("--implementation", "native/fake", "--gather", "30s"),
            exit_code=3,
            ASSAY_FAKE_DEVICES="",
        )
        self.assertIn("rank 1", done.stdout + done.stderr)


class Collectives(AssayCase):
    def measured(self, device, problem, exit_code):
        self.assay(
            *("run", "--ranks", "1", "--device", "faulty", "--implementation", "reference/fake"),
            *("--problem", f"all_reduce {problem} type=f32 ranks=1", "--mode", "hot"),
            *("--budget", "500ms", "--target", "0.0001%"),
            exit_code=exit_code,
            ASSAY_FAKE_DEVICES=device,
        )
        (record,) = self.records()
        return record

    def test_work_that_is_left_out_of_some_launches_is_found(self):
        record = self.measured("every-third", "n=1024", exit_code=1)
        self.assertEqual(record["status"], "wrong")
        self.assertIn("never written", record["reason"])

    def test_the_clock_around_the_ranks_is_kept(self):
        record = self.measured("together", "n=65536", exit_code=None)
        for sums in (record["clocks"]["timed"], record["clocks"]["hot"]):
            self.assertGreater(sums["launches"], 0)
            self.assertLessEqual(sums["device"], sums["host"] * 1.05)
            self.assertLessEqual(sums["host"], sums["wall"])
        faults = {doubt["fault"] for doubt in record["trust"]["doubts"]}
        self.assertFalse(faults & {"implausible", "suspect"}, record["trust"])

    def test_times_that_do_not_account_for_the_calls_are_found(self):
        self.attempts = 1
        record = self.measured("both-tenth", "n=20000000", exit_code=None)
        doubts = [d["text"] for d in record["trust"]["doubts"] if d["fault"] == "suspect"]
        self.assertIn("accounts for", "".join(doubts), record["trust"])


class LostRanks(AssayCase):
    devices = "good,hang-in-run,good"

    def start(self, *launcher, arguments=()):
        environment = {**self.environment, "OMPI_MCA_btl_vader_single_copy_mechanism": "none"}
        return subprocess.Popen(
            [*launcher, PROGRAM, "run", "--problem", COPY, "--problem", TRIAD]
            + ["--device", "faulty", "--implementation", "native/fake", "--budget", "20ms"]
            + ["--timeout", "10m", "--silence", "3s", *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def member(self, rank):
        """The process of a rank that is measuring, as soon as the others have measured."""
        variables = [f"ASSAY_RANK={rank}".encode(), f"OMPI_COMM_WORLD_RANK={rank}".encode()]
        for _ in range(600):
            if self.store.exists() and len(self.rows()) >= 4:
                for process in filter(str.isdigit, os.listdir("/proc")):
                    try:
                        with open(f"/proc/{process}/environ", "rb") as file:
                            environment = file.read().split(b"\0")
                        with open(f"/proc/{process}/cmdline", "rb") as file:
                            words = file.read().split(b"\0")
                    except OSError:
                        continue
                    store = f"ASSAY_DB={self.store}".encode()
                    if store not in environment or words[1:2] != [b"run"]:
                        continue
                    if words[0].endswith(b"assay") or words[0] == b"/proc/self/exe":
                        if any(variable in environment for variable in variables):
                            return int(process)
            time.sleep(0.1)
        raise AssertionError("the other ranks did not measure")

    def rows(self):
        done = subprocess.run(
            [PROGRAM, "show", "--json", "--db", self.store],
            env=self.environment, capture_output=True, text=True, check=False,
        )
        return json.loads(done.stdout) if done.returncode == 0 and done.stdout else []

    def assertLost(self, process, word):
        out, err = process.communicate(timeout=120)
        self.assertIn("rank 1", out, err)
        self.assertIn("lost", out)
        self.assertIn(word, out)
        statuses = {}
        for record in self.rows():
            statuses.setdefault(record["device"]["index"], []).append(record["status"])
        self.assertEqual(statuses, {0: ["ok", "ok"], 1: ["crashed"], 2: ["ok", "ok"]})

    def test_a_rank_that_is_killed_is_named_and_the_others_are_whole(self):
        process = self.start(arguments=("--ranks", "3"))
        os.kill(self.member(1), signal.SIGKILL)
        self.assertLost(process, "SIGKILL")
        self.assertEqual(process.returncode, 1)

    def test_a_rank_that_hangs_is_given_up(self):
        process = self.start(arguments=("--ranks", "3"))
        member = self.member(1)
        os.kill(member, signal.SIGSTOP)
        self.addCleanup(lambda: subprocess.run(["kill", "-9", str(member)], check=False,
                                               stderr=subprocess.DEVNULL))
        self.assertLost(process, "it sent nothing for")

    @unittest.skipUnless(MPIRUN, "there is no mpirun")
    def test_under_mpirun_the_others_finish_too(self):
        process = self.start(MPIRUN, "--allow-run-as-root", "--oversubscribe", "--enable-recovery",
                             "-n", "3")
        os.kill(self.member(1), signal.SIGKILL)
        self.assertLost(process, "its connection closed")


if __name__ == "__main__":
    unittest.main()

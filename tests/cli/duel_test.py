"""Duels of settings, builds, devices, module folders and commands."""

import json
import os
import pathlib
import signal
import subprocess
import unittest

from assay_case import COPY, FAKES, PROGRAM, TRIAD, AssayCase

ONE = ("--problem", COPY, "--implementation", "native/fake", "--budget", "20ms")
# Tests run beside each other, so that rounds are always doubtful.
ALL = ("--doubtful", "--seed", "1")


class Duel(AssayCase):
    devices = "good,good,wrong-element,crash-in-run,time-long"

    def duel(self, *arguments, exit_code=None):
        return self.assay("duel", *arguments, exit_code=exit_code)

    def result(self, *arguments, exit_code=None):
        (contest,) = json.loads(self.duel(*arguments, "--json", exit_code=exit_code).stdout)[
            "contests"
        ]
        return contest

    def command(self, name, text):
        path = self.folder / name
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)
        return str(path)

    def build(self, name, fault, problems=(COPY,)):
        """Another build, of which each measurement has the fault."""
        entries = [
            {"problem": one, "device": "x:0", "implementation": "native/x", "mode": "cold"}
            for one in problems
        ]
        record = {"status": "ok", "median_seconds": 1e-3, "operands_hash": "1",
                  "trust": {"doubts": [{"fault": fault, "text": "it is " + fault}]}}
        plan, run = json.dumps({"entries": entries}), json.dumps({"records": [record]})
        return self.command(
            name, f"case $* in *--dry-run*) echo '{plan}';; show*) echo '[]';; *) echo '{run}';; esac"
        )

    def assertRounds(self, contest, rounds):
        self.assertEqual(contest["rounds"], rounds)
        self.assertEqual(len(contest["measurements"]), rounds)
        for measurements in contest["measurements"]:
            arms = sorted((one["side"], one["again"]) for one in measurements)
            self.assertEqual(arms, [("A", False), ("A", True), ("B", False), ("B", True)])
            self.assertNotEqual(measurements[0]["side"], measurements[1]["side"])
            self.assertTrue(all(one["seconds"] > 0 for one in measurements))

    def test_two_devices_are_measured_in_turns(self):
        contest = self.result("faulty:0", "faulty:1", *ONE, *ALL, "--rounds", "2", exit_code=3)
        self.assertEqual(contest["A"]["device"], "faulty:0")
        self.assertEqual(contest["B"]["device"], "faulty:1")
        self.assertRounds(contest, 2)
        self.assertEqual(contest["outcome"], "not decided")
        self.assertIsNone(contest["speed"]["lower"])
        self.assertGreater(contest["more_rounds_needed"], 0)

    def test_several_problems_share_the_probability_of_error(self):
        done = self.duel("faulty:0", "faulty:1", *ONE, "--problem", TRIAD, *ALL, "--rounds", "1",
                         "--json", exit_code=3)
        contests = json.loads(done.stdout)["contests"]
        self.assertEqual({one["problem"].split()[0] for one in contests}, {"copy", "triad"})
        for contest in contests:
            self.assertAlmostEqual(contest["confidence"], 0.9975)
            self.assertRounds(contest, 1)

    def test_settings_builds_and_module_folders_are_sides(self):
        device = "device=faulty:0"
        program = f"program={PROGRAM},{device}"
        modules = f"modules={FAKES},{device}"
        for side in (f"mode=hot,{device}", f"threads=1,{device}", program, modules):
            with self.subTest(side):
                contest = self.result(side, side, *ONE, *ALL, "--rounds", "1", exit_code=3)
                self.assertRounds(contest, 1)
        for side in (PROGRAM, FAKES):
            with self.subTest(side):
                arguments = (side, side, "--device", "faulty:0", *ONE, *ALL, "--rounds", "1")
                self.assertRounds(self.result(*arguments, exit_code=3), 1)
        self.assertFalse(self.store.exists())

    def test_a_much_slower_command_is_told_and_is_a_finding(self):
        fast = self.command("fast", "exit 0")
        slow = self.command("slow", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done")
        contest = self.result("--command", fast, "--command", slow, *ALL, exit_code=1)
        self.assertEqual(contest["outcome"], "slower")
        self.assertLess(contest["speed"]["upper"], 1)
        self.assertGreaterEqual(contest["rounds"], 5)
        self.assertRounds(contest, contest["rounds"])
        done = self.duel("--command", slow, "--command", fast, *ALL, "--bisect", exit_code=0)
        self.assertFits(done.stdout)
        self.assertRegex(done.stdout, r"B is \d+% faster \[")
        self.assertIn("control, each side against itself", done.stdout)

    def test_what_cannot_be_judged_skips_a_commit_of_git_bisect(self):
        good, bad = self.command("good", "exit 0"), self.command("bad", "echo broken >&2; exit 7")
        commands = ("--command", good, "--command", bad)
        contest = self.result(*commands, *ALL, exit_code=3)
        self.assertEqual(contest["outcome"], "failed")
        self.assertEqual(contest["failure"], "B: exit code 7: broken")
        self.duel(*commands, *ALL, "--bisect", exit_code=125)
        missing = ("--command", good, "--command", "./missing")
        self.duel(*missing, exit_code=2)
        self.duel(*missing, "--bisect", exit_code=125)
        self.duel(*missing, "--effect", "none", "--bisect", exit_code=125)
        undecided = ("faulty:0", "faulty:1", *ONE, *ALL, "--rounds", "1")
        self.duel(*undecided, "--bisect", exit_code=125)

    def test_a_wrong_or_crashed_measurement_ends_the_duel(self):
        contest = self.result("faulty:0", "faulty:2", *ONE, *ALL, exit_code=1)
        self.assertEqual(contest["outcome"], "B is wrong")
        contest = self.result("faulty:2", "faulty:0", *ONE, *ALL, exit_code=3)
        self.assertEqual(contest["outcome"], "failed")
        contest = self.result("faulty:0", "faulty:3", *ONE, *ALL, exit_code=3)
        self.assertIn("B: crashed", contest["failure"])

    def test_doubtful_rounds_do_not_count_and_end_the_duel(self):
        drifts = self.build("drifts", "drift")
        sides = (drifts, drifts, *ONE, "--seed", "1")
        contest = self.result(*sides, exit_code=3)
        self.assertEqual(contest["rounds"], 0)
        # Rounds that wait together for the machine's load count once.
        self.assertGreaterEqual(len(contest["repeated"]), 8)
        self.assertRegex(contest["repeated"][0], "[AB]: it is drift")
        self.assertRegex(contest["text"], r"(\d+) of \1 rounds did not count")
        self.assertRounds(self.result(*sides, "--doubtful", "--rounds", "1", exit_code=3), 1)

    def test_times_that_cannot_be_true_never_count(self):
        contest = self.result("faulty:0", "faulty:4", *ONE, *ALL, "--rounds", "1", exit_code=3)
        self.assertIn("B: the launches took", contest["failure"])
        for fault in ("implausible", "unverified"):
            build = self.build(fault, fault)
            contest = self.result(build, build, *ONE, *ALL, "--rounds", "1", exit_code=3)
            self.assertRegex(contest["failure"], "[AB]: it is " + fault)

    def test_what_only_one_side_offers_is_named_and_not_decided(self):
        one, both = self.build("one", "samples"), self.build("both", "samples", (COPY, TRIAD))
        sides = (one, both, *ONE, *ALL)
        done = self.duel(*sides, "--json", exit_code=3)
        self.assertEqual(json.loads(done.stdout)["contests"][0]["outcome"],
                         "no difference as large as the effect")
        (unpaired,) = json.loads(done.stdout)["only_one_side_offers"]
        self.assertRegex(unpaired, "^B: triad .* native/x, x:0, cold$")
        self.assertRegex(self.duel(*sides, exit_code=3).stdout,
                         "Only one side offers, and so not judged:\n  B: triad ")
        self.duel(one, one, *ONE, *ALL, exit_code=0)

    def test_commands_have_the_environment_of_the_user(self):
        self.environment["OMP_NUM_THREADS"] = "1"
        command = self.command("threads", 'test "$OMP_NUM_THREADS" = 1')
        contest = self.result("--command", command, "--command", command, *ALL, "--rounds", "1",
                              exit_code=3)
        self.assertEqual(contest["outcome"], "not decided")

    def test_a_shell_runs_both_commands_or_none(self):
        # A shell that finds no program ends with 127; without one the duel is refused.
        missing = ("--command", "./missing")
        self.duel("--command", "true", *missing, *ALL, exit_code=2)
        contest = self.result("--command", "true;", *missing, *ALL, exit_code=3)
        self.assertIn("B: exit code 127", contest["failure"])

    def test_a_command_that_hangs_ends_with_all_that_it_started(self):
        helper = self.folder / "helper"
        hanging = self.command("hanging", f"setsid sleep 300 & echo $! > {helper}\nwait")
        contest = self.result("--command", hanging, "--command", "true", *ALL,
                              "--timeout", "500ms", exit_code=3)  # fmt: skip
        self.assertIn("had not ended", contest["failure"])
        self.assertFalse(pathlib.Path(f"/proc/{int(helper.read_text())}").exists())

    def test_two_wrong_sides_are_a_finding(self):
        contest = self.result("faulty:2", "faulty:2", *ONE, *ALL, exit_code=1)
        self.assertEqual(contest["outcome"], "both are wrong")
        self.duel("faulty:2", "faulty:2", *ONE, *ALL, "--bisect", exit_code=125)

    def test_the_seed_repeats_the_order(self):
        def order(seed):
            contest = self.result("faulty:0", "faulty:1", *ONE, "--doubtful", "--rounds", "3",
                                  "--seed", seed, exit_code=3)
            return [[(one["side"], one["again"]) for one in round_] for round_ in
                    contest["measurements"]]

        self.assertEqual(order("5"), order("5"))
        self.assertNotEqual(order("5"), order("6"))

    def test_ctrl_c_prints_what_is_known(self):
        marks = self.folder / "marks"
        marks.mkdir()
        fifo = self.folder / "tenth"
        os.mkfifo(fifo)
        # The tenth start waits for ever and says so: the third round has then begun.
        command = self.command(
            "count",
            f'mktemp "{marks}/XXXXXX" >&2; if [ $(ls "{marks}" | wc -l) -ge 12 ]; '
            f'then echo x > "{fifo}"; exec sleep 1000; fi',
        )
        arguments = ("--command", command, "--command", command, *ALL)
        process = subprocess.Popen(
            [PROGRAM, "duel", *arguments],
            env=self.environment, cwd=self.folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        pathlib.Path(fifo).read_text()
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate()
        self.assertEqual(process.returncode, 128 + signal.SIGINT)
        self.assertIn("stopped before the end", said)
        self.assertIn("2 rounds", said)

    def test_bad_input_is_refused(self):
        for arguments in (
            (),
            ("threads=1",),
            ("threads=1", "threads=2"),
            ("threads=1", "threads=none", *ONE),
            ("threads=1", "colour=red", *ONE),
            ("nothing", "threads=2", *ONE),
            (str(self.folder), str(self.folder), *ONE),
            ("faulty:0", "faulty:9", *ONE),
            ("threads=1", "threads=2", "--problem", COPY, "--command", "true"),
            ("--command", "true"),
            ("--command", "true", "--command", ""),
            ("faulty:0", "faulty:1", "--effect", "0", *ONE),
            # Two devices that could each be A.
            ("implementation=native/fake", "native/fake,device=faulty:0", *ONE),
        ):
            with self.subTest(arguments):
                self.assertIn("assay: error: ", self.duel(*arguments, exit_code=2).stderr)


if __name__ == "__main__":
    unittest.main()

"""Work that is left out of timed launches, or put off until it is seen, is found."""

import unittest

from assay_case import AssayCase

# What is found: a status with a word of its reason, or a word of the doubt "implausible".
FOUND = {
    "first-after-upload": ("implausible", "the first launch after"),
    "first-of-call": ("implausible", "the first launch"),
    "last-of-call": ("implausible", "launch of a call"),
    "first-three": ("implausible", "the first launch after"),
    "deferred": ("implausible", "put off until then"),
    "hiding": ("implausible", "download"),
    "incremental": ("implausible", "an input was replaced"),
    "guessing": ("wrong", "with changed inputs"),
    "every-third": ("wrong", "never written"),
    "every-hundredth": ("wrong", "never written"),
    "only-single": ("wrong", "never written"),
    "coarse": ("wrong", "launch"),
    "stale": ("wrong", "before the change"),
    "good": ("", ""),
}
# Launches of a millisecond, by the made-up times of these devices.
PROBLEM = "copy n=131072 type=f32"

# Launches of 0.18 ms: work that is as short as what other devices need to wake up.
SHORT = "copy n=22528 type=f32"
FOUND_IN_SHORT = {
    "first-of-call": "in calls of one",
    "leading": "a call of one launch took",
    "dodging": "work was",
    "good": "",
}

# What is kept from earlier, and work outside of launches, in launches of a millisecond.
FOUND_IN_CALLS = {
    "remembering": "a call of one launch took",
    "uploading": "may be hidden around them",
    "repairing": "a call of one launch took",
    "good": "",
}
# An operation whose inputs never change.
UNCHANGING = "transfer direction=d2d n=262144 type=f32"
FOUND_IN_UNCHANGING = {"repairing": "a call of one launch took", "good": ""}


class Liars(AssayCase):
    attempts = 1

    def run_with(self, problem, *options, exit_code=None):
        """The record and the accusations of each device, by its name."""
        self.assay(
            *("run", "--device", "faulty", "--implementation", "native/fake", "--mode", "hot"),
            *("--problem", problem, "--target", "0.0001%", *options),
            exit_code=exit_code,
        )
        records = {record["device"]["index"]: record for record in self.records()}
        for name, index in self.names().items():
            record = records[index]
            yield name, record, [
                doubt["text"]
                for doubt in record["trust"]["doubts"]
                # Beside other work on the machine it is no proof, but said all the same.
                if doubt["fault"] in ("implausible", "suspect")
            ]

    def find(self, problem, found):
        """Each liar is accused in every run, and in one of a few by the expected words: other work
        may make another doubt the first one."""
        missing = set(found)
        for _ in range(3):
            for name, record, implausible in self.run_with(problem, "--budget", "500ms"):
                with self.subTest(f"{name}: {record['reason']} {implausible}"):
                    self.assertEqual(record["status"], "ok", record["reason"])
                    self.assertEqual(bool(implausible), name != "good")
                    if found[name] in "".join(implausible):
                        missing.discard(name)
            if not missing:
                return
        self.fail(f"not found as expected: {', '.join(sorted(missing))}")


class Work(Liars):
    devices = ",".join(FOUND)

    def test_work_that_is_left_out_or_put_off_is_found(self):
        for name, record, implausible in self.run_with(PROBLEM, "--budget", "2s", exit_code=1):
            with self.subTest(f"{name}: {record['reason']} {implausible}"):
                kind, word = FOUND[name]
                if kind == "wrong":
                    self.assertEqual(record["status"], "wrong")
                    self.assertIn(word, record["reason"])
                    continue
                self.assertEqual(record["status"], "ok", record["reason"])
                self.assertEqual(bool(implausible), kind == "implausible")
                self.assertIn(word, "".join(implausible))
                challenges = record["challenges"]
                self.assertGreater(challenges["calls"], challenges["changed_calls"])
                self.assertGreater(challenges["changed_calls"], 0)
                self.assertGreater(challenges["whole_looks"], 1)
                self.assertGreater(challenges["replaced_calls"], 1)
                self.assertGreater(challenges["judged_parts"], 1)


class ShortWork(Liars):
    devices = ",".join(FOUND_IN_SHORT)

    def test_work_of_less_than_waking_up_takes_is_found_too(self):
        self.find(SHORT, FOUND_IN_SHORT)


class KeptResults(Liars):
    devices = ",".join(FOUND_IN_CALLS)

    def test_work_that_only_other_inputs_need_or_an_upload_does_is_found(self):
        self.find(PROBLEM, FOUND_IN_CALLS)


class KeptCopies(Liars):
    devices = ",".join(FOUND_IN_UNCHANGING)

    def test_copies_of_which_only_overwritten_parts_are_written_again_are_found(self):
        self.find(UNCHANGING, FOUND_IN_UNCHANGING)


if __name__ == "__main__":
    unittest.main()

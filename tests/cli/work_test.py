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
    "guessing": ("wrong", "of a call with changed inputs"),
    "every-third": ("wrong", "never written"),
    "every-hundredth": ("wrong", "never written"),
    "only-single": ("wrong", "never written"),
    "coarse": ("wrong", "launch"),
    "stale": ("wrong", "before the change"),
    "good": ("", ""),
}
# Launches of a millisecond, by the made-up times of these devices.
PROBLEM = "copy n=131072 type=f32"


class Work(AssayCase):
    attempts = 1
    devices = ",".join(FOUND)

    def test_work_that_is_left_out_or_put_off_is_found(self):
        self.assay(
            *("run", "--device", "faulty", "--implementation", "native/fake", "--mode", "hot"),
            *("--problem", PROBLEM, "--budget", "2s", "--target", "0.0001%"),
            exit_code=1,
        )
        records = {record["device"]["index"]: record for record in self.records()}
        for name, index in self.names().items():
            record = records[index]
            implausible = [
                doubt["text"]
                for doubt in record["trust"]["doubts"]
                # Beside other work on the machine it is no proof, but said all the same.
                if doubt["fault"] in ("implausible", "suspect")
            ]
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


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
"""What is a real change."""

import random
import unittest

import compare
import console
from results import UsageError
from support import benchmark, by_name

ROUNDS, REPETITIONS = 5, 4


def noisy(factor=1.0, noise=0.02, seed=1, offset=0.0):
    """Rounds of samples around 100 * factor."""
    source = random.Random(seed)
    return [[100 * factor * (1 + source.gauss(0, noise)) + offset for _ in range(REPETITIONS)]
            for _ in range(ROUNDS)]


def compared(base, new, threshold=0.05, alternating=True, **more):
    """A Comparison of benchmarks, given as name to rounds."""
    both = [by_name(*[benchmark(name, *rounds) for name, rounds in side.items()])
            for side in (base, new)]
    return compare.compare(*both, threshold, alternating=alternating, **more)


def verdicts(comparison):
    """By name."""
    return {c.name: c.verdict for c in comparison.changes}


class Alternating(unittest.TestCase):
    def test_finds_changes_and_not_noise(self):
        names = {"a/b/slower": 1.2, "a/b/same": 1.0, "a/b/faster": 0.8, "a/b/little": 1.02}
        found = compared({name: noisy(seed=1) for name in names},
                         {name: noisy(factor, seed=2) for name, factor in names.items()})
        self.assertEqual(verdicts(found), {"a/b/slower": "worse", "a/b/same": "same",
                                           "a/b/faster": "better", "a/b/little": "same"})
        slower = next(c for c in found.changes if c.name == "a/b/slower")
        self.assertAlmostEqual(slower.factor.value, 1.2, delta=0.03)
        self.assertLess(slower.p, 0.001)

    def test_many_benchmarks_without_a_change_give_no_alarm(self):
        names = [f"a/b/s{index}" for index in range(60)]
        found = compared({n: noisy(noise=0.1, seed=2 * i) for i, n in enumerate(names)},
                         {n: noisy(noise=0.1, seed=2 * i + 1) for i, n in enumerate(names)})
        self.assertEqual({v for v in verdicts(found).values()} - {"same", "unclear"}, set())

    def test_a_change_below_the_threshold_does_not_count(self):
        base, new = {"a/b/c": noisy(noise=0.001)}, {"a/b/c": noisy(1.04, 0.001, seed=2)}
        self.assertEqual(verdicts(compared(base, new)), {"a/b/c": "same"})
        self.assertEqual(verdicts(compared(base, new, threshold=0.02)), {"a/b/c": "worse"})

    def test_one_bad_round_is_no_regression(self):
        # As when another process got in the way for a while: most samples of the new side are
        # above those of the base, but not in every round.
        base = noisy(noise=0.002)
        new = [[s * 1.1 for s in samples] for samples in noisy(noise=0.002, seed=2)]
        new[3] = [s * 0.95 for s in base[3]]
        self.assertNotEqual(verdicts(compared({"a/b/c": base}, {"a/b/c": new})),
                            {"a/b/c": "worse"})

    def test_drift_hits_both_and_is_no_change(self):
        drift = [1.0, 1.1, 1.3, 1.6, 2.0]
        base = [[s * d for s in samples] for samples, d in zip(noisy(), drift)]
        new = [[s * d for s in samples] for samples, d in zip(noisy(seed=2), drift)]
        self.assertNotIn(verdicts(compared({"a/b/c": base}, {"a/b/c": new}))["a/b/c"],
                         ("worse", "better"))

    def test_noise_that_could_hide_a_change_is_said(self):
        found = compared({"a/b/c": noisy(noise=0.4)}, {"a/b/c": noisy(noise=0.4, seed=2)})
        self.assertEqual(verdicts(found), {"a/b/c": "unclear"})

    def test_those_of_one_side_are_listed(self):
        found = compared({"a/b/c": noisy(), "a/b/gone": noisy()},
                         {"a/b/c": noisy(seed=2), "a/b/more": noisy()})
        self.assertEqual((found.only_base, found.only_new), (["a/b/gone"], ["a/b/more"]))
        lines = console.change_lines(found, 0.05)
        self.assertIn("not compared, only in the base: a/b/gone", lines)
        self.assertIn("not compared, only in the new: a/b/more", lines)

    def test_too_few_samples_or_nothing_to_compare_is_no_success(self):
        one = {"a/b/c": [[1.0, 2.0]]}
        with self.assertRaisesRegex(UsageError, "2 repetitions are too few .* at least 5"):
            compared(one, one)
        with self.assertRaisesRegex(UsageError, "nothing to compare"):
            compared({"a/b/c": noisy()}, {"a/b/d": noisy()})

    def test_counters_that_were_counted_are_noted(self):
        base = by_name(benchmark("a/b/c", *noisy(), iovecs=3, same=1))
        new = by_name(benchmark("a/b/c", *noisy(seed=2), iovecs=4, same=1))
        (change,) = compare.compare(base, new, 0.05, alternating=True).changes
        self.assertEqual(change.notes, ("iovecs 3 -> 4",))


class OtherRun(unittest.TestCase):
    def test_a_slower_machine_is_no_regression(self):
        base = {"a/b/c": noisy(), "a/b/limit:x": noisy(seed=3)}
        new = {"a/b/c": noisy(3, seed=2), "a/b/limit:x": noisy(3, seed=4)}
        found = compared(base, new, alternating=False, same_machine=False)
        self.assertEqual(verdicts(found), {"a/b/c": "same"})

    def test_but_a_slower_program_is(self):
        base = {"a/b/c": noisy(), "a/b/d": noisy(seed=5), "a/b/limit:x": noisy(seed=3)}
        new = {"a/b/c": noisy(3.9, seed=2), "a/b/d": noisy(2, seed=6),
               "a/b/limit:x": noisy(3, seed=4)}
        found = compared(base, new, alternating=False, same_machine=False)
        self.assertEqual(verdicts(found), {"a/b/c": "worse", "a/b/d": "better"})
        self.assertAlmostEqual(found.worse[0].factor.value, 1.3, delta=0.05)

    def test_without_a_limit_the_drift_of_all_limits_counts(self):
        base = {"a/b/limit:x": noisy(), "a/run/c": noisy(seed=3), "a/run/d": noisy(seed=5)}
        new = {"a/b/limit:x": noisy(2, seed=2), "a/run/c": noisy(2, seed=4),
               "a/run/d": noisy(3, seed=6)}
        self.assertEqual(verdicts(compared(base, new, alternating=False)),
                         {"a/run/c": "same", "a/run/d": "worse"})

    def test_without_a_limit_nothing_is_said_of_another_machine(self):
        base = {"a/b/limit:x": noisy(), "a/b/c": noisy(), "a/run/d": noisy()}
        found = compared(base, base, alternating=False, same_machine=False)
        self.assertEqual(list(verdicts(found)), ["a/b/c"])
        self.assertEqual(found.not_comparable, ["a/run/d"])

    def test_a_noisy_limit_gives_no_alarm(self):
        base = {"a/b/c": noisy(noise=0.002), "a/b/limit:x": noisy(noise=0.3, seed=3)}
        new = {"a/b/c": noisy(noise=0.002, seed=2), "a/b/limit:x": noisy(noise=0.3, seed=4)}
        self.assertEqual(verdicts(compared(base, new, alternating=False)), {"a/b/c": "unclear"})


class Printing(unittest.TestCase):
    def test_tells_each_verdict_with_its_numbers_the_worst_last(self):
        lines = console.change_lines(
            compared({"a/b/c": noisy(), "a/b/d": noisy()},
                     {"a/b/c": noisy(1.5, seed=2), "a/b/d": noisy(0.5, seed=3)}), 0.05)
        self.assertRegex(lines[0], r"^better  a/b/d +time x 0\.\d+ \(0\.\d+-0\.\d+\), "
                                   r"\d+\.\d+ ns -> \d+\.\d+ ns$")
        self.assertRegex(lines[1], r"^worse   a/b/c +time x 1\.\d+ ")
        self.assertEqual(lines[2], "2 compared: 1 worse, 1 better, 0 the same, 0 too noisy to "
                                   "exclude a change of 5%")

    def test_names_do_not_reach_the_terminal_raw(self):
        name = "a/b/\x1b[31m"
        lines = console.change_lines(compared({name: noisy()}, {name: noisy(seed=2)}), 0.05)
        self.assertNotIn("\x1b", "".join(lines))
        self.assertIn("a/b/\\x1b[31m", lines[0])


if __name__ == "__main__":
    unittest.main()

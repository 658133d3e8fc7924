# SPDX-License-Identifier: Apache-2.0
"""The statistics against values that are known from elsewhere."""

import itertools
import random
import unittest

import stats


def p_by_counting(left, right):
    """The exact two-sided p of the U test, slowly: over all ways to deal out the samples."""
    def u(chosen, others):
        return sum((a > b) + (a == b) / 2 for a in chosen for b in others)

    both = left + right
    middle = len(left) * len(right) / 2
    seen = abs(u(left, right) - middle)
    deals = list(itertools.combinations(range(len(both)), len(left)))
    extreme = 0
    for deal in deals:
        chosen = [both[i] for i in deal]
        others = [both[i] for i in range(len(both)) if i not in deal]
        extreme += abs(u(chosen, others) - middle) >= seen
    return extreme / len(deals)


def samples_with_u(n, u):
    """Two lists of n different values, of whose pairs (left, right) u have the left one above."""
    above = [n] * (u // n) + [u % n]
    above += [0] * (n - len(above))
    return ([float(i) for i in range(n)],
            [n - count - 0.5 + 0.001 * i for i, count in enumerate(above)])


class Describing(unittest.TestCase):
    def test_percentiles(self):
        self.assertEqual(stats.percentile([4, 1, 3, 2], 0.5), 2.5)
        self.assertEqual(stats.percentile([10, 20, 30], 0.1), 12)
        self.assertEqual(stats.percentile([7], 0.9), 7)
        self.assertEqual(stats.median([3, 1, 2]), 2)

    def test_median_absolute_deviation(self):
        self.assertEqual(stats.median_absolute_deviation([1, 1, 2, 2, 4, 6, 9]), 1)

    def test_ratio_is_that_of_the_medians_and_lies_in_its_interval(self):
        over = [[20.0, 21.0, 22.0], [20.5, 21.0, 30.0]]
        under = [[10.0, 10.5, 11.0], [10.2, 10.5, 10.9]]
        found = stats.ratio(over, under)
        self.assertEqual(found.value, 2.0)
        self.assertLess(found.low, 2.0)
        self.assertGreater(found.high, 2.0)
        self.assertEqual(found, stats.ratio(over, under), "the same samples, the same interval")

    def test_samples_that_do_not_vary_have_an_interval_without_width(self):
        found = stats.ratio([[6.0] * 5], [[3.0] * 5])
        self.assertEqual((found.low, found.value, found.high), (2.0, 2.0, 2.0))
        self.assertEqual(stats.median_estimate([[4.0, 4.0]]), stats.Estimate(4.0, 4.0, 4.0))

    def test_rounds_that_differ_widen_the_interval(self):
        alike = stats.median_estimate([[10.0, 11.0, 12.0]] * 4)
        apart = stats.median_estimate([[10.0] * 3, [11.0] * 3, [11.0] * 3, [14.0] * 3])
        self.assertGreater(apart.high - apart.low, alike.high - alike.low)


class UTest(unittest.TestCase):
    def test_published_critical_values(self):
        # Of the usual tables, two-sided at 0.05: below it at the value, above it at the next.
        for n, critical in ((5, 2), (10, 23), (15, 64), (20, 127)):
            with self.subTest(n=n):
                self.assertLess(stats.mann_whitney_p(*samples_with_u(n, critical)), 0.05)
                self.assertGreater(stats.mann_whitney_p(*samples_with_u(n, critical + 1)), 0.05)

    def test_exact_values_agree_with_counting(self):
        source = random.Random(7)
        for n, m in ((1, 4), (2, 3), (3, 3), (4, 5), (6, 4)):
            for _ in range(5):
                values = source.sample(range(100), n + m)
                left, right = values[:n], values[n:]
                with self.subTest(left=left, right=right):
                    self.assertAlmostEqual(stats.mann_whitney_p(left, right),
                                           p_by_counting(left, right))

    def test_is_exact_without_overlap(self):
        # 2 of the 252 ways to choose 5 of 10.
        self.assertAlmostEqual(stats.mann_whitney_p([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]), 2 / 252)
        self.assertAlmostEqual(stats.smallest_p(5, 5), 2 / 252)

    def test_ties_are_approximated(self):
        # By hand: U = 2.5 of 25, mean 12.5, variance 25 / 12 * (11 - 6 / 90).
        z = (12.5 - 2.5 - 0.5) / (25 / 12 * (11 - 6 / 90)) ** 0.5
        found = stats.mann_whitney_p([1, 2, 3, 4, 5], [3, 6, 7, 8, 9])
        self.assertAlmostEqual(found, stats.math.erfc(z / 2**0.5))
        counted = p_by_counting([1, 2, 3, 4, 5], [3, 6, 7, 8, 9])
        self.assertAlmostEqual(found, counted, delta=0.02)

    def test_approximation_and_exact_value_agree_for_many_samples(self):
        left = [float(i) for i in range(30)]
        right = [i * 1.0 + 6.25 for i in range(30)]
        exact = stats.mann_whitney_p(left, right)
        approximated = stats.mann_whitney_p(left + [1000.0], right + [1000.0])  # a tie
        self.assertAlmostEqual(exact, approximated, delta=0.01)

    def test_equal_samples_are_no_evidence(self):
        self.assertEqual(stats.mann_whitney_p([1, 1], [1, 1]), 1.0)

    def test_is_symmetric(self):
        self.assertEqual(stats.mann_whitney_p([1, 5, 9], [2, 3, 4, 12]),
                         stats.mann_whitney_p([2, 3, 4, 12], [1, 5, 9]))


class Holm(unittest.TestCase):
    def test_known_values(self):
        for got, wanted in zip(stats.holm([0.01, 0.04, 0.03]), [0.03, 0.06, 0.06]):
            self.assertAlmostEqual(got, wanted)

    def test_never_above_one(self):
        self.assertEqual(stats.holm([0.9, 0.8]), [1.0, 1.0])
        self.assertEqual(stats.holm([]), [])


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
"""The statistics of ci/bench: robust ones, as times on a shared machine have long tails.

Samples come in rounds, one for each start of a program. Samples of one round have the memory layout
of the process and the mood of the machine in common, so the intervals resample rounds first.
"""

import dataclasses
import functools
import math
import random

BOOTSTRAP_ROUNDS = 400  # resamplings for an interval
INTERVAL = 0.95
EXACT_TEST_LIMIT = 30  # samples a side, up to which the U test counts instead of approximating


@dataclasses.dataclass(frozen=True)
class Estimate:
    """A figure, and the interval in which 95 of 100 resamplings lie."""

    value: float
    low: float
    high: float


def flat(rounds):
    """The samples of all rounds, as one list."""
    return [sample for samples in rounds for sample in samples]


def percentile(values, fraction):
    """By linear interpolation between the two nearest; `values` must not be empty."""
    ordered = sorted(values)
    place = fraction * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def median(values):
    """The middle one, or the mean of the two."""
    return percentile(values, 0.5)


def median_absolute_deviation(values):
    """The median distance from the median. Not scaled to a normal distribution."""
    middle = median(values)
    return median([abs(value - middle) for value in values])


def _resampled_median(rounds, source):
    values = []
    for samples in source.choices(rounds, k=len(rounds)):
        values += source.choices(samples, k=len(samples))
    values.sort()
    return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2


def _interval(value, resampled):
    edge = (1 - INTERVAL) / 2
    return Estimate(value, percentile(resampled, edge), percentile(resampled, 1 - edge))


def median_estimate(rounds):
    """An Estimate of the median of a list of rounds, see ratio()."""
    source = random.Random(1)
    return _interval(median(flat(rounds)),
                     [_resampled_median(rounds, source) for _ in range(BOOTSTRAP_ROUNDS)])


def ratio(over, under):
    """An Estimate of the ratio of the medians of two lists of rounds, all values above 0.

    The interval is a percentile bootstrap of two levels: rounds, then samples in them. The source
    of randomness is seeded, so that the same results give the same page.
    """
    source = random.Random(1)
    ratios = [_resampled_median(over, source) / _resampled_median(under, source)
              for _ in range(BOOTSTRAP_ROUNDS)]
    return _interval(median(flat(over)) / median(flat(under)), ratios)


@functools.cache
def _u_counts(n, m):
    """How many of the orders of n and m samples have U = 0, 1, ... n * m.

    The coefficients of the Gaussian binomial: the product of (1 - q^(m + i)) / (1 - q^i).
    """
    counts = [1] + [0] * (n * m)
    for i in range(1, n + 1):
        for u in range(n * m, m + i - 1, -1):
            counts[u] -= counts[u - m - i]
        for u in range(i, n * m + 1):
            counts[u] += counts[u - i]
    return counts


def _rank_sum_and_ties(left, right):
    """The sum of the left ranks, ties sharing theirs, and the sum of t^3 - t over the ties."""
    ordered = sorted([(value, 0) for value in left] + [(value, 1) for value in right])
    rank_sum, ties, index = 0.0, 0, 0
    while index < len(ordered):
        end = index
        while end < len(ordered) and ordered[end][0] == ordered[index][0]:
            end += 1
        shared_rank = (index + 1 + end) / 2
        rank_sum += shared_rank * sum(1 for _, side in ordered[index:end] if side == 0)
        ties += (end - index) ** 3 - (end - index)
        index = end
    return rank_sum, ties


def mann_whitney_p(left, right):
    """The two-sided p of the Mann-Whitney U test of two lists, neither empty.

    Exact for few samples without ties, else by the normal approximation with corrections for ties
    and continuity.
    """
    n, m = len(left), len(right)
    rank_sum, ties = _rank_sum_and_ties(left, right)
    u = rank_sum - n * (n + 1) / 2
    if ties == 0 and max(n, m) <= EXACT_TEST_LIMIT:
        counts = _u_counts(n, m)
        tail = sum(counts[: int(min(u, n * m - u)) + 1])
        return min(1.0, 2 * tail / math.comb(n + m, n))
    total = n + m
    variance = n * m / 12 * ((total + 1) - ties / (total * (total - 1)))
    if variance <= 0:
        return 1.0
    z = max(abs(u - n * m / 2) - 0.5, 0) / math.sqrt(variance)
    return math.erfc(z / math.sqrt(2))


def smallest_p(n, m):
    """What mann_whitney_p gives for n and m samples that do not overlap at all."""
    return min(1.0, 2 / math.comb(n + m, n))


def holm(p_values):
    """The p values corrected for their number by Holm's method, in the order given."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    corrected, largest = [0.0] * len(p_values), 0.0
    for place, index in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - place) * p_values[index]))
        corrected[index] = largest
    return corrected

# SPDX-License-Identifier: Apache-2.0
"""Two sets of results: which differences are real.

A difference counts where the Mann-Whitney U test finds it, corrected by Holm for the number of
benchmarks, and where the medians differ by more than a threshold. Results of different runs are
compared as ratios to the limit of their group, so that a slower machine is no regression.
"""

import dataclasses
import math
import statistics

from results import limits

SIGNIFICANCE = 0.01


@dataclasses.dataclass
class Change:
    """`factor` is new time through old time."""

    name: str
    factor: float
    p: float
    verdict: str  # better, worse, same


def mann_whitney_p(left, right):
    """Two-sided p of the U test, by the normal approximation with ties and continuity."""
    n, m = len(left), len(right)
    ordered = sorted((value, side) for side, values in ((0, left), (1, right)) for value in values)
    rank_sum, ties, index = 0.0, 0.0, 0
    while index < len(ordered):
        end = index
        while end < len(ordered) and ordered[end][0] == ordered[index][0]:
            end += 1
        count = end - index
        rank = (index + 1 + end) / 2
        rank_sum += rank * sum(1 for _, side in ordered[index:end] if side == 0)
        ties += count**3 - count
        index = end
    total = n + m
    u = rank_sum - n * (n + 1) / 2
    variance = n * m / 12 * ((total + 1) - ties / (total * (total - 1)))
    if variance <= 0:
        return 1.0
    z = max(abs(u - n * m / 2) - 0.5, 0) / math.sqrt(variance)
    return math.erfc(z / math.sqrt(2))


def holm(p_values):
    """The p values, corrected for their number, in their order."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    corrected, largest = [0.0] * len(p_values), 0.0
    for place, index in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - place) * p_values[index]))
        corrected[index] = largest
    return corrected


def _samples(benchmark, group_limits, normalise):
    limit = group_limits.get(benchmark.group)
    if not normalise or limit is None or benchmark.is_limit:
        return benchmark.samples
    return [sample / limit.median for sample in benchmark.samples]


def compare(base, new, threshold, normalise):
    """The changes of the benchmarks that both have, and the names that only one has."""
    shared = sorted(set(base) & set(new))
    if normalise:  # a limit is the measure itself
        shared = [name for name in shared if not base[name].is_limit]
    base_limits, new_limits = limits(base), limits(new)
    pairs = [(_samples(base[name], base_limits, normalise),
              _samples(new[name], new_limits, normalise)) for name in shared]
    corrected = holm([mann_whitney_p(old, now) for old, now in pairs])
    changes = []
    for name, (old, now), p in zip(shared, pairs, corrected):
        factor = statistics.median(now) / statistics.median(old)
        real = p < SIGNIFICANCE and abs(math.log(factor)) > math.log(1 + threshold)
        verdict = "same" if not real else "worse" if factor > 1 else "better"
        changes.append(Change(name, factor, p, verdict))
    return changes, sorted(set(base) - set(new)), sorted(set(new) - set(base))

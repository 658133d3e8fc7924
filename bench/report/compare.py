# SPDX-License-Identifier: Apache-2.0
"""Two sets of results: which differences are real.

A benchmark is better or worse where all three agree:
- the Mann-Whitney U test of the samples, corrected by Holm for the number of benchmarks;
- the ratio of the medians is beyond a threshold;
- every round says the same, as the samples of one round are not independent of each other.

Results of runs at different times are first divided by those of the limit of their group, so that
a slower machine is no regression.
"""

import dataclasses
import math

import stats
from results import UsageError, limits

SIGNIFICANCE = 0.01  # the chance of one false alarm or more among all benchmarks of a comparison
MAX_REPETITIONS = 1000


@dataclasses.dataclass(frozen=True)
class Change:
    """`factor` is new time through old time, after what was done to make them comparable."""

    name: str
    verdict: str  # better, worse, same, unclear: too noisy to exclude a change beyond the threshold
    factor: stats.Estimate
    p: float
    base_ns: float
    new_ns: float
    notes: tuple  # counters that are not what they were


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Changes by name, and the names of those that could not be compared."""

    changes: list
    only_base: list
    only_new: list
    not_comparable: list

    @property
    def worse(self):
        return [c for c in self.changes if c.verdict == "worse"]


def needed_repetitions(count):
    """How many repetitions a side let the U test find a change in one of `count` benchmarks."""
    return next(n for n in range(1, MAX_REPETITIONS)
                if stats.smallest_p(n, n) * count < SIGNIFICANCE)


def _over_limit(benchmark, limit):
    """The rounds as ratios, each sample to that of the limit with its number."""
    if [len(r) for r in benchmark.rounds] != [len(r) for r in limit.rounds]:
        middle = limit.median
        return [[sample / middle for sample in samples] for samples in benchmark.rounds]
    return [[sample / least for sample, least in zip(samples, lowest)]
            for samples, lowest in zip(benchmark.rounds, limit.rounds)]


def _drift(base, new):
    """How much slower the machine was in the new run: the median change of the limits, or None."""
    shared = [name for name in base if name in new and base[name].is_limit]
    return stats.median([new[n].median / base[n].median for n in shared]) if shared else None


def _comparable_pairs(base, new, shared, same_machine):
    """For each name the rounds of both runs, made comparable; None where they are not."""
    base_limits, new_limits, drift = limits(base), limits(new), _drift(base, new)
    pairs = {}
    for name in shared:
        if base[name].is_limit:
            continue  # it is the measure itself
        old, now = base_limits.get(name), new_limits.get(name)
        if old and now and old.name == now.name:
            pairs[name] = (_over_limit(base[name], old), _over_limit(new[name], now))
        elif same_machine and drift:
            pairs[name] = (base[name].rounds,
                           [[s / drift for s in samples] for samples in new[name].rounds])
        else:
            pairs[name] = None
    return pairs


def _rounds_agree(old, now, paired):
    """Whether every round of the new run lies on the same side of those of the old run."""
    left, right = [stats.median(r) for r in old], [stats.median(r) for r in now]
    if paired:
        sides = {after > before for before, after in zip(left, right)}
        return len(sides) == 1
    return max(left) < min(right) or max(right) < min(left)


def _counter_notes(before, after):
    notes = []
    for name in sorted(set(before.counters) & set(after.counters)):
        old, now = (set(stats.flat(b.counters[name])) for b in (before, after))
        if len(old) == len(now) == 1 and old != now:  # one that is counted, not measured
            notes.append(f"{name} {old.pop():g} -> {now.pop():g}")
    return tuple(notes)


def _verdict(factor, p, threshold, agree):
    if p < SIGNIFICANCE and agree and abs(math.log(factor.value)) > math.log1p(threshold):
        return "worse" if factor.value > 1 else "better"
    within = factor.low >= 1 / (1 + threshold) and factor.high <= 1 + threshold
    return "same" if within else "unclear"


def _check_pairs(pairs):
    if not pairs:
        raise UsageError("nothing to compare: no benchmark is in both, or comparable")
    fewest = min(min(len(stats.flat(old)), len(stats.flat(now))) for old, now in pairs.values())
    if fewest < (needed := needed_repetitions(len(pairs))):
        raise UsageError(f"{fewest} repetitions are too few to tell a change from noise in one of "
                          f"{len(pairs)} benchmarks; at least {needed} are needed on both sides")


def compare(base, new, threshold, *, alternating, same_machine=True):
    """A Comparison of two sets of benchmarks by name.

    `alternating`: both were measured in turn, round by round, so that their times can be compared
    as they are; otherwise they are of different runs.
    """
    shared = sorted(set(base) & set(new))
    if alternating:
        pairs = {name: (base[name].rounds, new[name].rounds) for name in shared}
    else:
        pairs = _comparable_pairs(base, new, shared, same_machine)
    not_comparable = [name for name, pair in pairs.items() if pair is None]
    pairs = {name: pair for name, pair in pairs.items() if pair is not None}
    _check_pairs(pairs)
    corrected = stats.holm([stats.mann_whitney_p(stats.flat(old), stats.flat(now))
                            for old, now in pairs.values()])
    changes = []
    for (name, (old, now)), p in zip(pairs.items(), corrected):
        factor = stats.ratio(now, old)
        agree = _rounds_agree(old, now, alternating)
        changes.append(Change(name, _verdict(factor, p, threshold, agree), factor, p,
                              base[name].median, new[name].median,
                              _counter_notes(base[name], new[name])))
    return Comparison(changes, sorted(set(base) - set(new)), sorted(set(new) - set(base)),
                      not_comparable)

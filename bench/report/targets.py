# SPDX-License-Identifier: Apache-2.0
"""Which figures are to be reached (targets.json), and whether they are. README.md has the keys."""

import dataclasses
import fnmatch

import results
import stats
from results import ResultError

BOUNDS = ("at_most", "at_least", "at_most_ns")
NEEDED = {"what", "benchmark"}
KEYS = NEEDED | {"against", "of", "min_message_bytes", *BOUNDS}
MAX_TARGETS = 200


@dataclasses.dataclass(frozen=True)
class Verdict:
    """One benchmark against one target. The estimate is a ratio, or nanoseconds."""

    what: str
    name: str
    estimate: stats.Estimate
    unit: str  # "ns", or "" for a ratio
    wanted: str
    reached: bool
    close: bool  # the bound lies within the interval: another run may judge otherwise


@dataclasses.dataclass(frozen=True)
class Judgement:
    """All verdicts, and the targets (what they say) that a filtered run could not look at."""

    verdicts: list
    not_measured: list

    @property
    def reached(self):
        return all(v.reached for v in self.verdicts)


def _check(target, where):
    if not isinstance(target, dict):
        raise ResultError(f"{where}: expected an object")
    if unknown := set(target) - KEYS:
        raise ResultError(f"{where}: unknown key {ascii(min(unknown))}; known are {sorted(KEYS)}")
    if missing := NEEDED - set(target):
        raise ResultError(f"{where}: no {min(missing)!r}")
    for key, value in target.items():
        number = key in BOUNDS or key == "min_message_bytes"
        if number and not results.is_number(value, above=0):
            raise ResultError(f"{where}.{key}: expected a number above 0")
        if not number and not (isinstance(value, str) and value):
            raise ResultError(f"{where}.{key}: expected a text")
    if sum(key in target for key in BOUNDS) != 1:
        raise ResultError(f"{where}: expected one of {', '.join(BOUNDS)}")
    absolute = "at_most_ns" in target
    if absolute == ("against" in target) or (absolute and "of" in target):
        raise ResultError(f"{where}: a ratio needs 'against', at_most_ns goes without it and "
                          "without 'of'")


def read(path):
    """The list of targets."""
    targets = results.read_json(path)
    if not isinstance(targets, list) or not 0 < len(targets) <= MAX_TARGETS:
        raise ResultError(f"{path}: expected a list of 1 to {MAX_TARGETS} targets")
    for index, target in enumerate(targets):
        _check(target, f"{path}: [{index}]")
    return targets


def _rounds(benchmark, target):
    of = target.get("of", "time")
    rounds = benchmark.figures(of)
    if rounds is None or min(stats.flat(rounds)) <= 0:
        raise ResultError(f"target {target['what']!r}: {ascii(benchmark.name)} has no {of!r} "
                          "above 0")
    return rounds


def _judge_one(target, benchmark, other):
    bound = next(key for key in BOUNDS if key in target)
    limit = target[bound]
    if bound == "at_most_ns":
        estimate, unit = stats.median_estimate(benchmark.rounds), "ns"
    else:
        estimate, unit = stats.ratio(_rounds(benchmark, target), _rounds(other, target)), ""
    reached = estimate.value >= limit if bound == "at_least" else estimate.value <= limit
    wanted = f"{'at least' if bound == 'at_least' else 'at most'} {limit:g} {unit}".strip()
    return Verdict(target["what"], benchmark.name, estimate, unit, wanted, reached,
                   estimate.low < limit < estimate.high)


def _other_name(target, benchmark):
    words = benchmark.name.split("/")
    return "/".join([*words[:2], target["against"], *words[3:]])


def _other(target, benchmark, benchmarks):
    """What the target compares with, in the group of the benchmark; None where it compares with nothing."""
    return benchmarks.get(_other_name(target, benchmark)) if "against" in target else None


def _missing_text(target, found, benchmarks):
    if not found:
        return (f"target {target['what']!r}: no benchmark matches {target['benchmark']!r} with its "
                "other conditions")
    names = [_other_name(target, b) for b in found if _other(target, b, benchmarks) is None]
    return f"target {target['what']!r}: there is no benchmark {ascii(names[0])}"


def _matches(target, benchmark):
    if not fnmatch.fnmatchcase(benchmark.name, target["benchmark"]):
        return False
    least = target.get("min_message_bytes")
    return least is None or (benchmark.counter("message_bytes") or 0) >= least


def judge(targets, benchmarks, partial):
    """A verdict for each benchmark that a target names.

    Where a target, or what it compares with, was not measured: an error, or noted where the run
    was a partial one.
    """
    verdicts, not_measured = [], []
    for target in targets:
        found = sorted((b for b in benchmarks.values() if _matches(target, b)),
                       key=lambda b: b.name)
        pairs = [(b, _other(target, b, benchmarks)) for b in found]
        measured = [(b, other) for b, other in pairs if other or "against" not in target]
        if len(measured) < max(1, len(found)):
            if not partial:
                raise ResultError(_missing_text(target, found, benchmarks))
            not_measured.append(target["what"])
        verdicts += [_judge_one(target, b, other) for b, other in measured]
    return Judgement(verdicts, not_measured)

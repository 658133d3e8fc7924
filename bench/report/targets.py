# SPDX-License-Identifier: Apache-2.0
"""Which figures are to be reached (targets.json), and whether they are."""

import dataclasses
import fnmatch
import json

from results import ResultError, ratio

KEYS = {"what", "benchmark", "against", "at_most", "at_least", "at_most_ns", "min_message_bytes"}


@dataclasses.dataclass
class Verdict:
    """One benchmark against one target. `value` is a ratio, or nanoseconds."""

    what: str
    name: str
    value: float
    low: float
    high: float
    wanted: str
    reached: bool
    unit: str


def read(path):
    """The list of targets."""
    try:
        with open(path, encoding="utf-8") as file:
            targets = json.load(file)
    except (OSError, ValueError) as error:
        raise ResultError(f"{path}: {error}") from error
    for index, target in enumerate(targets):
        limits = {"at_most", "at_least", "at_most_ns"} & set(target)
        if set(target) - KEYS or len(limits) != 1 or not {"what", "benchmark"} <= set(target):
            raise ResultError(f"{path}: [{index}]: expected the keys {sorted(KEYS)}, of them "
                              "'what', 'benchmark' and one limit")
        if "at_most_ns" not in target and "against" not in target:
            raise ResultError(f"{path}: [{index}]: a ratio needs 'against'")
    return targets


def _judge_one(target, benchmark, benchmarks):
    if "at_most_ns" in target:
        low, high = benchmark.spread
        value, limit, unit = benchmark.median, target["at_most_ns"], "ns"
    else:
        area, case, x = benchmark.group
        name = f"{area}/{case}/{target['against']}" + ("" if x is None else f"/{x}")
        if name not in benchmarks:
            raise ResultError(f"target '{target['what']}': there is no benchmark {name}")
        other = benchmarks[name]
        unit = ""
        if "at_most" in target:  # of the other's time
            value, low, high = ratio(benchmark, other)
            limit = target["at_most"]
        else:  # of the other's speed
            value, low, high = ratio(other, benchmark)
            limit = target["at_least"]
    reached = value >= limit if "at_least" in target else value <= limit
    wanted = ("at least " if "at_least" in target else "at most ") + f"{limit:g}"
    return Verdict(target["what"], benchmark.name, value, low, high,
                   wanted + (" ns" if unit else ""), reached, unit)


def judge(targets, benchmarks, allow_missing=False):
    """A verdict for each benchmark that a target names. A target without one is an error."""
    verdicts = []
    for target in targets:
        found = [
            b for b in benchmarks.values()
            if fnmatch.fnmatchcase(b.name, target["benchmark"])
            and b.counters.get("message_bytes", 0) >= target.get("min_message_bytes", 0)
        ]
        if not found and not allow_missing:
            raise ResultError(f"target '{target['what']}': no benchmark matches "
                              f"{target['benchmark']}")
        verdicts += [_judge_one(target, b, benchmarks)
                     for b in sorted(found, key=lambda b: b.name)]
    return verdicts

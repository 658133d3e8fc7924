# SPDX-License-Identifier: Apache-2.0
"""Benchmarks, their names and samples, and the file results.json that keeps them.

A benchmark is named AREA/CASE/STRATEGY, or AREA/CASE/STRATEGY/N on a curve. The strategy that
begins with "limit:" is the physical limit of its group AREA/CASE, at the same N on a curve.
README.md describes the file.
"""

import dataclasses
import json
import math
import re

import stats

FORMAT = "wsapi-bench-2"
LIMIT_PREFIX = "limit:"
MAX_FILE_SIZE = 64 << 20  # bytes
MAX_BENCHMARKS = 5000
MAX_NAME_SIZE = 200  # characters
MAX_CURVE_DIGITS = 12
MAX_NUMBER = 1e18  # of whatever is read; what is calculated with them stays finite
MIN_TIME = 1e-9


class ResultError(Exception):
    """A file that is not what it should be; the message names file and place."""


class UsageError(Exception):
    """Wrong use: a bad option, or a file or revision that does not serve."""


@dataclasses.dataclass
class Benchmark:
    """One benchmark. All samples are in rounds: lists of lists, see stats.py.

    `rounds` holds nanoseconds. `counters` holds, by name, one value for each sample.
    """

    name: str
    rounds: list
    counters: dict

    @property
    def parts(self):
        """Area, case, strategy, and the place on a curve or None."""
        area, case, strategy, *x = self.name.split("/")
        return area, case, strategy, int(x[0]) if x else None

    @property
    def area(self):
        return self.parts[0]

    @property
    def case(self):
        return self.parts[1]

    @property
    def strategy(self):
        return self.parts[2]

    @property
    def x(self):
        return self.parts[3]

    @property
    def group(self):
        return self.area, self.case, self.x

    @property
    def is_limit(self):
        return self.strategy.startswith(LIMIT_PREFIX)

    @property
    def samples(self):
        return stats.flat(self.rounds)

    @property
    def median(self):
        return stats.median(self.samples)

    @property
    def spread(self):
        """The tenth and the ninetieth percentile, in nanoseconds."""
        return stats.percentile(self.samples, 0.1), stats.percentile(self.samples, 0.9)

    def counter(self, name):
        """The median of a counter, or None."""
        return stats.median(stats.flat(self.counters[name])) if name in self.counters else None

    def figures(self, of):
        """The rounds of what is asked for: "time", or a counter; None if it has none."""
        return self.rounds if of == "time" else self.counters.get(of)


def check_name(name, where):
    """Raises where a name is not AREA/CASE/STRATEGY or AREA/CASE/STRATEGY/N."""
    words = name.split("/") if isinstance(name, str) and len(name) <= MAX_NAME_SIZE else []
    good = len(words) in (3, 4) and all(words)
    if good and len(words) == 4:
        good = re.fullmatch(rf"[0-9]{{1,{MAX_CURVE_DIGITS}}}", words[3])
    if not good:
        raise ResultError(f"{where}: the name is {ascii(name)[:MAX_NAME_SIZE]}; expected "
                          "AREA/CASE/STRATEGY or AREA/CASE/STRATEGY/N")


def is_number(value, above=-math.inf):
    """A number of a size that occurs, and not a truth value, which Python takes for one."""
    return (isinstance(value, (int, float)) and not isinstance(value, bool)
            and abs(value) <= MAX_NUMBER and value > above)


def is_time(value):
    """A time, in whatever unit."""
    return is_number(value, above=MIN_TIME)


def read_json(path):
    """The document in a file, of a bounded size."""
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_FILE_SIZE + 1)
    except OSError as error:
        raise ResultError(f"{path}: {error.strerror}") from error
    if len(content) > MAX_FILE_SIZE:
        raise ResultError(f"{path}: larger than {MAX_FILE_SIZE} bytes")
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ResultError(f"{path}: not JSON: {error}") from error


def check_limits(benchmarks, where):
    """Raises where a group has two limits: nobody could say what its ratios mean."""
    found = {}
    for benchmark in benchmarks.values():
        if benchmark.is_limit:
            other = found.setdefault(benchmark.group, benchmark)
            if other is not benchmark:
                raise ResultError(f"{where}: a group has two limits, {ascii(other.name)} and "
                                  f"{ascii(benchmark.name)}")


def limits(benchmarks):
    """For the name of each benchmark that is no limit itself: the limit of its group, if any."""
    by_group = {b.group: b for b in benchmarks.values() if b.is_limit}
    return {b.name: by_group[b.group] for b in benchmarks.values()
            if not b.is_limit and b.group in by_group}


def _row(benchmark):
    """A benchmark as results.json has it: the samples, and for readers what follows from them."""
    low, high = benchmark.spread
    varying = {name: rounds for name, rounds in benchmark.counters.items()
               if len(set(stats.flat(rounds))) > 1}
    return {
        "name": benchmark.name,
        "median_ns": benchmark.median,
        "mad_ns": stats.median_absolute_deviation(benchmark.samples),
        "p10_ns": low,
        "p90_ns": high,
        "counters": {name: benchmark.counter(name) for name in sorted(benchmark.counters)},
        "rounds_ns": benchmark.rounds,
        "counter_rounds": varying,
    }


def write(path, context, benchmarks):
    """Writes results.json. `context`: facts about the run, all of them texts."""
    rows = [_row(benchmarks[name]) for name in sorted(benchmarks)]
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"format": FORMAT, "context": context, "benchmarks": rows}, file, indent=1)
        file.write("\n")


def _read_rounds(rounds, where, good_number):
    good = (isinstance(rounds, list) and rounds
            and all(isinstance(samples, list) and samples for samples in rounds)
            and all(good_number(value) for value in stats.flat(rounds)))
    if not good:
        kind = "numbers above 0" if good_number is is_time else "numbers"
        raise ResultError(f"{where}: expected a list of rounds, each a list of {kind}")
    return rounds


def _read_row(row, where):
    if not isinstance(row, dict):
        raise ResultError(f"{where}: expected an object")
    check_name(row.get("name"), f"{where}.name")
    rounds = _read_rounds(row.get("rounds_ns"), f"{where}.rounds_ns", is_time)
    counters, varying = row.get("counters", {}), row.get("counter_rounds", {})
    if not isinstance(counters, dict) or not isinstance(varying, dict):
        raise ResultError(f"{where}: counters and counter_rounds must be objects")
    read = {}
    for name, value in counters.items():
        place = f"{where}.counters.{ascii(name)}"
        if not is_number(value):
            raise ResultError(f"{place}: expected a number")
        read[name] = [[value] * len(samples) for samples in rounds]
        if name in varying:
            place = f"{where}.counter_rounds.{ascii(name)}"
            read[name] = _read_rounds(varying[name], place, is_number)
            if [len(r) for r in read[name]] != [len(r) for r in rounds]:
                raise ResultError(f"{place}: expected one number for each of rounds_ns")
    return Benchmark(row["name"], rounds, read)


def read(path):
    """Context and benchmarks by name, of a results.json."""
    document = read_json(path)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ResultError(f"{path}: format is not {FORMAT!r}; expected a results.json of ci/bench")
    rows, context = document.get("benchmarks"), document.get("context", {})
    if not isinstance(rows, list) or not 0 < len(rows) <= MAX_BENCHMARKS:
        raise ResultError(f"{path}: benchmarks: expected a list of 1 to {MAX_BENCHMARKS}")
    if not isinstance(context, dict) or not all(isinstance(v, str) for v in context.values()):
        raise ResultError(f"{path}: context: expected an object of texts")
    benchmarks = {}
    for index, row in enumerate(rows):
        benchmark = _read_row(row, f"{path}: benchmarks[{index}]")
        if benchmark.name in benchmarks:
            raise ResultError(f"{path}: benchmarks[{index}].name: {ascii(benchmark.name)} was "
                              "there before")
        benchmarks[benchmark.name] = benchmark
    check_limits(benchmarks, path)
    return context, benchmarks

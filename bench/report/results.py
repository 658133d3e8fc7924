# SPDX-License-Identifier: Apache-2.0
"""Results of benchmark runs: read from Google Benchmark's JSON, kept in a format of our own.

A benchmark is named AREA/CASE/STRATEGY, or AREA/CASE/STRATEGY/N on a curve. The strategy that
begins with "limit:" is what its group AREA/CASE is compared with.
"""

import dataclasses
import json
import math
import random
import statistics

FORMAT = "wsapi-bench-1"
LIMIT_PREFIX = "limit:"
MAX_FILE_SIZE = 256 << 20  # bytes
# Fields of a run that are no counters.
KNOWN_FIELDS = {
    "name", "run_name", "run_type", "family_index", "per_family_instance_index", "repetitions",
    "repetition_index", "threads", "iterations", "real_time", "cpu_time", "time_unit",
}
UNITS_NS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
BOOTSTRAP_ROUNDS = 400


class ResultError(Exception):
    """A file that is not what it should be; the message names file and place."""


@dataclasses.dataclass
class Benchmark:
    """One benchmark: its samples, one a repetition, in nanoseconds, and its counters."""

    name: str
    samples: list
    counters: dict

    @property
    def parts(self):
        """Area, case, strategy, and the place on the curve or None."""
        area, case, strategy, *rest = self.name.split("/")
        return area, case, strategy, int(rest[0]) if rest else None

    @property
    def group(self):
        area, case, _, x = self.parts
        return (area, case, x)

    @property
    def strategy(self):
        return self.parts[2]

    @property
    def is_limit(self):
        return self.strategy.startswith(LIMIT_PREFIX)

    @property
    def median(self):
        return statistics.median(self.samples)

    @property
    def spread(self):
        """The tenth and the ninetieth percentile."""
        ordered = sorted(self.samples)
        last = len(ordered) - 1
        return ordered[math.floor(0.1 * last)], ordered[math.ceil(0.9 * last)]


def _strip(name):
    """The name and the clock that it was measured with."""
    for suffix, clock in (("/manual_time", "real_time"), ("/real_time", "real_time")):
        if name.endswith(suffix):
            return name[: -len(suffix)], clock
    return name, "cpu_time"


def _read_json(path):
    try:
        with open(path, "rb") as file:
            text = file.read(MAX_FILE_SIZE + 1)
    except OSError as error:
        raise ResultError(f"{path}: {error.strerror}") from error
    if len(text) > MAX_FILE_SIZE:
        raise ResultError(f"{path}: larger than {MAX_FILE_SIZE} bytes")
    try:
        return json.loads(text)
    except ValueError as error:
        raise ResultError(f"{path}: not JSON: {error}") from error


def check_name(name, where):
    """Raises where a name is not AREA/CASE/STRATEGY or AREA/CASE/STRATEGY/N."""
    words = name.split("/") if isinstance(name, str) else []
    good = len(words) in (3, 4) and all(words) and (len(words) == 3 or words[3].isdigit())
    if not good:
        raise ResultError(f"{where}: name is {name!r}; expected AREA/CASE/STRATEGY[/N]")


def add_google_run(path, benchmarks):
    """Adds the samples of one output file of Google Benchmark to `benchmarks`, by name."""
    document = _read_json(path)
    runs = document.get("benchmarks") if isinstance(document, dict) else None
    if not isinstance(runs, list):
        raise ResultError(f"{path}: no list 'benchmarks'; expected Google Benchmark's JSON")
    for index, run in enumerate(runs):
        where = f"{path}: benchmarks[{index}]"
        if not isinstance(run, dict):
            raise ResultError(f"{where}: expected an object")
        if run.get("error_occurred"):
            raise ResultError(f"{where}: {run.get('error_message', 'failed')}")
        if run.get("run_type", "iteration") != "iteration":
            continue
        name, clock = _strip(str(run.get("run_name", run.get("name"))))
        check_name(name, where)
        unit = UNITS_NS.get(run.get("time_unit", "ns"))
        time = run.get(clock)
        if unit is None or not isinstance(time, (int, float)) or not time > 0:
            raise ResultError(f"{where}: {clock} is {time!r} {run.get('time_unit')!r}")
        found = benchmarks.setdefault(name, Benchmark(name, [], {}))
        found.samples.append(time * unit)
        for key, value in run.items():
            if key not in KNOWN_FIELDS and isinstance(value, (int, float)):
                found.counters[key] = value
    return document.get("context", {})


def write(path, context, benchmarks):
    """Writes our own format."""
    rows = [dataclasses.asdict(b) for b in sorted(benchmarks.values(), key=lambda b: b.name)]
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"format": FORMAT, "context": context, "benchmarks": rows}, file, indent=1)
        file.write("\n")


def read(path):
    """Context and benchmarks by name, of a file in our own format."""
    document = _read_json(path)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ResultError(f"{path}: format is not {FORMAT!r}; expected a results.json of ci/bench")
    benchmarks = {}
    for index, row in enumerate(document.get("benchmarks", [])):
        where = f"{path}: benchmarks[{index}]"
        try:
            found = Benchmark(row["name"], [float(s) for s in row["samples"]], row["counters"])
        except (TypeError, KeyError, ValueError) as error:
            raise ResultError(f"{where}: no name, samples and counters") from error
        check_name(found.name, where)
        if not found.samples or not all(s > 0 for s in found.samples):
            raise ResultError(f"{where}: samples must be times above 0")
        benchmarks[found.name] = found
    return document.get("context", {}), benchmarks


def limits(benchmarks):
    """The limit of each group."""
    return {b.group: b for b in benchmarks.values() if b.is_limit}


def ratio(over, under):
    """Ratio of the medians, with the interval that 95 of 100 resamplings give."""
    source = random.Random(1)

    def resampled(benchmark):
        return statistics.median(source.choices(benchmark.samples, k=len(benchmark.samples)))

    rounds = sorted(resampled(over) / resampled(under) for _ in range(BOOTSTRAP_ROUNDS))
    edge = BOOTSTRAP_ROUNDS // 40
    return over.median / under.median, rounds[edge], rounds[-1 - edge]

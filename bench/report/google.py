# SPDX-License-Identifier: Apache-2.0
"""Reads what Google Benchmark 1.7 writes with --benchmark_out_format=json."""

import re

import results
from results import Benchmark, ResultError

UNITS_NS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
# What it adds to the names of benchmarks that set these things for themselves.
SUFFIX = re.compile(r"/(iterations|repeats|min_time|min_warmup_time|threads):[0-9.]+$"
                    r"|/(process_time|real_time|manual_time)$")
REAL_CLOCKS = {"real_time", "manual_time"}
# The fields of a run that are no counters.
OWN_FIELDS = {
    "name", "run_name", "run_type", "family_index", "per_family_instance_index", "repetitions",
    "repetition_index", "threads", "iterations", "real_time", "cpu_time", "time_unit", "label",
    "error_occurred", "error_message", "aggregate_name", "aggregate_unit",
}


def split_name(run_name):
    """The name without what Google Benchmark added, and the field with the time that counts."""
    clock = "cpu_time"
    while match := SUFFIX.search(run_name):
        run_name = run_name[: match.start()]
        if match.group(2) in REAL_CLOCKS:
            clock = "real_time"
    return run_name, clock


def _read_run(run, where):
    """Name, nanoseconds and counters of one repetition; None for an aggregate."""
    if not isinstance(run, dict):
        raise ResultError(f"{where}: expected an object")
    if run.get("run_type", "iteration") == "aggregate":
        return None
    run_name = run.get("run_name", run.get("name"))
    if not isinstance(run_name, str):
        raise ResultError(f"{where}.run_name: expected a text")
    name, clock = split_name(run_name)
    results.check_name(name, where)
    if run.get("error_occurred"):
        raise ResultError(f"{where}: {ascii(name)} failed: {ascii(run.get('error_message'))}")
    unit = run.get("time_unit", "ns")
    if not isinstance(unit, str) or unit not in UNITS_NS:
        raise ResultError(f"{where}.time_unit: is {ascii(unit)}; expected one of "
                          f"{', '.join(UNITS_NS)}")
    if not results.is_time(run.get(clock)):
        raise ResultError(f"{where}.{clock}: {ascii(name)} has {ascii(run.get(clock))}; expected "
                          "a number above 0")
    counters = {key: value for key, value in run.items() if key not in OWN_FIELDS}
    for key, value in counters.items():
        if not results.is_number(value):
            raise ResultError(f"{where}.{ascii(key)}: is {ascii(value)}; expected a number")
    return name, run[clock] * UNITS_NS[unit], counters


def read_round(path):
    """Context and benchmarks by name; the repetitions of each make one round."""
    document = results.read_json(path)
    runs = document.get("benchmarks") if isinstance(document, dict) else None
    if not isinstance(runs, list):
        raise ResultError(f"{path}: no list 'benchmarks'; expected the JSON of Google Benchmark")
    found = {}
    for index, run in enumerate(runs):
        where = f"{path}: benchmarks[{index}]"
        repetition = _read_run(run, where)
        if repetition is None:
            continue
        name, time_ns, counters = repetition
        if len(found) == results.MAX_BENCHMARKS and name not in found:
            raise ResultError(f"{where}: more than {results.MAX_BENCHMARKS} benchmarks")
        benchmark = found.setdefault(name, Benchmark(name, [[]], {c: [[]] for c in counters}))
        if set(counters) != set(benchmark.counters):
            raise ResultError(f"{where}: {ascii(name)} has other counters than in the "
                              "repetition before")
        benchmark.rounds[0].append(time_ns)
        for key, value in counters.items():
            benchmark.counters[key][0].append(value)
    context = document.get("context")
    return context if isinstance(context, dict) else {}, found


def add_round(benchmarks, found, where):
    """Adds the round of a further start to `benchmarks`, which has the rounds of those before."""
    for name, benchmark in found.items():
        empty = Benchmark(name, [], {key: [] for key in benchmark.counters})
        known = benchmarks.setdefault(name, empty)
        if set(known.counters) != set(benchmark.counters):
            raise ResultError(f"{where}: {ascii(name)} has other counters than in the run before")
        known.rounds += benchmark.rounds
        for key, rounds in benchmark.counters.items():
            known.counters[key] += rounds
    results.check_limits(benchmarks, where)

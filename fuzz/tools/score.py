# SPDX-License-Identifier: Apache-2.0
"""ci/fuzz score: which of the injected bugs of fuzz/bugs/ the fuzz targets find, and how soon.

All bugs are put into one copy of the sources, asleep, and built once. Then each is woken in runs of
the target that should find it, which end with the first finding. Detected: in most of the runs.
"""

import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

from . import bugs, engine

MODES = ("full", "no-seeds", "no-mutators", "bare")
JOBS = 2
SLACK_S = 60
INPUT_TIMEOUT_S = 5  # a bug that spins is found by it
NEVER = float("inf")


@dataclasses.dataclass(frozen=True)
class Outcome:
    """Of one run: executions and seconds until each; NEVER where it did not come to that."""

    reached: tuple[float, float] = (NEVER, NEVER)
    triggered: tuple[float, float] = (NEVER, NEVER)
    detected: tuple[float, float] = (NEVER, NEVER)


def build(place: pathlib.Path) -> pathlib.Path:
    """Configures and builds the copy; returns the folder of its programs."""
    folder = place / "build/fuzz"
    configure = ["cmake", "-S", str(place), "--preset", "fuzz", "-DBUILD_TESTING=OFF",
                 "-DWSAPI_BUILD_HARNESS=OFF", "-DWSAPI_BUILD_BENCHMARKS=OFF",
                 f"-DWSAPI_FUZZ_WRAPPER={place}/fuzz/bugs/bug_entry.cc"]
    make = ["cmake", "--build", str(folder), "--target", "fuzz_targets",
            "--parallel", os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL", str(os.cpu_count() or 1))]
    for command in (configure, make):
        result = subprocess.run(command, cwd=place, text=True, capture_output=True, check=False,
                                timeout=3600)
        if result.returncode != 0:
            raise engine.ToolError(f"{' '.join(command[:3])} failed:\n{result.stdout[-6000:]}"
                                   f"{result.stderr[-2000:]}")
    return folder


def read_log(path: pathlib.Path) -> dict[str, tuple[float, float]]:
    if not path.is_file():
        return {}
    lines = (line.split() for line in path.read_text(encoding="ascii").splitlines())
    return {what: (float(executions), float(seconds)) for what, executions, seconds in lines}


def arguments_of(target: engine.Target, mode: str, folder: pathlib.Path) -> list:
    corpus = folder / "corpus"
    corpus.mkdir()
    arguments = [*engine.limits(), f"-timeout={INPUT_TIMEOUT_S}", "-print_final_stats=1",
                 "-reload=0", f"-artifact_prefix={folder}/"]
    arguments += target.options() if mode != "bare" else []
    seeds = mode in ("full", "no-mutators") and target.seeds.is_dir()
    return [*arguments, corpus, *([target.seeds] if seeds else [])]


def environment_of(bug: bugs.Bug, mode: str, log: pathlib.Path) -> dict[str, str]:
    env = {"WSAPI_BUG": str(bug.number), "WSAPI_BUG_LOG": str(log)}
    if mode in ("no-mutators", "bare"):
        env["WSAPI_FUZZ_MUTATOR"] = "off"
    # Names of functions cost time, and nobody reads them here.
    return env | {name: value.replace("symbolize=1", "symbolize=0")
                  for name, value in engine.SANITIZER_OPTIONS.items()}


def run_once(bug: bugs.Bug, target: engine.Target, mode: str, seconds: int, seed: int) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="wsapi-score-") as name:
        folder = pathlib.Path(name)
        log = folder / "bug.log"
        run = engine.run(target, [*arguments_of(target, mode, folder), f"-seed={seed}",
                                  f"-max_total_time={seconds}"],
                         env=environment_of(bug, mode, log), wall_limit_s=seconds + SLACK_S)
        noted = read_log(log)
    outcome = Outcome(noted.get("reached", (NEVER, NEVER)), noted.get("triggered", (NEVER, NEVER)))
    if run.status == 0:
        return outcome
    if "triggered" not in noted:
        raise engine.ToolError(f"{bug.title}: {target.name} has a finding that is not this bug: "
                               f"{run.log[-2000:]}")
    executions = run.stats.get("number_of_executed_units", NEVER)
    return dataclasses.replace(outcome, detected=(executions, run.seconds))


def medians(outcomes: list[Outcome], what: str) -> tuple[float, float]:
    pairs = [getattr(outcome, what) for outcome in outcomes]
    # Of an even number the later of the two in the middle: it must be a run, and not half of one.
    return tuple(statistics.median_high([pair[i] for pair in pairs]) for i in (0, 1))


def count(outcomes: list[Outcome], what: str) -> int:
    return sum(getattr(outcome, what)[1] != NEVER for outcome in outcomes)


def result_of(bug: bugs.Bug, outcomes: list[Outcome]) -> dict:
    result = {"bug": bug.number, "name": bug.name, "class": bug.kind, "clause": bug.clause,
              "target": bug.target, "runs": len(outcomes)}
    for what in ("reached", "triggered", "detected"):
        executions, seconds = medians(outcomes, what)
        result[what] = {"runs": count(outcomes, what),
                        "executions": None if executions == NEVER else int(executions),
                        "seconds": None if seconds == NEVER else round(seconds, 2)}
    return result


def line_of(result: dict) -> str:
    runs = result["runs"]
    counts = " ".join(f"{result[what]['runs']:>4}/{runs}"
                      for what in ("reached", "triggered", "detected"))
    detected = result["detected"]
    when = ("     never" if detected["seconds"] is None
            else f"{detected['executions']:>10} {detected['seconds']:>7.1f} s")
    return f"{result['bug']:03} {result['name']:<26} {result['target']:<15} {counts} {when}"


def parse_arguments(arguments) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ci/fuzz score", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60, help="of a run at most (default 60)")
    parser.add_argument("--seeds-count", type=int, default=5, metavar="N",
                        help="runs of each bug, with the random seeds 1 to N (default 5)")
    parser.add_argument("--bug", type=int, action="append", default=[], metavar="ID",
                        help="only this one; may be given again")
    parser.add_argument("--mode", choices=MODES, default="full",
                        help="no-seeds: an empty corpus; no-mutators: those of libFuzzer alone; "
                        "bare: neither, and no dictionary (default full)")
    parser.add_argument("--out", type=pathlib.Path, default=engine.ROOT / "build/fuzz-score",
                        help="the copy, its build and score-MODE.json (default build/fuzz-score)")
    options = parser.parse_args(arguments)
    if not 1 <= options.seconds <= 86400 or not 1 <= options.seeds_count <= 100:
        raise engine.UsageError("expected 1 to 86400 seconds and 1 to 100 runs")
    return options


def chosen(options) -> list[bugs.Bug]:
    found = bugs.read_bugs(engine.ROOT)
    unknown = set(options.bug) - {bug.number for bug in found}
    if unknown:
        raise engine.UsageError(f"no bug {sorted(unknown)}; there are {found[0].number} to "
                                f"{found[-1].number}")
    return [bug for bug in found if not options.bug or bug.number in options.bug]


def score(wanted: list[bugs.Bug], targets: dict, options) -> list[dict]:
    results = []
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        tasks = {bug: [pool.submit(run_once, bug, targets[bug.target], options.mode,
                                   options.seconds, seed + 1)
                       for seed in range(options.seeds_count)] for bug in wanted}
        try:
            for bug, runs in tasks.items():
                results.append(result_of(bug, [run.result() for run in runs]))
                print(line_of(results[-1]), flush=True)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return results


def main(arguments) -> int:
    options = parse_arguments(arguments)
    wanted = chosen(options)
    place = options.out.resolve() / "src"
    bugs.prepare(engine.ROOT, place)
    print("ci/fuzz score: building the copy with the bugs", file=sys.stderr, flush=True)
    folder = build(place)
    targets = {t.name: t for t in engine.find_targets(folder, root=place, special=True)}
    missing = [bug for bug in wanted if bug.target not in targets]
    for bug in missing:
        print(f"{bug.title}: there is no target {bug.target}", file=sys.stderr)
    print(f"{'bug':<30} {'target':<15} reached trigg. detect.  executions  seconds (medians)")
    results = score([bug for bug in wanted if bug not in missing], targets, options)
    detected = sum(result["detected"]["seconds"] is not None for result in results)
    document = {"version": 1, "mode": options.mode, "seconds": options.seconds,
                "seeds": options.seeds_count, "detected": detected, "bugs": len(wanted),
                "results": results}
    (options.out / f"score-{options.mode}.json").write_text(json.dumps(document, indent=2) + "\n",
                                                            encoding="utf-8")
    print(f"{detected} of {len(wanted)} bugs detected, mode {options.mode}")
    return 1 if options.mode == "full" and detected < len(wanted) else 0

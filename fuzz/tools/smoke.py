# SPDX-License-Identifier: Apache-2.0
"""ci/fuzz smoke: a short run of every target, the same each time, and the canary.

Each target runs twice from its seeds with the same seed of the random numbers and the same number
of executions. No run may have a finding; both must leave the same corpus, or findings could not be
reproduced; and the canary must be reported, or nothing would be.
"""

import argparse
import concurrent.futures
import pathlib
import sys
import tempfile

from . import artefacts, engine

DEFAULT_RUNS = 10_000
SEED = 20200301
JOBS = 2
WALL_LIMIT_S = 300  # of one run; it fails rather than being cut
CANARY_RUNS = 5_000_000  # it takes some ten thousand

# All that could make two runs differ is off: other processes, the clock, and comparisons, among
# which are those of addresses. The depth of the stack, which is also random, is left out by the
# preset (-fno-sanitize-coverage=stack-depth).
FIXED = (f"-seed={SEED}", "-reload=0", "-use_value_profile=0", "-use_cmp=0", "-shrink=0",
         "-len_control=100", "-entropic=1", "-print_final_stats=1", "-report_slow_units=300",
         # Entropic weighs inputs by the time that they take, unless told not to.
         "-entropic_scale_per_exec_time=0")


def contents(folder: pathlib.Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def run_fresh(target: engine.Target, runs: int, folder: pathlib.Path) -> engine.Run:
    """Runs the target into folder/corpus, which is made."""
    corpus, found = folder / "corpus", folder / "found"
    corpus.mkdir(parents=True)
    found.mkdir()
    seeds = [target.seeds] if target.seeds.is_dir() else []
    return engine.run(target, [*target.options(), *engine.limits(), *FIXED, f"-runs={runs}",
                               f"-artifact_prefix={found}/", corpus, *seeds],
                      wall_limit_s=WALL_LIMIT_S)


def check_target(target: engine.Target, runs: int) -> tuple[list[str], str]:
    """What is wrong with the target, and one line about it."""
    with tempfile.TemporaryDirectory(prefix="wsapi-smoke-") as name:
        folders = [pathlib.Path(name) / "1", pathlib.Path(name) / "2"]
        seconds = 0.0
        for folder in folders:
            run = run_fresh(target, runs, folder)
            seconds += run.seconds
            if run.status != 0:
                finding = artefacts.finding_of(run)
                return [f"{target.name}: {finding.key}\n{run.log[-3000:]}"], ""
        first, second = (contents(folder / "corpus") for folder in folders)
    line = (f"{target.name:<20} {run.stats.get('number_of_executed_units', 0):>8} executions, "
            f"{len(first):>4} inputs kept, {seconds:5.1f} s")
    if first == second:
        return [], line
    different = [key for key in first.keys() | second.keys() if first.get(key) != second.get(key)]
    return [f"{target.name}: two runs with the same seed kept different corpora: "
            f"{len(first)} and {len(second)} inputs, {len(different)} of them different"], line


def check_canary(target: engine.Target) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="wsapi-smoke-") as name:
        run = run_fresh(target, CANARY_RUNS, pathlib.Path(name))
        finding = artefacts.finding_of(run)
        artefact = any((pathlib.Path(name) / "found").iterdir())
    if finding and finding.kind == "AddressSanitizer: heap-buffer-overflow" and artefact:
        return []
    said = finding.key if finding else "no finding"
    return [f"canary: expected a heap-buffer-overflow and its input, but: {said}"]


def main(arguments) -> int:
    parser = argparse.ArgumentParser(prog="ci/fuzz smoke", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=DEFAULT_RUNS,
                        help=f"executions of each run (default {DEFAULT_RUNS})")
    parser.add_argument("--build", type=pathlib.Path, default=engine.ROOT / "build/fuzz")
    parser.add_argument("target", nargs="*", metavar="TARGET", help="default: all")
    options = parser.parse_args(arguments)
    if options.runs < 1:
        raise engine.UsageError("--runs: expected at least 1")
    targets = engine.find_targets(options.build, options.target)
    canary = engine.find_targets(options.build, ["canary"])[0]
    wrong = []
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        canary_check = pool.submit(check_canary, canary)
        for errors, line in pool.map(lambda target: check_target(target, options.runs), targets):
            wrong += errors
            if line:
                print(line, flush=True)
        wrong += canary_check.result()
    for error in wrong:
        print(f"ci/fuzz smoke: {error}", file=sys.stderr)
    if not wrong:
        print(f"{len(targets)} targets without finding, the canary was reported")
    return 1 if wrong else 0

# SPDX-License-Identifier: Apache-2.0
"""ci/fuzz speed: executions a second of the targets, as a share of what the engine alone does.

The target `empty` does nothing. All are run in turn, several times over, with their seeds and
mutators; the ratio is that of the medians.
"""

import argparse
import pathlib
import statistics
import tempfile

from . import engine

ROUNDS = 5
SECONDS = 3
WANTED = {"readbuf": 0.25, "frame": 0.25, "message": 0.25, "server_session": 0.10,
          "client_session": 0.10, "pair": 0.10}
BASE = "empty"


def executions_per_second(target: engine.Target, seconds: int, seed: int) -> float:
    with tempfile.TemporaryDirectory(prefix="wsapi-speed-") as folder:
        seeds = [target.seeds] if target.seeds.is_dir() else []
        run = engine.run(target, [*target.options(), *engine.limits(), f"-seed={seed}",
                                  f"-max_total_time={seconds}", "-print_final_stats=1", "-reload=0",
                                  f"-artifact_prefix={folder}/", folder, *seeds],
                         wall_limit_s=seconds + 60)
    count = run.stats.get("number_of_executed_units", 0)
    if run.status != 0 or count == 0:
        raise engine.ToolError(f"{target.name}: the run failed: {run.log[-1000:]}")
    return count / run.seconds


def measure(targets, seconds: int) -> dict[str, list[float]]:
    rates = {target.name: [] for target in targets}
    for number in range(ROUNDS):
        for target in targets:
            rates[target.name].append(executions_per_second(target, seconds, number + 1))
    return rates


def main(arguments) -> int:
    parser = argparse.ArgumentParser(prog="ci/fuzz speed", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=SECONDS,
                        help=f"of each of {ROUNDS} runs of a target (default {SECONDS})")
    parser.add_argument("--build", type=pathlib.Path, default=engine.ROOT / "build/fuzz")
    options = parser.parse_args(arguments)
    if not 1 <= options.seconds <= 600:
        raise engine.UsageError("--seconds: expected 1 to 600")
    built = {target.name: target for target in engine.find_targets(options.build, special=True)}
    names = [BASE, *(name for name in WANTED if name in built)]
    rates = measure([built[name] for name in names], options.seconds)
    base = statistics.median(rates[BASE])
    print(f"{'target':<16} {'exec/s':>9} {'spread':>8} {'ratio':>7} {'wanted':>7}")
    missed = 0
    for name in names:
        rate = statistics.median(rates[name])
        spread = (max(rates[name]) - min(rates[name])) / rate
        wanted = WANTED.get(name, 0)
        missed += rate / base < wanted
        print(f"{name:<16} {rate:>9.0f} {spread:>8.0%} {rate / base:>7.2f} {wanted:>7.2f}"
              f"{'  missed' if rate / base < wanted else ''}")
    return 1 if missed else 0

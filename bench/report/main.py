# SPDX-License-Identifier: Apache-2.0
"""Runs the benchmark programs, judges and compares what they measure, and draws the page."""

import argparse
import datetime
import os
import pathlib
import platform
import subprocess
import sys
import tempfile

import compare
import page
import results
import targets

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = ("codec_bench", "suite_bench")
ROUNDS = 5  # of a comparison: both builds in turn
OK, MISSED, USAGE, INTERNAL = 0, 1, 4, 5


def build(source, build_dir):
    """Builds the bench preset of a checkout. Its output is shown where it fails."""
    command = [str(source / "ci" / "build"), "bench", *PROGRAMS]
    if subprocess.run(command, check=False, stdout=sys.stderr).returncode != 0:
        raise results.ResultError(f"{source}: the benchmark programs could not be built")
    missing = [p for p in PROGRAMS if not (build_dir / p).exists()]
    if missing:
        raise results.ResultError(f"{build_dir}: there is no {missing[0]}")


def run_programs(build_dir, arguments, repetitions, benchmarks):
    """Runs each program once, with all its repetitions, and adds what it measured."""
    context = {}
    for program in PROGRAMS:
        with tempfile.NamedTemporaryFile(suffix=".json") as out:
            command = [
                str(build_dir / program), f"--benchmark_repetitions={repetitions}",
                f"--benchmark_min_time={arguments.min_time}",
                "--benchmark_enable_random_interleaving=true", f"--benchmark_out={out.name}",
                "--benchmark_out_format=json",
            ]
            if arguments.filter:
                command.append(f"--benchmark_filter={arguments.filter}")
            print(f"ci/bench: {program}, {repetitions} repetitions", file=sys.stderr)
            status = subprocess.run(command, check=False, stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL).returncode
            if status != 0:
                raise results.ResultError(f"{command[0]} failed (exit status {status})")
            if os.path.getsize(out.name) > 0:  # empty where the filter leaves nothing
                context = results.add_google_run(out.name, benchmarks) or context
    return context


def machine(context):
    """What a reader must know about a run."""
    def first_line(command):
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
        return done.stdout.splitlines()[0] if done.stdout else "unknown"

    model = "unknown"
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": first_line(["git", "describe", "--always", "--dirty"]),
        "processor": f"{os.cpu_count()} x {model}",
        "system": f"{platform.system()} {platform.release()}",
        "compiler": first_line(["g++", "--version"]),
        "load": " ".join(f"{x:.2f}" for x in context.get("load_avg", [])),
    }


def print_verdicts(verdicts):
    """The targets as a table of at most 100 columns."""
    for v in verdicts:
        figure = f"{v.value:.3g}{' ' + v.unit if v.unit else ''}"
        mark = "reached" if v.reached else "MISSED "
        print(f"{mark} {v.name[:46]:46} {figure:>9} ({v.low:.3g}-{v.high:.3g}), {v.wanted}")
    reached = sum(v.reached for v in verdicts)
    print(f"{reached} of {len(verdicts)} reached")


def measure(arguments):
    """A run of its own: results, targets, page."""
    build(ROOT, ROOT / "build" / "bench")
    benchmarks = {}
    context = run_programs(ROOT / "build" / "bench", arguments, arguments.repetitions, benchmarks)
    if not benchmarks:
        raise results.ResultError(f"no benchmark matches {arguments.filter}")
    facts = machine(context)
    wanted = targets.read(ROOT / "bench" / "targets.json")
    verdicts = targets.judge(wanted, benchmarks, allow_missing=bool(arguments.filter))
    arguments.out.mkdir(parents=True, exist_ok=True)
    results.write(arguments.out / "results.json", facts, benchmarks)
    (arguments.out / "index.html").write_text(page.render(facts, benchmarks, verdicts),
                                              encoding="utf-8")
    print_verdicts(verdicts)
    print(f"written: {arguments.out}/results.json and index.html")
    return OK if all(v.reached for v in verdicts) else MISSED


def print_changes(changes, gone, added):
    """Real changes first; the rest as a count. Exit status of the comparison."""
    for change in sorted(changes, key=lambda c: -c.factor):
        if change.verdict != "same":
            print(f"{change.verdict:6} {change.name[:60]:60} time x {change.factor:.2f} "
                  f"(p {change.p:.1g})")
    for label, names in (("only in the base", gone), ("only in the new", added)):
        for name in names:
            print(f"{label}: {name}")
    worse = sum(c.verdict == "worse" for c in changes)
    better = sum(c.verdict == "better" for c in changes)
    print(f"{len(changes)} compared: {worse} worse, {better} better, "
          f"{len(changes) - worse - better} the same")
    return MISSED if worse else OK


def compare_with_file(arguments):
    """Against the results of another run, as ratios to the limits."""
    _, base = results.read(arguments.compare)
    build(ROOT, ROOT / "build" / "bench")
    new = {}
    run_programs(ROOT / "build" / "bench", arguments, arguments.repetitions, new)
    if arguments.filter:
        base = {name: b for name, b in base.items() if name in new}
    return print_changes(*compare.compare(base, new, arguments.threshold, normalise=True))


def compare_with_revision(arguments):
    """Against another commit, built beside this one; both run in turn."""
    with tempfile.TemporaryDirectory(prefix="wsapi-bench-") as folder:
        checkout = pathlib.Path(folder) / "base"
        command = ["git", "-C", str(ROOT), "worktree", "add", "--detach", str(checkout),
                   arguments.compare]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            raise results.ResultError(f"--compare {arguments.compare}: neither a results.json nor "
                                      f"a commit: {done.stderr.strip()}")
        try:
            build(ROOT, ROOT / "build" / "bench")
            build(checkout, checkout / "build" / "bench")
            base, new = {}, {}
            repetitions = max(2, arguments.repetitions // ROUNDS)
            for _ in range(ROUNDS):
                run_programs(checkout / "build" / "bench", arguments, repetitions, base)
                run_programs(ROOT / "build" / "bench", arguments, repetitions, new)
        finally:
            subprocess.run(["git", "-C", str(ROOT), "worktree", "remove", "--force",
                            str(checkout)], check=False)
    return print_changes(*compare.compare(base, new, arguments.threshold, normalise=False))


def positive(kind):
    """A type for argparse: a number above 0."""
    def parse(value):
        parsed = kind(value)
        if not 0 < parsed < 1e6:
            raise argparse.ArgumentTypeError(f"{value} is not a number from above 0 to 1000000")
        return parsed
    return parse


class Parser(argparse.ArgumentParser):
    """Wrong use has the exit status of the other commands."""

    def error(self, message):
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"error: {message}\n")


def main():
    """Exit status: 0, 1 missed or worse, 4 wrong use, 5 error."""
    parser = Parser(prog="ci/bench", description=(
        "Builds and runs the benchmarks; writes results.json and a page of plots; says which "
        "targets of bench/targets.json are reached. With --compare: says what is faster or "
        "slower than another commit or an earlier results.json, beyond noise."),
        epilog="Exit status: 0 good, 1 a target missed or a regression, 4 wrong use, 5 error.")
    parser.add_argument("--filter", metavar="REGEX", help="only benchmarks whose name matches")
    parser.add_argument("--repetitions", type=positive(int), default=15, help="default 15")
    parser.add_argument("--min-time", type=positive(float), default=0.02,
                        help="seconds for each repetition (default 0.02)")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "build" / "bench" / "results",
                        help="folder of the results (default build/bench/results)")
    parser.add_argument("--compare", metavar="BASE", help="a results.json, or a git revision")
    parser.add_argument("--threshold", type=positive(float), default=0.05,
                        help="smallest change that counts (default 0.05: 5 %%)")
    arguments = parser.parse_args()
    try:
        if not arguments.compare:
            return measure(arguments)
        if os.path.exists(arguments.compare):
            return compare_with_file(arguments)
        return compare_with_revision(arguments)
    except results.ResultError as error:
        print(f"error: {error}", file=sys.stderr)
        return INTERNAL


if __name__ == "__main__":
    sys.exit(main())

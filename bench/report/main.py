# SPDX-License-Identifier: Apache-2.0
"""The command ci/bench. Exit status: 0 good, 1 missed or worse, 4 wrong use, 5 error."""

import argparse
import os
import pathlib
import re
import signal
import sys
import traceback
import webbrowser

import compare
import console
import machine
import page
import results
import run
import targets
from results import ResultError, UsageError
from run import ROOT

TARGETS = ROOT / "bench" / "targets.json"
DEFAULT_OUT = ROOT / "build" / "bench" / "results"
GOOD, MISSED, WRONG_USE, OWN_ERROR, INTERRUPTED = 0, 1, 4, 5, 130
ROUNDS = 3  # starts of each program, when only one build is measured
ALTERNATING_ROUNDS = 5  # when two are

DESCRIPTION = """\
Builds and runs the benchmarks, says which targets of bench/targets.json are reached, and writes
results.json and a page of plots, index.html. With --compare: says which benchmarks became better
or worse than in BASE, beyond noise. bench/report/README.md explains the figures."""
EPILOG = """\
Exit status: 0 good, 1 a target missed (with --compare: something became worse), 4 wrong use,
5 an error of the benchmarks or of this script."""


class Parser(argparse.ArgumentParser):
    """Wrong use has the exit status of the project's other commands."""

    def error(self, message):
        self.print_usage(sys.stderr)
        self.exit(WRONG_USE, f"ci/bench: {message}\n")


def number(kind, least, most):
    """A type for argparse: a number of a range."""
    def parse(value):
        try:
            parsed = kind(value)
        except ValueError:
            parsed = least - 1
        if not least <= parsed <= most:
            raise argparse.ArgumentTypeError(f"{value!r} is not a number from {least} to {most}")
        return parsed
    return parse


def parse_arguments(arguments):
    """The options."""
    parser = Parser(prog="ci/bench", description=DESCRIPTION, epilog=EPILOG, allow_abbrev=False,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--filter", metavar="REGEX", default="",
                        help="only benchmarks whose name matches")
    parser.add_argument("--repetitions", metavar="N", type=number(int, 1, compare.MAX_REPETITIONS),
                        default=15, help="of each benchmark (default 15)")
    parser.add_argument("--min-time", metavar="S", type=number(float, 0.0001, 60), default=0.02,
                        help="seconds that a repetition lasts at least (default 0.02)")
    parser.add_argument("--out", metavar="DIR", type=pathlib.Path, default=DEFAULT_OUT,
                        help="folder for results.json and index.html "
                             "(default build/bench/results)")
    parser.add_argument("--open", choices=("yes", "no"), default="no",
                        help="show the page in a browser (default no)")
    parser.add_argument("--from", metavar="FILE", dest="recorded", type=pathlib.Path,
                        help="judge this results.json instead of running anything")
    parser.add_argument("--compare", metavar="BASE", help=(
        "a results.json; or a revision of git, which is built and run in turn with this one"))
    parser.add_argument("--threshold", metavar="PERCENT", type=number(float, 0.1, 1000),
                        default=5.0, help="smallest change that counts (default 5)")
    return parser.parse_args(arguments)


def options_of(arguments, rounds):
    """How to measure. Never more rounds than repetitions."""
    return run.Options(arguments.filter, arguments.repetitions,
                       min(rounds, arguments.repetitions), arguments.min_time)


def read_given(path, pattern):
    """A results.json that the caller named, and of it what the pattern leaves."""
    try:
        matches = re.compile(pattern).search
        context, benchmarks = results.read(path)
    except re.error as error:
        raise UsageError(f"--filter {ascii(pattern)}: {error}") from error
    except ResultError as error:
        raise UsageError(str(error)) from error
    return context, {name: b for name, b in benchmarks.items() if matches(name)}


def measured_or_recorded(arguments):
    """Facts and benchmarks, of a run or of the file that is given in its place."""
    if arguments.recorded:
        context, benchmarks = read_given(arguments.recorded, arguments.filter)
        if not benchmarks:
            raise UsageError(f"--filter {ascii(arguments.filter)} leaves no benchmark")
        return context, benchmarks
    build = run.build(ROOT, "this checkout")
    options = options_of(arguments, ROUNDS)
    (benchmarks,), context = run.run_rounds([build], options)
    for warning in machine.warnings(context):
        print(f"ci/bench: {warning}", file=sys.stderr)
    return machine.facts(build, options, context), benchmarks


def measure(arguments):
    """Without --compare: results, targets, page."""
    wanted = targets.read(TARGETS)
    facts, benchmarks = measured_or_recorded(arguments)
    arguments.out.mkdir(parents=True, exist_ok=True)
    results.write(arguments.out / "results.json", facts, benchmarks)
    judgement = targets.judge(wanted, benchmarks, partial=bool(arguments.filter))
    shown = arguments.out / "index.html"
    shown.write_text(page.render(facts, benchmarks, judgement), encoding="utf-8")
    print("\n".join(console.target_lines(judgement)))
    print(f"written: {arguments.out / 'results.json'} and {shown}")
    if arguments.open == "yes":
        webbrowser.open(shown.resolve().as_uri())
    return GOOD if judgement.reached else MISSED


def compare_with_file(arguments):
    """With --compare FILE: against the results of another run."""
    base_facts, base = read_given(arguments.compare, arguments.filter if arguments.recorded else "")
    facts, benchmarks = measured_or_recorded(arguments)
    if arguments.filter and not arguments.recorded:  # Google Benchmark's regular expressions differ
        base = {name: b for name, b in base.items() if name in benchmarks}
    same_machine = facts.get("processor") == base_facts.get("processor")
    return compare.compare(base, benchmarks, arguments.threshold / 100, alternating=False,
                           same_machine=same_machine)


def compare_with_revision(arguments):
    """With --compare REVISION: both are built, and run in turn."""
    if arguments.recorded:
        raise UsageError("--from goes with --compare only where that names a file, too: a "
                         "revision is run in turn with this one")
    with run.checkout(arguments.compare) as source:
        builds = [run.build(source, arguments.compare), run.build(ROOT, "this checkout")]
        (base, new), context = run.run_rounds(builds, options_of(arguments, ALTERNATING_ROUNDS))
    for warning in machine.warnings(context):
        print(f"ci/bench: {warning}", file=sys.stderr)
    return compare.compare(base, new, arguments.threshold / 100, alternating=True)


def run_command(arguments):
    """The command that the options ask for; returns the exit status."""
    if arguments.compare is None:
        return measure(arguments)
    is_file = os.path.isfile(arguments.compare)
    comparison = (compare_with_file if is_file else compare_with_revision)(arguments)
    print("\n".join(console.change_lines(comparison, arguments.threshold / 100)))
    return MISSED if comparison.worse else GOOD


def main(arguments):
    """Returns the exit status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # clears up as well
    try:
        return run_command(parse_arguments(arguments))
    except UsageError as error:
        print(f"ci/bench: {error}", file=sys.stderr)
        return WRONG_USE
    except (ResultError, OSError) as error:
        print(f"ci/bench: {error}", file=sys.stderr)
        return OWN_ERROR
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:  # a mistake of ours must not look like a target that is missed
        traceback.print_exc()
        return OWN_ERROR


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

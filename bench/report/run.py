# SPDX-License-Identifier: Apache-2.0
"""Builds the benchmark programs, of this checkout or of another revision, and runs them."""

import contextlib
import dataclasses
import pathlib
import re
import subprocess
import sys
import tempfile

import google
from results import ResultError, UsageError

ROOT = pathlib.Path(__file__).resolve().parents[2]
PRESET = "bench"
PROGRAMS = ("codec_bench", "suite_bench")
MAX_RUN_S = 4 * 3600  # of one start of a program
MAX_SHOWN_LOG = 2000  # characters of what a program said before it failed


@dataclasses.dataclass(frozen=True)
class Build:
    """Programs that can be run. `label` is for messages."""

    label: str
    folder: pathlib.Path
    programs: tuple


@dataclasses.dataclass(frozen=True)
class Options:
    """How to measure."""

    filter: str  # a regular expression, or "" for all
    repetitions: int  # of each benchmark, in all rounds together
    rounds: int  # starts of each program
    min_time_s: float  # of each repetition

    def repetitions_of(self, number):
        """The share of one round, the rounds being numbered from 0."""
        return self.repetitions // self.rounds + (number < self.repetitions % self.rounds)


def git(*arguments):
    """Runs git in this checkout, which in a container may belong to somebody else."""
    command = ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), *arguments]
    try:
        return subprocess.run(command, check=False, capture_output=True, text=True)
    except OSError as error:
        raise ResultError(f"git cannot be run: {error.strerror}") from error


def programs_of(source):
    """Those of PROGRAMS that this checkout has; an earlier one may have fewer."""
    listing = source / "bench" / "CMakeLists.txt"
    try:
        text = listing.read_text(encoding="utf-8")
    except OSError as error:
        raise ResultError(f"{listing}: {error.strerror}") from error
    found = tuple(p for p in PROGRAMS if re.search(rf"\badd_executable\(\s*{p}\b", text))
    if not found:
        raise ResultError(f"{listing}: adds none of {', '.join(PROGRAMS)}")
    return found


def build(source, label):
    """Builds the programs of a checkout; what the compiler says is shown where it fails."""
    programs = programs_of(source)
    print(f"ci/bench: building {label}", file=sys.stderr)
    command = [str(source / "ci" / "build"), PRESET, *programs]
    if subprocess.run(command, check=False, stdout=sys.stderr).returncode != 0:
        raise ResultError(f"the benchmark programs of {label} could not be built")
    return Build(label, source / "build" / PRESET, programs)


@contextlib.contextmanager
def checkout(revision):
    """A temporary worktree of a revision, gone again afterwards."""
    commit = git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit.returncode != 0:
        raise UsageError(f"{ascii(revision)} is neither a file nor a revision that git knows")
    commit = commit.stdout.strip()
    if git("cat-file", "-e", f"{commit}:bench/CMakeLists.txt").returncode != 0:
        raise UsageError(f"{ascii(revision)} has no benchmarks yet: there is no "
                         "bench/CMakeLists.txt in it")
    with tempfile.TemporaryDirectory(prefix="wsapi-bench-") as folder:
        path = pathlib.Path(folder) / "base"
        added = git("worktree", "add", "--detach", str(path), commit)
        if added.returncode != 0:
            raise ResultError(f"git worktree add: {added.stderr.strip()}")
        try:
            yield path
        finally:
            git("worktree", "remove", "--force", "--force", str(path))


def _start(program, options, repetitions, out):
    """Runs a program once, to the end. Returns the last line that it said."""
    command = [
        str(program), f"--benchmark_repetitions={repetitions}",
        f"--benchmark_min_time={options.min_time_s}",
        "--benchmark_enable_random_interleaving=true", f"--benchmark_out={out}",
        "--benchmark_out_format=json",
    ]
    if options.filter:
        command.append(f"--benchmark_filter={options.filter}")
    try:
        done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, timeout=MAX_RUN_S)
    except subprocess.TimeoutExpired as error:
        raise ResultError(f"{program}: not done after {MAX_RUN_S} s") from error
    except OSError as error:
        raise ResultError(f"{program}: {error.strerror}") from error
    said = done.stderr.decode("utf-8", "backslashreplace")
    if done.returncode != 0:
        raise ResultError(f"{program} failed (exit status {done.returncode}); the end of what it "
                          f"said:\n{said[-MAX_SHOWN_LOG:]}")
    return (said.splitlines() or [""])[-1]


def run_rounds(builds, options):
    """Runs all programs of the builds, the builds in turn, so that drift of the machine hits all.

    Returns what each build measured, as benchmarks by name, and the context that Google Benchmark
    saw before the first start.
    """
    measured, context = [{} for _ in builds], {}
    last_line = ""
    with tempfile.TemporaryDirectory(prefix="wsapi-bench-") as folder:
        for program in PROGRAMS:
            for number in range(options.rounds):
                order = list(enumerate(builds))
                for index, one in order if number % 2 == 0 else reversed(order):
                    if program not in one.programs:
                        continue
                    repetitions = options.repetitions_of(number)
                    print(f"ci/bench: {program} of {one.label}, round {number + 1} of "
                          f"{options.rounds}, {repetitions} repetitions", file=sys.stderr)
                    out = pathlib.Path(folder) / f"{program}-{index}-{number}.json"
                    last_line = _start(one.folder / program, options, repetitions, out)
                    if out.exists() and out.stat().st_size > 0:  # it is empty if nothing matches
                        seen, found = google.read_round(out)
                        google.add_round(measured[index], found, out)
                        context = context or seen
    if not any(measured):
        raise UsageError(f"--filter {ascii(options.filter)} leaves no benchmark; {last_line}")
    return measured, context

# SPDX-License-Identifier: Apache-2.0
"""ci/fuzz campaign: all targets in turn for a given time, and a report of what they found."""

import argparse
import concurrent.futures
import dataclasses
import hashlib
import pathlib
import shutil
import sys
import tempfile
import threading
import time

from . import artefacts, engine, findings, known, report

MAX_ARTEFACTS_PER_GROUP = 5
MAX_GROUPS = 50  # of one target
MAX_RESTARTS = 500  # of one job: more findings in one turn than anybody reads
MAX_FAILURES = 3  # runs without artefact that did not end well
MAX_CORPUS_SIZE = 512 << 20  # bytes, of one target
MIN_TURN_S = 2


@dataclasses.dataclass
class Group:
    """Findings with the same key."""

    target: engine.Target
    finding: findings.Finding
    folder: pathlib.Path
    count: int = 0
    files: list[pathlib.Path] = dataclasses.field(default_factory=list)
    why_known: str | None = None
    reproduction: artefacts.Reproduction = artefacts.Reproduction(0, 0)
    minimised: pathlib.Path | None = None


class Collector:
    """Takes the artefacts of all jobs of a target, and keeps a few of each group."""

    def __init__(self, target: engine.Target, folder: pathlib.Path, corpus: pathlib.Path):
        self.target, self.folder, self.corpus = target, folder, corpus
        self.groups: dict[str, Group] = {}
        self.dropped = 0  # of groups beyond the limit
        self._lock = threading.Lock()

    def take(self, artefact: pathlib.Path, finding: findings.Finding) -> None:
        with self._lock:
            # One that lies in the corpus would end every later run at its start.
            digest = hashlib.sha1(artefact.read_bytes()).hexdigest()
            (self.corpus / digest).unlink(missing_ok=True)
            group = self._group(finding)
            if group is None:
                self.dropped += 1
                artefact.unlink()
                return
            group.count += 1
            place = group.folder / artefact.name
            if len(group.files) >= MAX_ARTEFACTS_PER_GROUP or place.exists():
                artefact.unlink()
            else:
                group.folder.mkdir(parents=True, exist_ok=True)
                group.files.append(pathlib.Path(shutil.move(artefact, place)))

    def _group(self, finding: findings.Finding) -> Group | None:
        group = self.groups.get(finding.key)
        if group is None and len(self.groups) < MAX_GROUPS:
            group = Group(self.target, finding, self.folder / finding.short_key)
            self.groups[finding.key] = group
        return group


@dataclasses.dataclass
class Turn:
    """What one target did in its share of the time."""

    target: engine.Target
    seconds: float = 0
    executions: int = 0
    restarts: int = 0
    corpus_files: int = 0
    errors: list[str] = dataclasses.field(default_factory=list)
    groups: list[Group] = dataclasses.field(default_factory=list)
    dropped: int = 0


def copy_seeds(target: engine.Target, corpus: pathlib.Path) -> None:
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in engine.input_files(target.seeds):
        content = engine.read_input(seed)
        (corpus / hashlib.sha1(content).hexdigest()).write_bytes(content)


def folder_size(folder: pathlib.Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())


def fuzz_job(turn: Turn, collector: Collector, end: float, seed: int, lock) -> None:
    """Runs the engine again and again until the time is over: each finding ends a run of it."""
    target, failures = turn.target, 0
    for restart in range(MAX_RESTARTS):
        left = int(end - time.monotonic())
        if left < 1 or failures == MAX_FAILURES or folder_size(collector.corpus) > MAX_CORPUS_SIZE:
            return
        with tempfile.TemporaryDirectory(prefix="wsapi-fuzz-") as folder:
            run = engine.run(
                target,
                [*target.options(), *engine.limits(), f"-max_total_time={left}",
                 f"-seed={seed + restart}", f"-artifact_prefix={folder}/", "-reload=1",
                 "-report_slow_units=60", "-print_final_stats=1", collector.corpus],
                wall_limit_s=left + engine.INPUT_TIMEOUT_S + artefacts.SLACK_S)
            found = sorted(path for path in pathlib.Path(folder).iterdir()
                           if path.name.startswith(("crash-", "leak-", "oom-", "timeout-")))
            for artefact in found:
                collector.take(artefact, artefacts.finding_of(run))
        with lock:
            turn.executions += run.stats.get("number_of_executed_units", 0)
            turn.restarts += restart > 0
            if run.status != 0 and not found:
                failures += 1
                turn.errors.append(f"status {run.status} and no artefact: {run.log[-300:]}")


def take_turn(target: engine.Target, seconds: float, jobs: int, out: pathlib.Path) -> Turn:
    folder = out / target.name
    shutil.rmtree(folder / "findings", ignore_errors=True)
    corpus = folder / "corpus"
    copy_seeds(target, corpus)
    turn, lock = Turn(target), threading.Lock()
    collector = Collector(target, folder / "findings", corpus)
    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        tasks = [pool.submit(fuzz_job, turn, collector, start + seconds, 1 + 1_000_000 * job, lock)
                 for job in range(jobs)]
        for task in tasks:
            task.result()
    turn.seconds = time.monotonic() - start
    turn.corpus_files = len(engine.input_files(corpus))
    turn.groups = sorted(collector.groups.values(), key=lambda group: group.finding.key)
    turn.dropped = collector.dropped
    return turn


def examine(group: Group, why_known: dict) -> None:
    """Runs the artefacts again, and makes the smallest one smaller and cleaner."""
    group.why_known = why_known.get((group.target.name, group.finding.key))
    results = [artefacts.reproduce(group.target, path, group.finding) for path in group.files]
    group.reproduction = max(results, key=lambda result: result.count)
    best = min((path for path, result in zip(group.files, results)
                if result.count == group.reproduction.count), key=lambda p: p.stat().st_size)
    group.minimised = group.folder / "minimised"
    if group.reproduction.count == 0:
        shutil.copyfile(best, group.minimised)
        return
    artefacts.minimise_and_cleanse(group.target, best, group.finding.key, group.minimised)


def parse_arguments(arguments) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ci/fuzz campaign", description=__doc__)
    parser.add_argument("--minutes", type=float, required=True, help="for all targets together")
    parser.add_argument("--jobs", type=int, default=1, help="at once (default 1)")
    parser.add_argument("--out", type=pathlib.Path, default=engine.ROOT / "build/fuzz-campaign",
                        help="reports, findings, and the corpora, which the next campaign goes on "
                        "with (default build/fuzz-campaign)")
    parser.add_argument("--known", type=pathlib.Path,
                        default=engine.ROOT / "fuzz/known_findings.json",
                        help="list of known findings (default fuzz/known_findings.json)")
    parser.add_argument("--build", type=pathlib.Path, default=engine.ROOT / "build/fuzz")
    parser.add_argument("target", nargs="*", metavar="TARGET", help="default: all")
    options = parser.parse_args(arguments)
    if not 0 < options.minutes <= 60 * 24 * 31:
        raise engine.UsageError("--minutes: expected more than 0 and at most a month")
    if not 1 <= options.jobs <= 256:
        raise engine.UsageError("--jobs: expected 1 to 256")
    return options


def main(arguments) -> int:
    options = parse_arguments(arguments)
    targets = engine.find_targets(options.build, options.target)
    listed = known.read_list(options.known)
    share = max(MIN_TURN_S, options.minutes * 60 / len(targets))
    options.out.mkdir(parents=True, exist_ok=True)
    turns = []
    for target in targets:
        print(f"{target.name}: {share:.0f} s, {options.jobs} jobs", file=sys.stderr, flush=True)
        turn = take_turn(target, share, options.jobs, options.out.resolve())
        turns.append(turn)
        if turn.groups:
            why_known = known.of_regressions(target) | listed
            for group in turn.groups:
                examine(group, why_known)
    summary = report.write_all(turns, options)
    print((options.out / "summary.md").read_text(encoding="utf-8"), end="")
    return summary["exit_status"]

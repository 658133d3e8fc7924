# SPDX-License-Identifier: Apache-2.0
"""Inputs with a finding: run again, made smaller, made cleaner."""

import dataclasses
import pathlib
import shutil
import tempfile

from . import engine, findings

REPRODUCTIONS = 10
MINIMISE_S = 30  # of -minimize_crash and of -cleanse_crash each
MINIMISE_RUNS = 500_000  # without a smaller input, after which none is expected
SLACK_S = 30  # for a run to end by itself after its own time limit


def run_once(target: engine.Target, path: pathlib.Path, env=None) -> engine.Run:
    """Runs the target on one input. Its status is 0 if there is no finding."""
    return engine.run(target, [*engine.limits(), path], env=env,
                      wall_limit_s=engine.INPUT_TIMEOUT_S + SLACK_S)


def finding_of(run: engine.Run) -> findings.Finding | None:
    """The finding of a run that failed; one of an unknown kind where no report can be read."""
    if run.status == 0:
        return None
    return findings.parse(run.log) or findings.Finding(f"no report, status {run.status}", "", ())


@dataclasses.dataclass(frozen=True)
class Reproduction:
    count: int  # of runs that gave the same finding
    of: int


def reproduce(target: engine.Target, path: pathlib.Path, wanted: findings.Finding,
              times: int = REPRODUCTIONS) -> Reproduction:
    """How often the input gives the finding. Names of functions take most of the time of a run, so
    that only the first run finds them; the others must be of the same kind."""
    first = finding_of(run_once(target, path))
    same = int(first is not None and first.key == wanted.key)
    nameless = {name: value.replace("symbolize=1", "symbolize=0")
                for name, value in engine.SANITIZER_OPTIONS.items()}
    for _ in range(times - 1):
        finding = finding_of(run_once(target, path, nameless))
        same += finding is not None and (finding.kind, finding.detail) == (wanted.kind,
                                                                           wanted.detail)
    return Reproduction(same, times)


def _improve(target: engine.Target, path: pathlib.Path, key: str, arguments) -> bytes | None:
    """What libFuzzer makes of the input, if it still gives the same finding."""
    with tempfile.TemporaryDirectory(prefix="wsapi-fuzz-") as folder:
        out = pathlib.Path(folder) / "improved"
        engine.run(target, [*arguments, *engine.limits(), f"-exact_artifact_path={out}",
                            f"-artifact_prefix={folder}/", "-seed=1", path],
                   wall_limit_s=MINIMISE_S + SLACK_S, cwd=folder)
        if not out.is_file():
            return None
        # libFuzzer follows any crash, which may be another one.
        finding = finding_of(run_once(target, out))
        return out.read_bytes() if finding and finding.key == key else None


def minimise(target: engine.Target, path: pathlib.Path, key: str) -> bytes:
    """A shorter input with the same finding, or the input itself. Bounded in time."""
    arguments = ["-minimize_crash=1", f"-max_total_time={MINIMISE_S}",
                 f"-runs={MINIMISE_RUNS}"]
    improved = _improve(target, path, key, arguments)
    original = engine.read_input(path)
    return improved if improved is not None and len(improved) < len(original) else original


def cleanse(target: engine.Target, path: pathlib.Path, key: str) -> bytes:
    """As many bytes as possible replaced by ones without meaning; same size, same finding."""
    improved = _improve(target, path, key, ["-cleanse_crash=1"])
    return engine.read_input(path) if improved is None else improved


def minimise_and_cleanse(target: engine.Target, path: pathlib.Path, key: str,
                         out: pathlib.Path) -> bytes:
    """Writes the result to `out` and returns it."""
    if out != path:
        shutil.copyfile(path, out)
    out.write_bytes(minimise(target, out, key))
    out.write_bytes(cleanse(target, out, key))
    return out.read_bytes()

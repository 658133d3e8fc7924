# SPDX-License-Identifier: Apache-2.0
"""Findings that are known: those listed in known_findings.json, and those of regression files."""

import json
import pathlib

from . import artefacts, engine

MAX_REGRESSIONS = 10_000


def read_list(path: pathlib.Path) -> dict[tuple[str, str], str]:
    """(target, key) of each entry, and why it is known. Error: the file is not as it should be."""
    if not path.is_file():
        return {}
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["findings"]
        known = {}
        for number, entry in enumerate(entries):
            target, key, why = entry["target"], entry["key"], entry["why"]
            if not all(isinstance(text, str) and text for text in (target, key, why)):
                raise engine.UsageError(f"{path}: entry {number}: target, key and why are texts")
            known[target, key] = why
        return known
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise engine.UsageError(f"{path}: expected an object with a list \"findings\" of objects "
                                f"with target, key and why: {error!r}") from error


def of_regressions(target: engine.Target) -> dict[tuple[str, str], str]:
    """The findings that the target's regression files still give: none, if all are fixed."""
    files = engine.input_files(target.regressions)[:MAX_REGRESSIONS]
    if not files:
        return {}
    together = engine.run(target, [*engine.limits(), *files], wall_limit_s=600)
    if together.status == 0:
        return {}
    known = {}
    for path in files:
        finding = artefacts.finding_of(artefacts.run_once(target, path))
        if finding is not None:
            known[target.name, finding.key] = f"regression {path.name}"
    return known

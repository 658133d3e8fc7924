# SPDX-License-Identifier: Apache-2.0
"""The reports of a campaign: summary.json, findings.sarif (SARIF 2.1.0) and summary.md.

Whatever an input or a stack trace brought is escaped here for each of them.
"""

import datetime
import hashlib
import json
import urllib.parse

from .engine import TARGETS_FOLDER
from .escape import markdown, printable, sarif_text

SUMMARY_VERSION = 1
SARIF_SCHEMA = ("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
                "sarif-schema-2.1.0.json")
MAX_FRAMES = 16  # of a finding, in the reports


def exit_status(turns) -> int:
    """0 nothing, 1 new findings, 2 known ones only, 5 a target could not be run."""
    groups = [group for turn in turns for group in turn.groups]
    if any(group.why_known is None for group in groups):
        return 1
    if any(turn.errors for turn in turns):
        return 5
    return 2 if groups else 0


def frame_of(frame) -> dict:
    return {"function": printable(frame.function), "file": printable(frame.file),
            "line": frame.line}


def finding_of(group, out) -> dict:
    finding, files = group.finding, [str(path.relative_to(out)) for path in group.files]
    return {
        "target": group.target.name,
        "key": printable(finding.key, 1000),
        "kind": printable(finding.kind),
        "detail": printable(finding.detail),
        "frames": [frame_of(frame) for frame in finding.frames[:MAX_FRAMES]],
        "count": group.count,
        "known": group.why_known is not None,
        "why_known": printable(group.why_known) if group.why_known else None,
        "reproduced": group.reproduction.count,
        "reproductions": group.reproduction.of,
        "inputs": files,
        "minimised": str(group.minimised.relative_to(out)) if group.minimised else None,
        "minimised_size": group.minimised.stat().st_size if group.minimised else None,
    }


def turn_of(turn) -> dict:
    return {
        "target": turn.target.name,
        "seconds": round(turn.seconds, 1),
        "executions": turn.executions,
        "restarts": turn.restarts,
        "corpus_files": turn.corpus_files,
        "findings": len(turn.groups),
        "findings_dropped": turn.dropped,
        "errors": [printable(error) for error in turn.errors],
    }


def summary_of(turns, options, out) -> dict:
    return {
        "version": SUMMARY_VERSION,
        "finished": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "minutes": options.minutes,
        "jobs": options.jobs,
        "exit_status": exit_status(turns),
        "targets": [turn_of(turn) for turn in turns],
        "findings": [finding_of(group, out) for turn in turns for group in turn.groups],
    }


def rule_id(kind: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in kind.lower()).strip("-") or "finding"


def sarif_location(group) -> list:
    place = group.finding.place
    # Without a place of ours the target itself is the place.
    file = place.file if place else f"{TARGETS_FOLDER}/{group.target.name}_fuzz.cc"
    return [{"physicalLocation": {
        "artifactLocation": {"uri": urllib.parse.quote(printable(file)), "uriBaseId": "SRCROOT"},
        "region": {"startLine": max(1, place.line if place else 1)}}}]


def sarif_result(group, out) -> dict:
    finding = group.finding
    text = f"{finding.kind} {finding.detail}, found by the fuzz target {group.target.name}"
    return {
        "ruleId": rule_id(finding.kind),
        "level": "error",
        "baselineState": "unchanged" if group.why_known else "new",
        "message": {"text": sarif_text(text)},
        "locations": sarif_location(group),
        "partialFingerprints": {
            "wsapiFindingKey/v1": hashlib.sha256(finding.key.encode()).hexdigest()},
        "occurrenceCount": max(1, group.count),
        "properties": finding_of(group, out),
    }


def sarif_of(turns, out) -> dict:
    groups = [group for turn in turns for group in turn.groups]
    kinds = sorted({group.finding.kind for group in groups})
    return {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "wsapi-conform fuzz targets",
                "rules": [{"id": rule_id(kind), "shortDescription": {"text": sarif_text(kind)}}
                          for kind in kinds]}},
            "invocations": [{"executionSuccessful": not any(turn.errors for turn in turns)}],
            "results": [sarif_result(group, out) for group in groups],
        }],
    }


def markdown_of(summary: dict) -> str:
    new = sum(not finding["known"] for finding in summary["findings"])
    lines = ["# Fuzzing campaign", "",
             f"{len(summary['findings'])} findings, {new} new, in {summary['minutes']:g} minutes "
             f"with {summary['jobs']} jobs.", "",
             "| target | seconds | executions | restarts | corpus | findings | errors |",
             "| --- | --: | --: | --: | --: | --: | --: |"]
    for turn in summary["targets"]:
        lines.append(f"| {markdown(turn['target'])} | {turn['seconds']:g} | {turn['executions']} | "
                     f"{turn['restarts']} | {turn['corpus_files']} | {turn['findings']} | "
                     f"{len(turn['errors'])} |")
    for turn in summary["targets"]:
        lines += [f"\n{markdown(turn['target'])}: {markdown(error)}" for error in turn["errors"]]
    for finding in summary["findings"]:
        lines += ["", *markdown_finding(finding)]
    return "\n".join(lines) + "\n"


def markdown_finding(finding: dict) -> list[str]:
    state = f"known: {finding['why_known']}" if finding["known"] else "new"
    lines = [f"## {markdown(finding['kind'])} in {markdown(finding['target'])}", "",
             f"- {markdown(state)}"]
    if finding["detail"]:
        lines.append(f"- {markdown(finding['detail'])}")
    lines += [f"- found {finding['count']} times, reproduced {finding['reproduced']} of "
              f"{finding['reproductions']}",
              f"- input {markdown(str(finding['minimised']))}, {finding['minimised_size']} bytes",
              f"- key {markdown(finding['key'], 1000)}"]
    for frame in finding["frames"]:
        place = f"{frame['function']} {frame['file']}:{frame['line']}"
        lines.append(f"    1. {markdown(place)}")
    return lines


def write_all(turns, options) -> dict:
    out = options.out.resolve()
    summary = summary_of(turns, options, out)
    for name, document in (("summary.json", summary), ("findings.sarif", sarif_of(turns, out))):
        (out / name).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    (out / "summary.md").write_text(markdown_of(summary), encoding="utf-8")
    return summary

# SPDX-License-Identifier: Apache-2.0
"""What ci/bench prints: the targets, and the changes, one line each."""

from wording import digits, printable, time

ORDER = ("same", "unclear", "better", "worse")  # what matters most comes last, nearest the prompt
NAME_WIDTH = 44


def _figure(value, unit):
    return time(value) if unit == "ns" else digits(value)


def _interval(estimate):
    return f"{digits(estimate.low)}-{digits(estimate.high)}"


def target_lines(judgement):
    """The verdicts, those that are missed last, and a summary."""
    lines = []
    for v in sorted(judgement.verdicts, key=lambda v: not v.reached):
        mark = "reached" if v.reached else "MISSED"
        lines.append(f"{mark:8}{printable(v.name):{NAME_WIDTH}} "
                     f"{_figure(v.estimate.value, v.unit):>8} ({_interval(v.estimate)}), "
                     f"wanted {v.wanted}{', close' if v.close else ''}")
    lines += [f"not measured: {what}" for what in judgement.not_measured]
    reached = sum(v.reached for v in judgement.verdicts)
    lines.append(f"targets: {reached} of {len(judgement.verdicts)} reached"
                 + (f", {len(judgement.not_measured)} not measured" * bool(judgement.not_measured)))
    return lines


def change_lines(comparison, threshold):
    """All that was compared, real changes last, what was not, and a summary."""
    lines = []
    ordered = sorted(comparison.changes, key=lambda c: (ORDER.index(c.verdict), c.factor.value))
    for c in ordered:
        notes = f"; {printable(', '.join(c.notes))}" if c.notes else ""
        lines.append(f"{c.verdict:8}{printable(c.name):{NAME_WIDTH}} time x "
                     f"{digits(c.factor.value)} ({_interval(c.factor)}), {time(c.base_ns)} -> "
                     f"{time(c.new_ns)}{notes}")
    for what, names in (("only in the base", comparison.only_base),
                        ("only in the new", comparison.only_new),
                        ("of another machine and without a limit", comparison.not_comparable)):
        lines += [f"not compared, {what}: {printable(name)}" for name in names]
    counts = {v: sum(c.verdict == v for c in comparison.changes) for v in ORDER}
    lines.append(f"{len(comparison.changes)} compared: {counts['worse']} worse, {counts['better']} "
                 f"better, {counts['same']} the same, {counts['unclear']} too noisy to exclude a "
                 f"change of {threshold:.0%}")
    return lines

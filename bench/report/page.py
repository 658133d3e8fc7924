# SPDX-License-Identifier: Apache-2.0
"""The page of plots: one file, no scripts, nothing from elsewhere. Every text is escaped."""

import pathlib

import areas
import captions
from tables import cell, number_cell, row_head, scroll_box, table
from svg import escape
from wording import digits, time

STYLE = pathlib.Path(__file__).with_name("page.css")
TITLE = "Benchmarks of wsapi-conform"
# Even if a name were not escaped: nothing is loaded, and no script runs.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"

HOW_TO_READ = """\
<p>Strategies are compared with the physical limit of their case, measured in the same run and in
random order: <b>× 1</b> is as fast as the limit, <b>× 2</b> takes twice its time. A ratio is that
of the medians; the interval beside it has 95 of 100 resamplings of the repetitions. The whiskers
of a plot, and the columns <i>10–90 %</i>, are where eight of ten repetitions lie.</p>"""


def _figure(verdict, value):
    return time(value) if verdict.unit == "ns" else digits(value)


def _interval(verdict):
    low, high = verdict.estimate.low, verdict.estimate.high
    return f"{_figure(verdict, low)} – {_figure(verdict, high)}"


def _mark(reached, close):
    word = "✓ reached" if reached else "✗ missed"
    css = "reached" if reached else "missed"
    return cell(word + (", close" if close else ""), f"text {css}")


def _worst(verdicts):
    """The verdict that is the furthest from what is wanted, or the least within it."""
    highest_is_best = verdicts[0].wanted.startswith("at least")
    return (min if highest_is_best else max)(verdicts, key=lambda v: v.estimate.value)


def _by_target(judgement):
    groups = {}
    for verdict in judgement.verdicts:
        groups.setdefault(verdict.what, []).append(verdict)
    return groups


def _target_summary(judgement):
    rows = []
    for what, verdicts in _by_target(judgement).items():
        worst = _worst(verdicts)
        reached = sum(v.reached for v in verdicts)
        rows.append([
            row_head(what), _mark(reached == len(verdicts), worst.close),
            number_cell(f"{reached} of {len(verdicts)}"), number_cell(worst.wanted),
            number_cell(_figure(worst, worst.estimate.value)), number_cell(_interval(worst)),
            cell(worst.name),
        ])
    rows += [[row_head(what), cell("not measured"), *[cell("")] * 5]
             for what in judgement.not_measured]
    return scroll_box("Targets", table(
        "The figures are those of the measurement that is the furthest from what is wanted, or "
        "the least within it.",
        ["target", "result", "reached", "wanted", "measured", "95 % interval", "benchmark"], rows))


def _all_verdicts(judgement):
    rows = [[row_head(v.name), _mark(v.reached, v.close), number_cell(v.wanted),
             number_cell(_figure(v, v.estimate.value)), number_cell(_interval(v))]
            for v in judgement.verdicts]
    return ("<details><summary>Every measurement that has a target</summary>" + scroll_box(
        "Every measurement that has a target", table(
            "Close: what is wanted lies within the interval, so another run may judge otherwise.",
            ["benchmark", "result", "wanted", "measured", "95 % interval"], rows)) + "</details>")


def _targets(judgement):
    count = len(judgement.verdicts)
    reached = sum(v.reached for v in judgement.verdicts)
    return (f'<section id="targets"><h2>Targets</h2>'
            f"<p><b>{reached} of {count}</b> measurements reach their target.</p>"
            + _target_summary(judgement) + (_all_verdicts(judgement) if count else "")
            + "</section>\n")


def _facts(context):
    rows = [[row_head(key), cell(value, "text wraps")]
            for key, value in context.items()]
    return ('<section id="machine"><h2>Machine and commit</h2>'
            + scroll_box("Machine and commit", table("", [], rows)) + "</section>\n")


def _names_in_order(benchmarks):
    known = list(captions.AREAS)
    found = {b.area for b in benchmarks.values()}
    return sorted(found, key=lambda a: (known.index(a) if a in known else len(known), a))


def render(context, benchmarks, judgement):
    """The page as text. `context`: facts about the run, texts by name."""
    names = _names_in_order(benchmarks)
    links = "".join(f'<li><a href="#area-{index}">{escape(name)}</a></li>'
                    for index, name in enumerate(names))
    sections = "".join(areas.section(f"area-{index}", name, benchmarks)
                       for index, name in enumerate(names))
    about = ", ".join(context[key] for key in ("commit", "date", "processor")
                      if key in context)
    return ('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">'
            f"<title>{TITLE}</title>\n<style>\n{STYLE.read_text(encoding='utf-8')}</style></head>\n"
            f'<body><header><h1>{TITLE}</h1><p class="about">{escape(about)}</p></header>\n<main>'
            f'{_targets(judgement)}<nav aria-label="Areas"><ul>{links}'
            f'<li><a href="#machine">machine</a></li></ul></nav>\n{HOW_TO_READ}\n{sections}'
            f"{_facts(context)}</main></body></html>\n")

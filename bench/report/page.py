# SPDX-License-Identifier: Apache-2.0
"""The page of plots: one file, no scripts, nothing from elsewhere. Every text is escaped."""

import html

import svg
from results import LIMIT_PREFIX, limits, ratio

AREAS = {
    "encode": "A message to the parts of a writev: four ways, against a memcpy of its bytes.",
    "decode": "Bytes to a message, against a memcpy and a bare loop over them; with and without "
              "the JSON form.",
    "frame": "Masks and streams of frames, against a memcpy of the same bytes.",
    "session": "Messages through a session, against the codec alone.",
    "write": "Messages to a socket: the time of the writing end, for a batch.",
    "server": "The reference server on a socket, against a bare echo on the same kind of loop.",
    "suite": "The suite as a program.",
}

STYLE = """
:root { color-scheme: light dark; --bg: #fff; --fg: #1a1a1a; --soft: #5a5a5a; --grid: #d8d8d8;
  --head: #f2f2f2; --c0: #0063a6; --c1: #b34700; --c2: #006b4e; --c3: #8a3d75; --c4: #6b5b00; }
@media (prefers-color-scheme: dark) { :root { --bg: #16181b; --fg: #ececec; --soft: #b4b4b4;
  --grid: #3c4046; --head: #23262b; --c0: #6bb8f0; --c1: #f0965a; --c2: #4fd1a5; --c3: #dd9acb;
  --c4: #e0cf5c; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 60rem; background: var(--bg); color: var(--fg);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { line-height: 1.2; } h2 { margin-top: 2.5rem; }
.box { overflow-x: auto; margin: 1rem 0; }
.plot svg { width: 100%; min-width: 34rem; height: auto; }
table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding: .3rem 0; }
th, td { padding: .2rem .6rem; text-align: right; border-bottom: 1px solid var(--grid);
  white-space: nowrap; }
th { background: var(--head); } th[scope=row], td.text, th:first-child { text-align: left; }
th[scope=row] { font-weight: 600; background: none; }
.missed { font-weight: 700; color: var(--c1); } .reached { color: var(--c2); }
svg text { font: 12px system-ui, sans-serif; fill: var(--fg); }
.grid { stroke: var(--grid); } .limit { stroke: var(--fg); stroke-width: 1.5; }
.whisker { stroke-width: 1.5; } .curve { fill: none; stroke-width: 2; }
.s0 { fill: var(--c0); } .s1 { fill: var(--c1); } .s2 { fill: var(--c2); } .s3 { fill: var(--c3); }
.s4 { fill: none; stroke: var(--c4); stroke-width: 2; }
.w0 { stroke: var(--c0); } .w1 { stroke: var(--c1); } .w2 { stroke: var(--c2); }
.w3 { stroke: var(--c3); } .w4 { stroke: var(--c4); }
summary { cursor: pointer; } footer { margin-top: 3rem; color: var(--soft); font-size: .85rem; }
@media print { .box { overflow: visible; } }
"""


def number(value):
    """Four digits, with a unit prefix for large ones."""
    for limit, sign in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= limit:
            return f"{value / (1e3 if sign == 'k' else limit):.4g} {sign}"
    return f"{value:.4g}"


def table(caption, head, rows):
    """A table in a box that scrolls by itself. The first cell of a row is its head."""
    cells = "".join(f'<th scope="col">{html.escape(h)}</th>' for h in head)
    body = ""
    for row in rows:
        body += f'<tr><th scope="row">{html.escape(row[0])}</th>'
        for cell in row[1:]:
            css, content = cell if isinstance(cell, tuple) else ("", cell)
            body += f'<td class="{css}">{html.escape(content)}</td>'
        body += "</tr>\n"
    return (f'<div class="box" tabindex="0"><table><caption>{html.escape(caption)}</caption>'
            f"<thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table></div>")


def targets_table(verdicts):
    """What is to be reached, and what was."""
    rows = [
        (v.name, ("reached", "reached") if v.reached else ("missed", "missed"),
         f"{v.value:.3g} {v.unit}".strip(), v.wanted, f"{v.low:.3g}–{v.high:.3g}",
         ("text", v.what))
        for v in verdicts
    ]
    return table("A figure without unit is the ratio to the other benchmark of its group.",
                 ("benchmark", "result", "measured", "wanted", "spread", "target"), rows)


def exact_table(area, found, group_limits):
    """All figures of an area."""
    counters = sorted({key for b in found for key in b.counters})
    rows = []
    for b in sorted(found, key=lambda b: b.name):
        limit = group_limits.get(b.group)
        low, high = b.spread
        rows.append((b.name.split("/", 1)[1], number(b.median), f"{number(low)}–{number(high)}",
                     f"{b.median / limit.median:.3g}" if limit else "",
                     *[number(b.counters[key]) if key in b.counters else "" for key in counters]))
    head = ("benchmark", "median ns", "10–90 % ns", "ratio", *[c.replace("_", " ") for c in counters])
    return (f"<details><summary>All figures of {html.escape(area)}</summary>"
            + table("Times in nanoseconds; ratio: to the limit of the group.", head, rows)
            + "</details>")


def ratio_plot(area, found, group_limits):
    """Strategies by case, as ratios to the limit; nothing where there is no limit."""
    cases, names = {}, []
    for b in found:
        limit = group_limits.get(b.group)
        if limit is None or b.is_limit or b.parts[3] is not None:
            continue
        cases.setdefault(b.parts[1], {})[b.strategy] = ratio(b, limit)
        if b.strategy not in names:
            names.append(b.strategy)
    if not cases:
        return ""
    limit_names = sorted({b.strategy[len(LIMIT_PREFIX):] for b in found if b.is_limit})
    return '<div class="box plot">' + svg.dot_plot(
        f"{area}: ratio to the limit", "Each row is a case, each mark a strategy; the exact "
        "figures are in the table below.",
        f"time as a multiple of the limit ({', '.join(limit_names)}), logarithmic",
        list(cases.items()), names) + "</div>"


def curve_plots(found):
    """One plot for each case that is measured over a number."""
    cases = {}
    for b in found:
        if b.parts[3] is not None:
            strategies = cases.setdefault(b.parts[1], {})
            strategies.setdefault(b.strategy, []).append((b.parts[3], b.median / 1000))
    plots = ""
    for case, series in cases.items():
        title = f"{case}: time over the number"
        plots += '<div class="box plot">' + svg.curves(
            title, "Each line is a strategy; the exact figures are in the table below.",
            (f"{case}: number", "microseconds"), series) + "</div>"
    return plots


def render(context, benchmarks, verdicts):
    """The page as text."""
    group_limits = limits(benchmarks)
    areas = sorted({b.parts[0] for b in benchmarks.values()},
                   key=lambda a: (list(AREAS).index(a) if a in AREAS else len(AREAS), a))
    sections = ""
    for area in areas:
        found = [benchmarks[name] for name in sorted(benchmarks)
                 if benchmarks[name].parts[0] == area]
        sections += (f"<section><h2>{html.escape(area)}</h2><p>{html.escape(AREAS.get(area, ''))}"
                     f"</p>{ratio_plot(area, found, group_limits)}{curve_plots(found)}"
                     f"{exact_table(area, found, group_limits)}</section>\n")
    facts = "; ".join(f"{key}: {value}" for key, value in context.items())
    return (f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>wsapi-conform: benchmarks</title><style>{STYLE}</style></head><body>"
            f"<h1>Benchmarks of wsapi-conform</h1><p>Ratios count, not times: what is compared was "
            f"measured in one run, in random order. A mark at 1 is the physical limit.</p>"
            f"<h2>Targets</h2>{targets_table(verdicts)}{sections}"
            f"<footer>{html.escape(facts)}</footer></body></html>\n")

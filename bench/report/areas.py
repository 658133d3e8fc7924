# SPDX-License-Identifier: Apache-2.0
"""A section of the page: one area, its cases with a plot and the exact figures of each."""

import re

import captions
import plots
import stats
import svg
from results import LIMIT_PREFIX, limits
from svg import escape
from tables import cell, number_cell, row_head, scroll_box, table
from wording import counter, counter_name, digits, time

MIN_CASES_AT_A_GLANCE = 4
SIZES = {"B": 1, "KB": 1 << 10, "MB": 1 << 20}


def case_order(case):
    """A key for sorting: by name, and sizes at the end of names as sizes."""
    match = re.fullmatch(r"(.*?)([0-9]{1,9})(B|KB|MB)", case)
    return (match[1], int(match[2]) * SIZES[match[3]]) if match else (case, 0)


def _series_numbers(found):
    """A number for each strategy of an area, the same in all its plots; limits have none.

    Those of one case get different colours, and those that share a colour different shapes.
    """
    cases = {}
    for b in found:
        if not b.is_limit:
            cases.setdefault(b.strategy, set()).add(b.case)
    numbers, uses = {}, [0] * svg.COLOURS
    for strategy in sorted(cases):
        taken = {number % svg.COLOURS for other, number in numbers.items()
                 if cases[other] & cases[strategy]}
        free = [c for c in range(svg.COLOURS) if c not in taken] or range(svg.COLOURS)
        colour = min(free, key=lambda c: (uses[c], c))
        numbers[strategy] = colour + svg.COLOURS * uses[colour]
        uses[colour] += 1
    return numbers


def _in_order(benchmarks):
    """The strategies of a case by name, the limit last."""
    return sorted(benchmarks, key=lambda b: (b.is_limit, b.strategy, b.x or 0))


def _spread(benchmark, divisor):
    low, high = benchmark.spread
    return stats.Estimate(benchmark.median / divisor, low / divisor, high / divisor)


def _plot_rows(benchmarks, divisor, numbers):
    return [plots.Row(b.strategy, numbers.get(b.strategy), _spread(b, divisor))
            for b in _in_order(benchmarks)]


def _counter_cells(benchmark, names):
    values = [(name, benchmark.counter(name)) for name in names]
    return [number_cell("" if value is None else counter(name, value)) for name, value in values]


def _shared_counters(benchmarks):
    """Those that are the same for all, with their value: said once, beside the name of the case."""
    first = benchmarks[0]
    return {name: first.counter(name) for name in sorted(first.counters) if len(benchmarks) > 1
            and {b.counter(name) for b in benchmarks} == {first.counter(name)}}


def _case_heading(case, benchmarks):
    said = "; ".join(f"{counter_name(name)}: {counter(name, value)}"
                     for name, value in _shared_counters(benchmarks).items())
    return (f"<h3>{escape(case)}"
            + (f' <span class="shared">{escape(said)}</span>' if said else "") + "</h3>")


def _figures(caption, benchmarks, group_limits, shared):
    """Every figure of some benchmarks, a row each, but the counters that are `shared`."""
    ordered = _in_order(benchmarks)
    counters = sorted({name for b in ordered for name in b.counters} - set(shared))
    compared = any(b.name in group_limits for b in ordered)
    rows = []
    for b in ordered:
        low, high = b.spread
        name = "/".join(b.name.split("/")[2:])
        cells = [row_head(name, "limit" if b.is_limit else ""),
                 number_cell(time(b.median), b.name), number_cell(f"{time(low)} – {time(high)}")]
        if b.name in group_limits:
            ratio = stats.ratio(b.rounds, group_limits[b.name].rounds)
            cells[1:1] = [number_cell(f"× {digits(ratio.value)}"),
                          number_cell(f"{digits(ratio.low)} – {digits(ratio.high)}")]
        elif compared:
            cells[1:1] = [number_cell("× 1" if b.is_limit else ""), number_cell("")]
        rows.append(cells + _counter_cells(b, counters))
    head = ["strategy", *(["ratio", "95 % interval"] if compared else []), "median", "10–90 %",
            *[counter_name(name) for name in counters]]
    return scroll_box(caption, table("", head, rows))


def _bars_case(key, title, benchmarks, group_limits, numbers, shared):
    limit = next((b for b in benchmarks if b.is_limit), None)
    if limit is None:
        plot = plots.time_bars(key, title, _plot_rows(benchmarks, 1.0, numbers))
    else:
        plot = plots.ratio_bars(key, title, _plot_rows(benchmarks, limit.median, numbers),
                                limit.strategy[len(LIMIT_PREFIX):])
    return (f'<div class="pair"><div class="plot">{plot}</div>'
            f"{_figures(title, benchmarks, group_limits, shared)}</div>")


def _medians_over_n(title, x_label, curves):
    """The medians of all curves: N down, strategies across."""
    by_place = {(strategy, b.x): b for strategy, found in curves.items() for b in found}
    rows = []
    for x in sorted({x for _, x in by_place}):
        cells = [row_head(str(x), "number")]
        for strategy in curves:
            b = by_place.get((strategy, x))
            cells.append(number_cell(time(b.median), b.name) if b else cell(""))
        rows.append(cells)
    head = [x_label, *[strategy for strategy in curves]]
    return scroll_box(title, table("", head, rows))


def _curves_case(key, title, benchmarks, group_limits, numbers, shared):
    x_label = captions.CURVES.get("/".join(benchmarks[0].name.split("/")[:2]),
                                  captions.OTHER_CURVE)
    curves = {}
    for b in _in_order(benchmarks):
        curves.setdefault(b.strategy, []).append(b)
    drawn = [(strategy, numbers.get(strategy), [(b.x, _spread(b, 1.0)) for b in found])
             for strategy, found in curves.items()]
    plot = plots.curves_over_n(key, title, drawn, x_label)
    return (f'<div class="pair curves"><div class="plot">{plot}</div>'
            f"{_medians_over_n(title, x_label, curves)}</div>"
            f"<details><summary>All figures of these curves</summary>"
            f"{_figures(title, benchmarks, group_limits, shared)}</details>")


def _at_a_glance(key, name, cases, group_limits, numbers):
    """The plot of a whole area, where it has enough cases with a limit."""
    rows = []
    for case, found in cases:
        compared = [b for b in found if b.x is None and b.name in group_limits]
        if compared:
            rows.append((case, [plots.Row(b.strategy, numbers[b.strategy],
                                          _spread(b, group_limits[b.name].median))
                                for b in _in_order(compared)]))
    if len(rows) < MIN_CASES_AT_A_GLANCE:
        return ""
    shown = {row.series for _, found in rows for row in found}
    names = [(number, strategy) for strategy, number in numbers.items() if number in shown]
    plot = plots.ratio_dots(key, f"{name}: all cases", rows, names)
    return f'<div class="box glance" tabindex="0" role="region" aria-label="All cases">{plot}</div>'


def section(key, name, benchmarks):
    """The section of the area `name`. `key` is unique in the page."""
    found = [b for b in benchmarks.values() if b.area == name]
    group_limits, numbers = limits(benchmarks), _series_numbers(found)
    by_case = {}
    for b in found:
        by_case.setdefault(b.case, []).append(b)
    cases = sorted(by_case.items(), key=lambda item: case_order(item[0]))
    body = _at_a_glance(f"{key}-all", name, cases, group_limits, numbers)
    for index, (case, members) in enumerate(cases):
        title = f"{name}/{case}"
        plain, curved = ([b for b in members if (b.x is None) == kind] for kind in (True, False))
        shared = _shared_counters(members)
        body += f'<article class="case">{_case_heading(case, members)}'
        if plain:
            body += _bars_case(f"{key}-{index}-bars", title, plain, group_limits, numbers, shared)
        if curved:
            body += _curves_case(f"{key}-{index}-curves", title, curved, group_limits, numbers,
                                 shared)
        body += "</article>\n"
    about = captions.AREAS.get(name, captions.OTHER_AREA)
    return (f'<section id="{key}"><h2>{escape(name)}</h2><p>{escape(about)}</p>'
            f"{body}</section>\n")

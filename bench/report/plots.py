# SPDX-License-Identifier: Apache-2.0
"""The three plots of the page: bars of one case, a case a row, and curves over N.

A plot is told by colour, shape and label, never by colour alone. Series have numbers; None is the
limit. Times are in nanoseconds, and shown in a unit that suits them.
"""

import dataclasses
import math

import svg
from stats import Estimate
from wording import digits, shortened, time, time_unit

BARS_WIDTH, ROW_HEIGHT, BAR_HEIGHT = 360, 34, 10
DOTS_WIDTH, DOTS_ROW_HEIGHT, DOTS_SHIFT = 760, 24, 3
CURVES_WIDTH, CURVES_HEIGHT = 620, 330
CHARACTER = 7.5  # width of one, on average
INSET = 16.0  # of an axis: room for the labels of its ends
LABEL_HEIGHT = 15
MAX_LABEL, MAX_SHORT_LABEL = 40, 30  # characters of a name; its table has all of it
LEAST_RANGE = (0.8, 1.25)  # of ratios, always in view: small differences shall look small
LOG_FROM = 20  # largest value through smallest, from which on an axis is logarithmic


@dataclasses.dataclass(frozen=True)
class Row:
    """One strategy: the median with the tenth and the ninetieth percentile."""

    strategy: str
    series: int | None
    spread: Estimate


def _bounded(description):
    """A description for who cannot see the plot."""
    return shortened(description, 1000)


def _grid(axis, ticks, top, bottom, show):
    """Grid lines of a horizontal axis, and the labels below them."""
    body = []
    for tick in ticks:
        x = axis.at(tick)
        body += [svg.line(x, top, x, bottom, "grid"),
                 svg.text(x, bottom + 15, show(tick), "middle", "tick")]
    return body


def _bar_rows(rows, axis, base, show):
    body = []
    for index, row in enumerate(rows):
        y = ROW_HEIGHT * index
        spread = row.spread
        body += [svg.text(0, y + 13, shortened(row.strategy, MAX_LABEL)),
                 svg.text(BARS_WIDTH, y + 13, show(spread.value), "end", "value")]
        if row.series is not None:
            body.append(svg.bar(axis.at(base), axis.at(spread.value), y + 18, BAR_HEIGHT,
                                svg.colour(row.series)))
        body.append(svg.whisker(axis.at(spread.low), axis.at(spread.high),
                                y + 18 + BAR_HEIGHT / 2, "over"))
    return body


def ratio_bars(key, title, rows, limit_name):
    """Bars from the limit, 1, to the ratio of each strategy."""
    values = [v for row in rows for v in (row.spread.value, row.spread.low, row.spread.high)]
    axis = svg.LogAxis([*values, *LEAST_RANGE], INSET, BARS_WIDTH - INSET)
    bottom = ROW_HEIGHT * len(rows) + 2.0
    ticks = axis.ticks()
    body = _grid(axis, ticks, 0, bottom, lambda tick: f"{tick:g}")
    body.append(svg.line(axis.at(1), 0, axis.at(1), bottom, "limit-line"))
    body += _bar_rows(rows, axis, 1.0, lambda value: f"× {digits(value)}")
    limit_name = shortened(limit_name, MAX_SHORT_LABEL)
    body.append(svg.text(BARS_WIDTH / 2, bottom + 33, f"time ÷ time of {limit_name} (log scale)",
                         "middle", "axis"))
    description = "; ".join(f"{row.strategy}: {digits(row.spread.value)} times the limit"
                            for row in rows)
    return svg.document(key, title, _bounded(description), (BARS_WIDTH, bottom + 40), body)


def time_bars(key, title, rows):
    """Bars from 0, of times: for a case without a limit."""
    high = max(row.spread.high for row in rows)
    divisor, unit = time_unit(high)
    axis = svg.LinearAxis([high], INSET, BARS_WIDTH - INSET)
    bottom = ROW_HEIGHT * len(rows) + 2.0
    scaled = svg.LinearAxis([high / divisor], INSET, BARS_WIDTH - INSET)
    body = _grid(scaled, scaled.ticks(), 0, bottom, lambda tick: f"{tick:g}")
    body += _bar_rows(rows, axis, 0.0, time)
    body.append(svg.text(BARS_WIDTH / 2, bottom + 33, f"time, {unit}", "middle", "axis"))
    description = "; ".join(f"{row.strategy}: {time(row.spread.value)}" for row in rows)
    return svg.document(key, title, _bounded(description), (BARS_WIDTH, bottom + 40), body)


def _legend(names, width):
    """Marks with names, in rows from the top; and how high they are."""
    body, x, y = [], 4.0, 12.0
    for series, name in names:
        name = shortened(name, MAX_SHORT_LABEL)
        size = 28 + CHARACTER * len(name)
        if x + size > width and x > 4:
            x, y = 4.0, y + 20
        body += [svg.marker(series, x + 6, y), svg.text(x + 18, y + 4, name)]
        x += size
    return body, y + 16


def ratio_dots(key, title, cases, names):
    """All cases of an area at a glance. `cases`: (case, rows); `names`: (series, strategy)."""
    values = [row.spread.value for _, rows in cases for row in rows]
    left = 12 + CHARACTER * max(len(shortened(case, MAX_LABEL)) for case, _ in cases)
    axis = svg.LogAxis([*values, *LEAST_RANGE], left, DOTS_WIDTH - INSET)
    body, top = _legend(names, DOTS_WIDTH)
    bottom = top + DOTS_ROW_HEIGHT * len(cases)
    body += _grid(axis, axis.ticks(), top, bottom, lambda tick: f"{tick:g}")
    body.append(svg.line(axis.at(1), top, axis.at(1), bottom, "limit-line"))
    for index, (case, rows) in enumerate(cases):
        y = top + DOTS_ROW_HEIGHT * (index + 0.5)
        body += [svg.line(left, y, DOTS_WIDTH - 10, y, "row"),
                 svg.text(left - 8, y + 4, shortened(case, MAX_LABEL), "end")]
        for place, row in enumerate(rows):  # a little apart, so that equal ones are seen
            shift = DOTS_SHIFT * (place - (len(rows) - 1) / 2)
            body.append(svg.marker(row.series, axis.at(row.spread.value), y + shift))
    body.append(svg.text((left + DOTS_WIDTH) / 2, bottom + 34,
                         "time ÷ time of the limit, which is the line at 1 (log scale)", "middle",
                         "axis"))
    return svg.document(key, title, "Each row is a case, each mark a strategy. The tables below "
                        "have the exact figures.", (DOTS_WIDTH, bottom + 42), body)


def _is_geometric(xs):
    """Whether values double, or so, from each to the next."""
    return len(xs) > 2 and xs[0] > 0 and all(b / a >= 1.5 for a, b in zip(xs, xs[1:]))


def _curve_axes(curves, divisor, right):
    xs = sorted({x for _, _, points in curves for x, _ in points})
    values = [v / divisor for _, _, points in curves for _, e in points for v in (e.low, e.high)]
    left, bottom, top = 58.0, CURVES_HEIGHT - 50.0, 12.0
    x_axis = (svg.LogAxis(xs, left + 4, right, base=2) if _is_geometric(xs)
              else svg.LinearAxis(xs, left, right))
    y_axis = (svg.LogAxis(values, bottom, top) if max(values) / min(values) > LOG_FROM
              else svg.LinearAxis(values, bottom, top))
    return xs, x_axis, y_axis


def _thinned(xs, axis, gap):
    """Those of the values that have room for a label."""
    kept = []
    for x in xs:
        if not kept or abs(axis.at(x) - axis.at(kept[-1])) >= gap:
            kept.append(x)
    return kept


def _curve(series, points, x_axis, y_axis, divisor):
    places = [(x_axis.at(x), y_axis.at(e.value / divisor), e) for x, e in points]
    css = svg.colour(series)
    body = [f'<path d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y, _ in places)}" '
            f'class="curve {css}"/>']
    body += [svg.line(x, y_axis.at(e.low / divisor), x, y_axis.at(e.high / divisor),
                      f"range {css}") for x, _, e in places]
    return body + [svg.marker(series, x, y) for x, y, _ in places], places[-1][1]


def _spread_labels(ends, top, bottom):
    """Heights for labels near the heights given, in the same order, none upon another."""
    ordered = sorted(range(len(ends)), key=lambda i: ends[i])
    heights, last = list(ends), top - LABEL_HEIGHT
    for i in ordered:
        last = heights[i] = max(ends[i], last + LABEL_HEIGHT)
    last = bottom + LABEL_HEIGHT
    for i in reversed(ordered):
        last = heights[i] = min(heights[i], last - LABEL_HEIGHT)
    return heights


def curves_over_n(key, title, curves, x_label):
    """`curves`: (strategy, series, [(N, Estimate)]); each has its name at its end."""
    divisor, unit = time_unit(max(e.high for _, _, points in curves for _, e in points))
    longest = max(len(shortened(strategy, MAX_SHORT_LABEL)) for strategy, _, _ in curves)
    right = CURVES_WIDTH - 24 - CHARACTER * longest
    xs, x_axis, y_axis = _curve_axes(curves, divisor, right)
    bottom = CURVES_HEIGHT - 50.0
    body = []
    for tick in y_axis.ticks(26):
        body += [svg.line(58, y_axis.at(tick), right, y_axis.at(tick), "grid"),
                 svg.text(52, y_axis.at(tick) + 4, f"{tick:g}", "end", "tick")]
    for x in _thinned(xs, x_axis, 26):
        body += [svg.line(x_axis.at(x), bottom, x_axis.at(x), bottom + 4, "axis-line"),
                 svg.text(x_axis.at(x), bottom + 17, str(x), "middle", "tick")]
    ends = []
    for _, series, points in curves:
        drawn, end = _curve(series, points, x_axis, y_axis, divisor)
        body += drawn
        ends.append(end)
    for (strategy, _, _), end, y in zip(curves, ends, _spread_labels(ends, 12, bottom)):
        if abs(y - end) > 2:
            body.append(svg.line(right + 5, end, right + 13, y, "leader"))
        body.append(svg.text(right + 16, y + 4, shortened(strategy, MAX_SHORT_LABEL)))
    kinds = [" (log scale)" * isinstance(a, svg.LogAxis) for a in (x_axis, y_axis)]
    middle = (12 + bottom) / 2
    body += [svg.line(58, bottom, right, bottom, "axis-line"),
             svg.text((58 + right) / 2, CURVES_HEIGHT - 12, x_label + kinds[0], "middle", "axis"),
             f'<g transform="translate(12 {middle:.0f}) rotate(-90)">'
             + svg.text(0, 0, f"time, {unit}{kinds[1]}", "middle", "axis") + "</g>"]
    return svg.document(key, title, f"Time over {x_label}, a line for each strategy. The table "
                        "has the exact figures.", (CURVES_WIDTH, CURVES_HEIGHT), body)

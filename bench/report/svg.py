# SPDX-License-Identifier: Apache-2.0
"""Plots as SVG text: a dot plot of ratios on a logarithmic axis, and curves. No scripts; colours
come from the page, and each series has a shape of its own, too."""

import html
import math

WIDTH = 760  # of every plot, in units of its viewBox
ROW = 22
SHAPES = 5
FONT = 12


def text(x, y, content, anchor="start", css=""):
    """A label; its content is escaped."""
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{css}">'
            f"{html.escape(content)}</text>")


def line(x1, y1, x2, y2, css):
    """A straight line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{css}"/>'


def marker(series, x, y):
    """The mark of a series, by its number: circle, square, triangle, diamond, cross."""
    css, r = f"s{series % SHAPES}", 5
    kind = series % SHAPES
    if kind == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r}" class="{css}"/>'
    paths = {
        1: f"M{x - r:.1f} {y - r:.1f}h{2 * r}v{2 * r}h{-2 * r}z",
        2: f"M{x:.1f} {y - r - 1:.1f}l{r + 1} {2 * r}h{-2 * (r + 1)}z",
        3: f"M{x:.1f} {y - r - 1:.1f}l{r + 1} {r + 1}l{-r - 1} {r + 1}l{-r - 1} {-r - 1}z",
        4: f"M{x - r:.1f} {y - r:.1f}l{2 * r} {2 * r}m0 {-2 * r}l{-2 * r} {2 * r}",
    }
    return f'<path d="{paths[kind]}" class="{css}{" stroke" if kind == 4 else ""}"/>'


def frame(title, description, height, body):
    """The whole SVG element."""
    return (f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" '
            f'aria-label="{html.escape(title)}">'
            f"<title>{html.escape(title)}</title><desc>{html.escape(description)}</desc>"
            f"{''.join(body)}</svg>")


def legend(names, y):
    """Names of the series in rows from `y` on, and the y behind them."""
    body, x = [], 4.0
    for series, name in enumerate(names):
        width = 24 + 7.0 * len(name)
        if x + width > WIDTH:
            x, y = 4.0, y + ROW
        body += [marker(series, x + 6, y), text(x + 16, y + 4, name)]
        x += width
    return body, y + ROW


def log_ticks(low, high):
    """Powers of ten and their doubles and fivefolds between the two."""
    ticks = [m * 10**e for e in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
             for m in (1, 2, 5)]
    return [t for t in ticks if low <= t <= high]


def dot_plot(title, description, axis, rows, names):
    """`rows`: (label, {series name: (value, low, high)}), values above 0; a line marks 1."""
    every = [v for _, values in rows for triple in values.values() for v in triple]
    low, high = min([*every, 0.8]) / 1.15, max([*every, 1.25]) * 1.15
    left, right = 8 + 6.6 * max(len(label) for label, _ in rows), WIDTH - 12.0

    def at(value):
        return left + (right - left) * math.log(value / low) / math.log(high / low)

    body, top = legend(names, 14)
    bottom = top + ROW * len(rows)
    last = -100.0
    for tick in log_ticks(low, high):
        body.append(line(at(tick), top, at(tick), bottom, "grid"))
        if at(tick) - last >= 34:
            body.append(text(at(tick), bottom + 16, f"{tick:g}", "middle"))
            last = at(tick)
    body.append(line(at(1), top, at(1), bottom, "limit"))
    for index, (label, values) in enumerate(rows):
        y = top + ROW * (index + 0.5)
        body.append(text(left - 8, y + 4, label, "end"))
        for series, name in enumerate(names):
            if name in values:
                value, least, most = values[name]
                body.append(line(at(least), y, at(most), y, f"whisker w{series % SHAPES}"))
                body.append(marker(series, at(value), y))
    body.append(text((left + right) / 2, bottom + 36, axis, "middle"))
    return frame(title, description, bottom + 46, body)


def curves(title, description, axes, series):
    """`series`: name to [(x, y)], from 0 on both axes; each line has its name at its end."""
    xs = [x for points in series.values() for x, _ in points]
    ys = [y for points in series.values() for _, y in points]
    left, right, top, bottom = 64.0, WIDTH - 160.0, 16.0, 300.0
    step = 10 ** math.floor(math.log10(max(ys)))
    step = next(s for s in (step / 5, step / 2, step, 2 * step) if max(ys) / s <= 9)

    def at(x, y):
        return (left + (right - left) * x / max(xs), bottom - (bottom - top) * y / max(ys))

    body = []
    for index in range(math.floor(max(ys) / step) + 1):
        y = at(0, index * step)[1]
        body += [line(left, y, right, y, "grid"),
                 text(left - 6, y + 4, f"{index * step:g}", "end")]
    for x in sorted(set(xs)):
        body.append(text(at(x, 0)[0], bottom + 18, str(x), "middle"))
    ends = []
    for number, (name, points) in enumerate(series.items()):
        places = [at(x, y) for x, y in sorted(points)]
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        body.append(f'<path d="{path}" class="curve w{number % SHAPES}"/>')
        body += [marker(number, x, y) for x, y in places]
        ends.append((places[-1][1], name))
    label_y = -100.0
    for y, name in sorted(ends):
        label_y = max(y, label_y + 16)  # labels do not lie on each other
        body.append(text(right + 12, label_y + 4, name))
    body += [text((left + right) / 2, bottom + 40, axes[0], "middle"),
             f'<text transform="translate(14 {(top + bottom) / 2:.0f}) rotate(-90)" '
             f'text-anchor="middle">{html.escape(axes[1])}</text>']
    return frame(title, description, bottom + 50, body)

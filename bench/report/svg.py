# SPDX-License-Identifier: Apache-2.0
"""Pieces of SVG: marks, texts, axes. No scripts and no styles: colours come from page.css.

Every text that is drawn is escaped here.
"""

import html
import math

from wording import visible

COLOURS = 6  # and as many shapes; series that have a colour in common differ in shape
MIN_TICK_GAP = 32  # units between the labels of an axis
DECADE_STEPS = ((1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8), (1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,))
MAX_DECADES = 40  # of a logarithmic axis


def escape(content):
    """For the text and the attributes of elements of a page."""
    return html.escape(visible(content), quote=True)


def text(x, y, content, anchor="start", css=""):
    """A text, its baseline at y."""
    style = f' class="{css}"' if css else ""
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style}>'
            f"{escape(content)}</text>")


def line(x1, y1, x2, y2, css):
    """A straight line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{css}"/>'


def bar(x1, x2, y, height, css):
    """A rectangle between x1 and x2, in any order."""
    return (f'<rect x="{min(x1, x2):.1f}" y="{y:.1f}" width="{abs(x2 - x1):.1f}" '
            f'height="{height:.1f}" class="{css}"/>')


def whisker(x1, x2, y, css, cap=4.0):
    """A range on a horizontal axis, with caps at both ends."""
    return (f'<path d="M{x1:.1f} {y - cap:.1f}v{2 * cap:.1f}M{x1:.1f} {y:.1f}H{x2:.1f}'
            f'M{x2:.1f} {y - cap:.1f}v{2 * cap:.1f}" class="whisker {css}"/>')


def colour(series):
    """The class with the colour of a series, by its number; None: of the limit."""
    return "limit" if series is None else f"s{series % COLOURS}"


def marker(series, x, y):
    """The mark of a series: circle, square, triangle, diamond, two more triangles; the limit's
    is a bar."""
    r = 5.0
    shapes = (
        f"M{x - r:.1f} {y:.1f}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0z",
        f"M{x - r + .5:.1f} {y - r + .5:.1f}h{2 * r - 1}v{2 * r - 1}h{1 - 2 * r}z",
        f"M{x:.1f} {y - r - 1:.1f}l{r + 1} {2 * r}h{-2 * (r + 1)}z",
        f"M{x:.1f} {y - r - 1:.1f}l{r + 1} {r + 1}l{-r - 1} {r + 1}l{-r - 1} {-r - 1}z",
        f"M{x:.1f} {y + r + 1:.1f}l{r + 1} {-2 * r}h{-2 * (r + 1)}z",
        f"M{x + r:.1f} {y - r - 1:.1f}v{2 * r + 2}l{-2 * r} {-r - 1}z",
    )
    path = (f"M{x - 1.5:.1f} {y - r - 1:.1f}h3v{2 * r + 2}h-3z" if series is None
            else shapes[(series + series // COLOURS) % COLOURS])
    return f'<path d="{path}" class="mark {colour(series)}"/>'


def document(key, title, description, size, body):
    """The whole element. `key` is unique in the page; `size` is width and height."""
    width, height = size
    return (f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
            f'aria-labelledby="{key}-title {key}-desc">'
            f'<title id="{key}-title">{escape(title)}</title>'
            f'<desc id="{key}-desc">{escape(description)}</desc>{"".join(body)}</svg>')


class LogAxis:
    """A logarithmic axis from `start` to `end`, which shows all of `values` (above 0)."""

    def __init__(self, values, start, end, base=10):
        self.start, self.end, self.base = start, end, base
        low, high = min(values), max(values)
        room = max(math.log(high / low) * 0.04, 0.05)
        self.low, self.high = low * math.exp(-room), high * math.exp(room)

    def at(self, value):
        """Where a value is."""
        return self.start + ((self.end - self.start) * math.log(value / self.low)
                             / math.log(self.high / self.low))

    def ticks(self, min_gap=MIN_TICK_GAP):
        """Values for grid lines and labels: as many round ones as there is room for."""
        first = math.floor(math.log(self.low, self.base))
        last = math.ceil(math.log(self.high, self.base))
        steps = DECADE_STEPS if self.base == 10 else [(1,)]
        choices = [[m * float(self.base) ** e for e in range(first, last + 1) for m in s]
                   for s in steps]
        choices += [[float(self.base) ** e for e in range(first, last + 1) if e % every == 0]
                    for every in range(2, MAX_DECADES)]
        best = []
        for choice in choices:
            best = [t for t in choice if self.low <= t <= self.high]
            places = [self.at(t) for t in best]
            if all(abs(b - a) >= min_gap for a, b in zip(places, places[1:])):
                break
        return best


class LinearAxis:
    """A linear axis from 0, which shows all of `values` (0 and above)."""

    def __init__(self, values, start, end):
        self.start, self.end = start, end
        self.high = max(values) * 1.05 or 1.0

    def at(self, value):
        """Where a value is."""
        return self.start + (self.end - self.start) * value / self.high

    def ticks(self, min_gap=MIN_TICK_GAP):
        """Round values for grid lines and labels."""
        most = max(2, abs(self.end - self.start) / min_gap)
        size = 10.0 ** math.floor(math.log10(self.high / most))
        step = next(m * size for m in (1, 2, 5, 10, 20, 50) if self.high / (m * size) <= most)
        return [index * step for index in range(math.floor(self.high / step) + 1)]

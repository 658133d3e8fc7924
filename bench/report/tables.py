# SPDX-License-Identifier: Apache-2.0
"""Tables of the page, each in a box that scrolls by itself. All texts are escaped here."""

from svg import escape


TEXT_COLUMNS = {"target", "benchmark", "strategy", "result"}


def cell(content, css="text", benchmark=None):
    """A cell. `benchmark`: the name of the one that it tells of."""
    data = f' data-benchmark="{escape(benchmark)}"' if benchmark else ""
    return f'<td class="{css}"{data}>{escape(content)}</td>'


def number_cell(content, benchmark=None):
    """A cell with a figure."""
    return cell(content, "number", benchmark)


def row_head(content, css=""):
    """The first cell of a row."""
    return f'<th scope="row" class="{css}">{escape(content)}</th>'


def table(caption, head, rows):
    """`head`: texts; `rows`: lists of cells."""
    above = f"<caption><span>{escape(caption)}</span></caption>" if caption else ""
    columns = "".join(f'<th scope="col" class="{"text" if name in TEXT_COLUMNS else "number"}">'
                      f"{escape(name)}</th>" for name in head)
    body = "\n".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return (f"<table>{above}" + (f"<thead><tr>{columns}</tr></thead>" if head else "")
            + f"<tbody>\n{body}\n</tbody></table>")


def scroll_box(name, content):
    """A wide thing scrolls in it, and not the page; by keyboard, too."""
    return (f'<div class="box" tabindex="0" role="region" aria-label="{escape(name)}">'
            f"{content}</div>\n")

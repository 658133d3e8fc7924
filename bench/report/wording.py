# SPDX-License-Identifier: Apache-2.0
"""Figures and names as text. Names come from files, and are not trusted."""

import unicodedata

UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}  # controls, also of direction, surrogates, unassigned
THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"
TIME_UNITS = ((1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1, "ns"))
PREFIXES = ((1e9, "G"), (1e6, "M"), (1e3, "k"))
COUNTER_NAMES = {
    "items_per_second": "items/s",
    "bytes_per_second": "bytes/s",
    "syscalls_per_message": "syscalls/message",
    "peak_rss_kb": "peak RSS, kB",
    "message_bytes": "message, bytes",
    "scalar_bytes": "scalars, bytes",
}


def printable(text):
    """Printable ASCII alone: all else is written as an escape, as in Python."""
    return "".join(c if " " <= c <= "~" else c.encode("unicode_escape").decode() for c in text)


def visible(text):
    """Without what controls a page or cannot be in one: such characters are written as escapes."""
    return "".join(c.encode("unicode_escape").decode()
                   if unicodedata.category(c) in UNSEEN else c for c in text)


def shortened(text, size):
    """At most that many characters."""
    return text if len(text) <= size else text[: size - 1] + "…"


def digits(value, count=3):
    """So many significant digits, and all digits before the point; never an exponent."""
    if value == 0:
        return "0"
    exponent = int(f"{value:.{count - 1}e}".split("e")[1])
    return f"{value:.{max(0, count - 1 - exponent)}f}"


def time_unit(ns):
    """The divisor and the name of the unit that suits a time in nanoseconds."""
    return next((unit for unit in TIME_UNITS if abs(ns) >= unit[0]), TIME_UNITS[-1])


def time(ns):
    """A time in nanoseconds, in the unit that suits it."""
    divisor, unit = time_unit(ns)
    return f"{digits(ns / divisor, 4)} {unit}"


def counter_name(name):
    """The heading of a column."""
    return COUNTER_NAMES.get(name, name.replace("_", " "))


def counter(name, value):
    """A counter's value: rates with a prefix, whole numbers as they are."""
    if name.endswith("_per_second"):
        for factor, prefix in PREFIXES:
            if abs(value) >= factor:
                return f"{digits(value / factor, 4)} {prefix}"
    if value == int(value) and abs(value) < 1e12:
        return f"{int(value):,}".replace(",", THIN_SPACE)
    return digits(value, 4)

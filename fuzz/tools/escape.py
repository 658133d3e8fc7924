# SPDX-License-Identifier: Apache-2.0
"""Text that comes from inputs, stack traces and file names, made safe for where it is written."""

MAX_SIZE = 400  # characters of one such text in a report

_MARKDOWN = frozenset("\\`*_{}[]()#+-.!|~>\"'$@:")
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def printable(text: str, max_size: int = MAX_SIZE) -> str:
    """ASCII without control characters; all else is written as \\xNN or \\u{N}."""
    out = []
    for c in text[:max_size]:
        code = ord(c)
        if 0x20 <= code < 0x7F:
            out.append(c)
        else:
            out.append(f"\\x{code:02x}" if code < 0x100 else f"\\u{{{code:x}}}")
    return "".join(out) + ("..." if len(text) > max_size else "")


def markdown(text: str, max_size: int = MAX_SIZE) -> str:
    """For running text and cells of tables: no markup, no HTML, no link, one line."""
    out = []
    for c in printable(text, max_size):
        if c in _ENTITIES:
            out.append(_ENTITIES[c])
        elif c in _MARKDOWN:
            out.append("\\" + c)
        else:
            out.append(c)
    return "".join(out)


def sarif_text(text: str, max_size: int = MAX_SIZE) -> str:
    """For the text of a SARIF message, in which brackets make links and braces placeholders."""
    escaped = printable(text, max_size).replace("\\", "\\\\")
    escaped = escaped.replace("[", "\\[").replace("]", "\\]")
    return escaped.replace("{", "{{").replace("}", "}}")

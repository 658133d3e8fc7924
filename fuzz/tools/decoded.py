# SPDX-License-Identifier: Apache-2.0
"""What `wsapi-conform decode` says of an input, and a draft of a vector made of that."""

import json
import pathlib
import re
import subprocess

from . import engine

REVISIONS = ("2020-01", "2020-03", "legacy")
DECODE_TIMEOUT_S = 20
# On the command line in one argument of hexadecimal, of which Linux takes 128 KiB.
MAX_DECODED_SIZE = 32 << 10
MAX_DRAFT_SIZE = 1 << 20

_ERROR = re.compile(r"not a message: ([a-z-]+) at offset (\d+) in field (\w+)")


def program(root: pathlib.Path) -> pathlib.Path | None:
    path = root / "build/release/wsapi-conform"
    return path if path.is_file() else None


def decode(conform: pathlib.Path, content: bytes, *options: str) -> subprocess.CompletedProcess:
    return subprocess.run([str(conform), "decode", *options, content.hex()], text=True,
                          capture_output=True, check=False, timeout=DECODE_TIMEOUT_S,
                          errors="replace")


def dump(content: bytes) -> str:
    """Plain hexadecimal, where there is no wsapi-conform."""
    lines = []
    for offset in range(0, min(len(content), 1024), 16):
        row = content[offset:offset + 16]
        lines.append(f"{offset:>7}  {row.hex(' ')}")
    if len(content) > 1024:
        lines.append(f"   ...  {len(content) - 1024} more bytes")
    return "\n".join(lines)


def annotated(root: pathlib.Path, content: bytes, frames: bool, revision: str) -> str:
    conform = program(root)
    if conform is None:
        return (dump(content) + "\n(build/release/wsapi-conform, built by ci/build release, "
                "would name the fields)")
    if not content or len(content) > MAX_DECODED_SIZE:
        return dump(content)
    result = decode(conform, content, "--revision", revision, *(["--frames"] if frames else []))
    return (result.stdout + result.stderr).rstrip()


def operations(root: pathlib.Path) -> dict[tuple[int, str, bool], str]:
    """(operation byte, direction, whether legacy) -> name, from the table in vectors/README.md,
    which the vectors' ids are made of."""
    text = (root / "vectors/README.md").read_text(encoding="utf-8")
    table = {}
    for names, codes, direction in re.findall(
            r"^\| (`[^|]+) \| ([0-9a-f, ]+) \| (to-server|to-client) \|", text, re.MULTILINE):
        names = re.findall(r"`([a-z-]+)`", names)
        for name, code in zip(names, codes.split(",")):
            table[int(code, 16), direction, name.startswith("legacy-")] = name
    return table


def readings(root: pathlib.Path, content: bytes, revision: str):
    """Names and directions that the first byte may have in the revision."""
    table = operations(root)
    for direction in ("to-server", "to-client"):
        name = table.get((content[0], direction, revision == "legacy")) if content else None
        if name:
            yield name, direction


def draft(root: pathlib.Path, content: bytes, name: str, what: str, revision: str) -> dict | None:
    """A vector for vectors/messages/*.json; None where the bytes are no message of the revision,
    not even a malformed one, or there is no wsapi-conform to say what is wrong with them."""
    conform = program(root)
    if conform is None or not 0 < len(content) <= MAX_DECODED_SIZE:
        return None
    for message, direction in readings(root, content, revision):
        vector = {"id": f"{message}/{name}", "purpose": what, "clause": "7",
                  "revisions": [revision], "direction": direction, "bytes": content.hex()}
        result = decode(conform, content, "--revision", revision, "--direction", direction,
                        "--json")
        error = _ERROR.search(result.stderr)
        if error:
            return vector | {"class": "invalid", "error": {
                "code": error[1], "offset": int(error[2]), "field": error[3]}}
        if result.returncode == 0:
            return vector | {"class": "valid", "message": json.loads(result.stdout)}
    return None


def draft_file(vector: dict) -> str:
    """In the form of the files in vectors/messages/, so that it can be checked as it is."""
    document = {"$schema": "../schema/message-vectors.schema.json", "kind": "message-vectors",
                "about": "A draft made of an input that a fuzz target found.",
                "vectors": [vector]}
    return json.dumps(document, indent=2) + "\n"

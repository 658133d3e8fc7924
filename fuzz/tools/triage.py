# SPDX-License-Identifier: Apache-2.0
"""ci/fuzz triage: takes one input with a finding to its end.

It is made smaller and cleaner, explained byte by byte, and filed as a regression of the target, with
a sentence of yours; a vector is drafted from it, where it is a message.
"""

import argparse
import pathlib
import re
import sys
import tempfile

from . import artefacts, decoded, engine
from .escape import markdown, printable

# The targets whose inputs are streams of frames; those of the others are messages, or their own.
STREAM_TARGETS = frozenset({"frame", "server_session", "client_session"})
MESSAGE_TARGETS = frozenset({"message", "differential"})
README_HEAD = """# Regressions of the fuzz target {name}

Inputs that once had a finding. The tests run them again; a sentence on each:

"""


def parse_arguments(arguments) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ci/fuzz triage", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=pathlib.Path, metavar="FILE")
    parser.add_argument("--target", required=True)
    parser.add_argument("--name", required=True,
                        help="of the regression file: lower-case words with dashes")
    parser.add_argument("--what", help="the sentence for the README of the regressions: what the "
                        "input is, and what went wrong; asked for on a terminal if left out")
    parser.add_argument("--revision", choices=decoded.REVISIONS, default="2020-01",
                        help="to read the input in (default 2020-01)")
    parser.add_argument("--as", dest="form", choices=("frames", "message", "bytes"),
                        help="what the input is (default: by the target)")
    parser.add_argument("--draft", type=pathlib.Path, metavar="FILE",
                        help="write the draft of a vector there instead of to standard output")
    parser.add_argument("--corpus", type=pathlib.Path, help=argparse.SUPPRESS)  # for the tests
    parser.add_argument("--build", type=pathlib.Path, default=engine.ROOT / "build/fuzz")
    options = parser.parse_args(arguments)
    if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", options.name) is None or len(options.name) > 80:
        raise engine.UsageError("--name: expected lower-case words with dashes between them, such "
                                "as text-one-byte-short")
    return options


def sentence(options) -> str:
    text = options.what
    if text is None and sys.stdin.isatty():
        text = input("What is this input, and what went wrong? ")
    text = " ".join((text or "").split())
    if not 10 <= len(text) <= 400:
        raise engine.UsageError("--what: expected a sentence of 10 to 400 characters")
    return text if text.endswith(".") else text + "."


def file_regression(folder: pathlib.Path, target: str, name: str, content: bytes,
                    what: str) -> pathlib.Path:
    path = folder / name
    if path.exists():
        raise engine.UsageError(f"{path}: there is a regression of this name")
    folder.mkdir(parents=True, exist_ok=True)
    readme = folder / "README.md"
    text = readme.read_text(encoding="utf-8") if readme.is_file() else ""
    text = text or README_HEAD.format(name=target)
    if not text.endswith("\n"):
        text += "\n"
    path.write_bytes(content)
    readme.write_text(f"{text}- `{name}`: {markdown(what)}\n", encoding="utf-8")
    return path


def form_of(options) -> str:
    if options.form:
        return options.form
    if options.target in STREAM_TARGETS:
        return "frames"
    return "message" if options.target in MESSAGE_TARGETS else "bytes"


def write_draft(options, content: bytes, what: str) -> None:
    if form_of(options) != "message":
        print("no draft of a vector: the input is no single message")
        return
    vector = decoded.draft(engine.ROOT, content, options.name, what, options.revision)
    if vector is None:
        print("no draft of a vector: these bytes are no message of the revision, or there is no "
              "build/release/wsapi-conform")
    elif options.draft:
        options.draft.write_text(decoded.draft_file(vector), encoding="utf-8")
        print(f"draft of a vector: {options.draft}")
    else:
        print(decoded.draft_file(vector), end="")


def main(arguments) -> int:
    options = parse_arguments(arguments)
    target = engine.find_targets(options.build, [options.target])[0]
    what = sentence(options)
    original = engine.read_input(options.file)
    finding = artefacts.finding_of(artefacts.run_once(target, options.file.resolve()))
    if finding is None:
        raise engine.UsageError(f"{options.file}: the target {target.name} has no finding on it")
    with tempfile.TemporaryDirectory(prefix="wsapi-triage-") as folder:
        path = pathlib.Path(folder) / "input"
        path.write_bytes(original)
        content = artefacts.minimise_and_cleanse(target, path, finding.key, path)
    print(f"finding   {printable(finding.key, 1000)}")
    if finding.place:
        print(f"place     {printable(finding.place.file)}:{finding.place.line}")
    print(f"size      {len(original)} bytes, now {len(content)}")
    form = form_of(options)
    print(decoded.dump(content) if form == "bytes" else
          decoded.annotated(engine.ROOT, content, form == "frames", options.revision))
    corpus = options.corpus or target.corpus
    path = file_regression(corpus / "regressions", target.name, options.name, content, what)
    print(f"filed     {path}")
    write_draft(options, content, what)
    return 0

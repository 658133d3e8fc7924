# SPDX-License-Identifier: Apache-2.0
"""What a sanitizer's or libFuzzer's report says: the kind of finding, and where it happened.

Two findings are the same if their keys are: kind, what was violated, and the innermost functions of
our own, without line numbers, arguments and template arguments, which change with every edit.
"""

import dataclasses
import hashlib
import pathlib
import posixpath
import re

from .engine import ROOT

KEY_FRAMES = 3
MAX_FRAMES = 64
MAX_DETAIL_SIZE = 160  # characters
OWN_FOLDERS = ("codec/", "harness/", "fuzz/")
# Every stack of ours ends there, or passes through it on the way to abort().
NO_PLACE_FUNCTIONS = frozenset({"main"})
NO_PLACE_FILES = frozenset({"fuzz/check.h"})

_FRAME = re.compile(r"^\s*#(\d+) 0x[0-9a-f]+ (?:in )?(.*)$")
_PLACE = re.compile(r"^(?P<function>.*?) (?P<file>/[^:()]+|[\w./+-]+\.\w+)(?::(?P<line>\d+))?(?::\d+)?$")
_MODULE = re.compile(r"^(?P<function>.*?) \(.*\)$")

# The first that matches decides. The group is the kind, or else its name is given here.
_KINDS = (
    (re.compile(r"ERROR: (AddressSanitizer|MemorySanitizer|ThreadSanitizer): ([\w-]+)"), None),
    (re.compile(r"WARNING: (MemorySanitizer): ([\w-]+)"), None),
    (re.compile(r"ERROR: (LeakSanitizer): detected memory (leaks)"), None),
    (re.compile(r"ERROR: (libFuzzer): (timeout|out-of-memory|overwrites-const-input)"), None),
    (re.compile(r"(runtime error): (.*)"), "UndefinedBehaviorSanitizer"),
    (re.compile(r"fuzz: (property) does not hold: (.*)"), "property"),
    (re.compile(r"(Assertion) [`'](.*)' failed"), "assertion"),
    (re.compile(r"(terminate) called (?:after throwing an instance of|without) (.*)"), "exception"),
    (re.compile(r"ERROR: (libFuzzer): (deadly signal|fuzz target exited)"), None),
)


@dataclasses.dataclass(frozen=True)
class Frame:
    function: str  # normalised
    file: str  # relative to the root of the sources, where it is one of ours
    line: int

    @property
    def own(self) -> bool:
        return self.file.startswith(OWN_FOLDERS)


@dataclasses.dataclass(frozen=True)
class Finding:
    kind: str  # such as "AddressSanitizer: heap-buffer-overflow"
    detail: str  # the property, assertion or undefined behaviour; may be empty
    frames: tuple[Frame, ...]

    @property
    def own_frames(self) -> tuple[Frame, ...]:
        return tuple(f for f in self.frames if f.own and f.function not in NO_PLACE_FUNCTIONS
                     and f.file not in NO_PLACE_FILES)

    @property
    def place(self) -> Frame | None:
        return next(iter(self.own_frames), None)

    @property
    def key(self) -> str:
        functions = [frame.function for frame in self.own_frames[:KEY_FRAMES]]
        return " | ".join([self.kind, self.detail, *functions])

    @property
    def short_key(self) -> str:
        """For file names."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:12]


def without_brackets(text: str, opening: str, closing: str) -> str:
    out, depth = [], 0
    for c in text:
        if c == opening:
            depth += 1
        elif c == closing and depth:
            depth -= 1
        elif not depth:
            out.append(c)
    return "".join(out)


def normalise_function(name: str) -> str:
    name = name.replace("(anonymous namespace)::", "")
    # First, or these brackets would count as those of templates.
    name = re.sub(r"operator(<<=?|>>=?|<=>|<=?|>=?|->\*?|\(\))", "operator", name)
    name = without_brackets(without_brackets(name, "<", ">"), "(", ")")
    name = re.sub(r"\[abi:\w+\]|\[clone [^\]]*\]|\b(const|noexcept|volatile)\b|&&?$", "", name)
    words = name.split()
    name = words[-1] if words else "?"  # without the return type of a template
    return re.sub(r"::\$_\d+|::'lambda\d*'", "::lambda", name)


def relative_file(path: str, root: pathlib.Path) -> str:
    path = posixpath.normpath(path)
    if path.startswith("build/"):  # a compiler that was told to write relative paths
        path = posixpath.normpath(posixpath.join(root, path))
    try:
        return str(pathlib.PurePosixPath(path).relative_to(root))
    except ValueError:
        pass
    # A build elsewhere, such as that of the injected bugs.
    match = re.search(r"/((?:codec|harness|fuzz)/[\w./-]+)$", path)
    return match.group(1) if match and "/c++/" not in path else path


def parse_frame(text: str, root: pathlib.Path) -> Frame:
    if match := _PLACE.match(text):
        return Frame(normalise_function(match["function"]), relative_file(match["file"], root),
                     int(match["line"] or 0))
    match = _MODULE.match(text)
    return Frame(normalise_function(match["function"] if match else text), "", 0)


def first_stack(lines: list[str], root: pathlib.Path) -> tuple[Frame, ...]:
    frames = []
    for line in lines:
        match = _FRAME.match(line)
        if match is None or (frames and match[1] == "0"):
            if frames:
                break
            continue
        frames.append(parse_frame(match[2], root))
        if len(frames) == MAX_FRAMES:
            break
    return tuple(frames)


def normalise_detail(text: str) -> str:
    """Without what differs from one input to the next."""
    text = re.sub(r"0x[0-9a-fA-F]+", "ADDRESS", text)
    text = re.sub(r"-?\b\d+\b", "N", text)
    return text.strip()[:MAX_DETAIL_SIZE]


def kind_and_detail(line: str) -> tuple[str, str] | None:
    for pattern, name in _KINDS:
        if match := pattern.search(line):
            if name is None:
                return f"{match[1]}: {match[2]}", ""
            return name, normalise_detail(match[2])
    return None


def parse(log: str, root: pathlib.Path = ROOT) -> Finding | None:
    """The first finding that the log reports; None if it reports none."""
    lines = log.splitlines()
    for number, line in enumerate(lines):
        if found := kind_and_detail(line):
            return Finding(*found, first_stack(lines[number:], root))
    return None

# SPDX-License-Identifier: Apache-2.0
"""The injected bugs of fuzz/bugs/: reading the patches, and putting them all into a copy.

A patch is NNN-name.patch: a heading of "What:", "Class:", "Clause:" and "Target:" lines, an empty
line, and a unified diff against the tree with all patches of lower numbers. 000 holds no bug.
"""

import dataclasses
import pathlib
import re
import shutil
import subprocess
import tempfile

from . import engine

FOLDER = "fuzz/bugs"
HEADINGS = ("What", "Class", "Clause", "Target")
# What a copy needs to build the targets; not every checkout has all of it.
COPIED = ("CMakeLists.txt", "CMakePresets.json", "codec", "harness", "fuzz", "corpus", "ci",
          "vectors")
MAX_PATCHES = 500


@dataclasses.dataclass(frozen=True)
class Bug:
    number: int
    name: str
    what: str
    kind: str
    clause: str
    target: str

    @property
    def title(self) -> str:
        return f"{self.number:03} {self.name}"


def patches(root: pathlib.Path) -> list[pathlib.Path]:
    found = sorted((root / FOLDER).glob("*.patch"))
    if not 1 <= len(found) <= MAX_PATCHES:
        raise engine.ToolError(f"{root / FOLDER}: {len(found)} patches; expected 1 to "
                               f"{MAX_PATCHES}")
    return found


def read_bug(path: pathlib.Path) -> Bug | None:
    """None for 000, which holds no bug. Error: a heading is missing, or the name is wrong."""
    name = re.fullmatch(r"(\d{3})-([a-z0-9-]+)\.patch", path.name)
    if name is None:
        raise engine.ToolError(f"{path}: expected a name such as 001-length-overflow.patch")
    if int(name[1]) == 0:
        return None
    text = path.read_text(encoding="utf-8")
    heading = dict(re.findall(r"^(\w+): (.+)$", text.split("\n\n", 1)[0], re.MULTILINE))
    missing = [key for key in HEADINGS if key not in heading]
    if missing:
        raise engine.ToolError(f"{path}: the heading lacks {', '.join(missing)}")
    if f"bug::on({int(name[1])}, " not in text:
        raise engine.ToolError(f"{path}: the patch has no switch bug::on({int(name[1])}, ...)")
    return Bug(int(name[1]), name[2], *(heading[key] for key in HEADINGS))


def read_bugs(root: pathlib.Path) -> list[Bug]:
    bugs = [bug for path in patches(root) if (bug := read_bug(path))]
    numbers = [bug.number for bug in bugs]
    if len(set(numbers)) != len(numbers):
        raise engine.ToolError(f"{root / FOLDER}: two patches have the same number")
    return bugs


def apply_all(root: pathlib.Path, copy: pathlib.Path) -> None:
    """Applies all patches of `root` to the copy, in order. Error: one does not apply."""
    for path in patches(root):
        result = subprocess.run(["patch", "-p1", "--batch", "--forward", "--no-backup-if-mismatch",
                                 "--reject-file=-", "-i", str(path)], cwd=copy, text=True,
                                capture_output=True, check=False, timeout=60)
        if result.returncode != 0:
            raise engine.ToolError(f"{path.name} does not apply to the tree any more; adapt it "
                                   f"by hand:\n{result.stdout}{result.stderr}")


def copy_sources(root: pathlib.Path, copy: pathlib.Path) -> None:
    for name in COPIED:
        source = root / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.is_file():
            shutil.copy(source, copy / name)


def sync(fresh: pathlib.Path, place: pathlib.Path) -> None:
    """Makes `place` like `fresh`; a file that is the same keeps its time, so that a build of it
    need not be made again."""
    wanted = {path.relative_to(fresh) for path in fresh.rglob("*") if path.is_file()}
    for relative in wanted:
        source, target = fresh / relative, place / relative
        if not target.is_file() or target.read_bytes() != source.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    for name in COPIED:
        for path in (place / name).rglob("*"):
            if path.is_file() and path.relative_to(place) not in wanted:
                path.unlink()


def prepare(root: pathlib.Path, place: pathlib.Path) -> None:
    """A copy of the sources with all bugs, in `place`, which may hold one already."""
    with tempfile.TemporaryDirectory(prefix="wsapi-bugs-") as name:
        fresh = pathlib.Path(name) / "fresh"
        fresh.mkdir()
        copy_sources(root, fresh)
        apply_all(root, fresh)
        place.mkdir(parents=True, exist_ok=True)
        sync(fresh, place)

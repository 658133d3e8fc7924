# SPDX-License-Identifier: Apache-2.0
"""ci/fuzz minimize: the seeds of each target, without those that add nothing.

The engine merges them smallest first, until that changes nothing any more; each file is then named
by its content. Doing it again changes nothing. Where that leaves more than a repository should hold,
first come those that reach code which no smaller one does, then the smallest.
"""

import argparse
import hashlib
import pathlib
import shutil
import tempfile

from . import engine

MAX_FILES = 500
MAX_SIZE = 512 << 10  # bytes of all seeds of a target
MAX_ROUNDS = 10
WALL_LIMIT_S = 900
NAME_DIGITS = 40  # of SHA-1, as the engine names its own


def write_named(contents, folder: pathlib.Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for content in contents:
        (folder / hashlib.sha1(content).hexdigest()[:NAME_DIGITS]).write_bytes(content)


def contents_of(folder: pathlib.Path) -> frozenset[bytes]:
    return frozenset(engine.read_input(path) for path in engine.input_files(folder))


def merge(target: engine.Target, contents: frozenset[bytes],
          counts: bool = True) -> frozenset[bytes]:
    """Those that the engine keeps. It reads files by size; of one size, by name. Without `counts`:
    as few as take all edges, however often they take them.
    """
    with tempfile.TemporaryDirectory(prefix="wsapi-minimize-") as name:
        before, after = pathlib.Path(name) / "before", pathlib.Path(name) / "after"
        write_named(contents, before)
        after.mkdir()
        kind = ["-merge=1"] if counts else ["-set_cover_merge=1", "-use_counters=0"]
        run = engine.run(target, [*target.options(), *engine.limits(), *kind,
                                  "-use_value_profile=0", "-seed=1", "-reload=0",
                                  f"-merge_control_file={name}/control", after, before],
                         wall_limit_s=WALL_LIMIT_S)
        # A merge survives inputs with findings: they are not kept.
        if run.status != 0:
            raise engine.ToolError(f"{target.name}: the merge failed: {run.log[-1000:]}")
        return contents_of(after)


def by_size(contents) -> list[bytes]:
    return sorted(contents, key=lambda content: (len(content), hashlib.sha1(content).digest()))


def limited(contents: frozenset[bytes], first: frozenset[bytes]) -> frozenset[bytes]:
    """As many as the limits allow: those of `first`, then the others, the smallest before."""
    kept, size = [], 0
    for content in by_size(first) + by_size(contents - first):
        if len(kept) == MAX_FILES or size + len(content) > MAX_SIZE:
            break
        kept.append(content)
        size += len(content)
    return frozenset(kept)


def exceeds_limits(contents: frozenset[bytes]) -> bool:
    return len(contents) > MAX_FILES or sum(map(len, contents)) > MAX_SIZE


def minimal(target: engine.Target, contents: frozenset[bytes]) -> frozenset[bytes]:
    for _ in range(MAX_ROUNDS):
        merged = merge(target, contents)
        if exceeds_limits(merged):
            merged = limited(merged, merge(target, merged, counts=False))
        if merged == contents:
            return contents
        contents = merged
    raise engine.ToolError(f"{target.name}: {MAX_ROUNDS} merges, and each changed something; "
                           "the target does not do the same for the same input")


def replace_seeds(target: engine.Target, contents: frozenset[bytes]) -> None:
    fresh = target.corpus / "seeds.new"
    shutil.rmtree(fresh, ignore_errors=True)
    write_named(contents, fresh)
    for document in target.seeds.glob("*.md"):
        shutil.copy(document, fresh)
    shutil.rmtree(target.seeds, ignore_errors=True)
    fresh.rename(target.seeds)


def main(arguments) -> int:
    parser = argparse.ArgumentParser(prog="ci/fuzz minimize", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--add", type=pathlib.Path, action="append", default=[], metavar="FOLDER",
                        help="inputs to take beside the seeds, such as the corpus of a campaign; "
                        "with one target only")
    parser.add_argument("--build", type=pathlib.Path, default=engine.ROOT / "build/fuzz")
    parser.add_argument("target", nargs="*", metavar="TARGET", help="default: all")
    options = parser.parse_args(arguments)
    targets = engine.find_targets(options.build, options.target)
    if options.add and len(targets) != 1:
        raise engine.UsageError("--add: name one target")
    for folder in options.add:
        if not folder.is_dir():
            raise engine.UsageError(f"{folder}: no such folder")
    for target in targets:
        before = contents_of(target.seeds)
        more = frozenset().union(*(contents_of(folder) for folder in options.add))
        if not before | more:
            print(f"{target.name:<20} no seeds")
            continue
        after = minimal(target, before | more)
        replace_seeds(target, after)
        print(f"{target.name:<20} {len(before):>5} -> {len(after):>4} seeds, "
              f"{sum(map(len, after)):>7} bytes", flush=True)
    return 0

# SPDX-License-Identifier: Apache-2.0
"""The fuzz targets that were built, and how libFuzzer is run on them.

Everything is bounded: memory and time of one execution, size of an input, size of a log.
"""

import configparser
import dataclasses
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGETS_FOLDER = "fuzz/targets"  # of NAME_fuzz.cc, NAME.dict and NAME.options
PREFIX = "fuzz_"
SPECIAL_TARGETS = frozenset({"canary", "empty"})  # they have no campaign, corpus or score

RSS_LIMIT_MB = 2048
MALLOC_LIMIT_MB = 512
INPUT_TIMEOUT_S = 20  # of one execution
MAX_LOG_SIZE = 4 << 20  # bytes of a run's output that are looked at, from its end
MAX_INPUT_SIZE = 16 << 20  # bytes of a file that is read as an input

# Kept apart from what the caller's shell has: a finding must not depend on it. What AddressSanitizer
# keeps of freed memory, and of frames that have returned, is more than an execution usually leaves,
# and less than its defaults: that stays nearer to the processor, and saves an eighth of the time.
SANITIZER_OPTIONS = {
    "ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1:"
    "allocator_may_return_null=0:symbolize=1:quarantine_size_mb=16:max_uar_stack_size_log=18",
    "UBSAN_OPTIONS": "print_stacktrace=1:symbolize=1",
    "LSAN_OPTIONS": "",
}


class UsageError(Exception):
    """Wrong use, or something that the caller has to provide: exit status 4."""


class ToolError(Exception):
    """These tools, the build or the machine failed: exit status 5."""


@dataclasses.dataclass(frozen=True)
class Target:
    name: str
    program: pathlib.Path
    source: pathlib.Path  # folder with NAME.dict and NAME.options
    corpus: pathlib.Path  # folder with seeds/ and regressions/

    @property
    def seeds(self) -> pathlib.Path:
        return self.corpus / "seeds"

    @property
    def regressions(self) -> pathlib.Path:
        return self.corpus / "regressions"

    def options(self) -> list[str]:
        """Arguments of libFuzzer that belong to the target: its dictionary and its options."""
        options = self.option_file()
        # Where no other is named, that of the target's name, as fuzzing services have it.
        dictionary = self.source / options.pop("dict", f"{self.name}.dict")
        arguments = [f"-dict={dictionary}"] if dictionary.is_file() else []
        return arguments + [f"-{key}={value}" for key, value in options.items()]

    def option_file(self) -> dict[str, str]:
        path = self.source / f"{self.name}.options"
        if not path.is_file():
            return {}
        parser = configparser.ConfigParser(interpolation=None)
        try:
            parser.read_string(path.read_text(encoding="utf-8"), source=str(path))
        except (configparser.Error, UnicodeDecodeError) as error:
            raise UsageError(f"{path}: {error}") from error
        return dict(parser["libfuzzer"]) if parser.has_section("libfuzzer") else {}


def find_targets(build: pathlib.Path, names=(), root: pathlib.Path = ROOT,
                 special: bool = False) -> list[Target]:
    """Those that the build has, in the order of their names; only `names`, if any are given."""
    found, source = {}, root / TARGETS_FOLDER
    for program in sorted(build.glob(PREFIX + "*")):
        if program.is_file() and os.access(program, os.X_OK) and "." not in program.name:
            name = program.name[len(PREFIX):]
            # An old build folder may hold the program of a target that has been removed.
            if (source / f"{name}_fuzz.cc").is_file():
                found[name] = Target(name, program, source, root / "corpus" / name)
    if not found:
        raise ToolError(f"{build}: no fuzz target has been built there")
    unknown = [name for name in names if name not in found]
    if unknown:
        raise UsageError(f"no fuzz target {', '.join(unknown)}; there are: {', '.join(found)}")
    if names:
        return [found[name] for name in dict.fromkeys(names)]
    return [target for name, target in found.items() if special or name not in SPECIAL_TARGETS]


def symbolizer() -> str | None:
    for name in ("llvm-symbolizer-19", "llvm-symbolizer"):
        if path := shutil.which(name):
            return path
    return None


def environment(extra: dict[str, str] | None = None) -> dict[str, str]:
    env = {**os.environ, **SANITIZER_OPTIONS}
    if path := symbolizer():
        env["ASAN_SYMBOLIZER_PATH"] = env["UBSAN_SYMBOLIZER_PATH"] = path
        # UBSan that is not part of ASan looks for this one.
        env["LLVM_SYMBOLIZER_PATH"] = path
    return env | (extra or {})


@dataclasses.dataclass(frozen=True)
class Run:
    status: int  # negative: the signal that ended it
    log: str  # the end of what it printed
    seconds: float

    @property
    def stats(self) -> dict[str, int]:
        """What -print_final_stats=1 says, such as number_of_executed_units."""
        return {key: int(value)
                for key, value in re.findall(r"^stat::(\w+):\s+(\d+)$", self.log, re.MULTILINE)}


def end_of(path: pathlib.Path, size: int = MAX_LOG_SIZE) -> str:
    with path.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - size))
        return file.read(size).decode("utf-8", "replace")


def run(target: Target, arguments, *, env=None, wall_limit_s: float, cwd=None) -> Run:
    """Runs the program until it ends, and ends it with its children after wall_limit_s."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="wsapi-fuzz-") as folder:
        log = pathlib.Path(folder) / "log"
        with log.open("wb") as out:
            # A group of its own, so that its children end with it.
            process = subprocess.Popen([str(target.program), *map(str, arguments)],
                                       stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                       env=environment(env), cwd=cwd or folder,
                                       start_new_session=True)
            try:
                status = process.wait(timeout=wall_limit_s)
            except subprocess.TimeoutExpired:
                status = -signal.SIGKILL
            finally:
                end_group(process)
        return Run(status, end_of(log), time.monotonic() - start)


def end_group(process: subprocess.Popen) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()


def limits() -> list[str]:
    return [f"-rss_limit_mb={RSS_LIMIT_MB}", f"-malloc_limit_mb={MALLOC_LIMIT_MB}",
            f"-timeout={INPUT_TIMEOUT_S}"]


def input_files(folder: pathlib.Path) -> list[pathlib.Path]:
    """Inputs below the folder, by size and then by name; documents beside them are left out."""
    if not folder.is_dir():
        return []
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".md"]
    return sorted(files, key=lambda path: (path.stat().st_size, path.name, str(path)))


def read_input(path: pathlib.Path) -> bytes:
    """The bytes of an input. Error: it cannot be read, or is too large."""
    try:
        if path.stat().st_size > MAX_INPUT_SIZE:
            raise UsageError(f"{path}: larger than {MAX_INPUT_SIZE} bytes, which no input is")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error

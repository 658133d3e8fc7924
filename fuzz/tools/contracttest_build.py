# SPDX-License-Identifier: Apache-2.0
"""fuzz/build.sh keeps the contract of OSS-Fuzz and ClusterFuzzLite: built as they do it, the output
is compared with what their check of a build looks at. Two targets, to keep it short.

They build with LLVM's C++ library; so does the test where clang++-19 can link with it. Debian's own
libc++1-14 and libc++-19-dev cannot be installed together: there the test builds with the standard C++
library, and skips, with the reason, what only the other can show."""

import configparser
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
import zipfile

from . import engine

TARGETS = ("message", "readbuf")
CFLAGS = ("-O1 -fno-omit-frame-pointer -gline-tables-only -Wno-error "
          "-DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION -fsanitize=address "
          "-fsanitize-address-use-after-scope -fsanitize=fuzzer-no-link")
LIBCXX_FLAG = "-stdlib=libc++"
ENGINE = "-fsanitize=fuzzer"
# The engine in Debian's package was built with the other library.
ENGINE_WITH_LIBCXX = f"{ENGINE} -l:libstdc++.so.6"
PROBE = "#include <string>\nint main() { return static_cast<int>(std::string().size()); }\n"
PROBE_TIMEOUT_S = 60
DICTIONARY_LINE = re.compile(r'(\w+(@\d+)?\s*=\s*)?"([^"\\]|\\\\|\\"|\\x[0-9a-fA-F]{2})+"')
BUILD_TIMEOUT_S = 500


def why_no_libcxx() -> str | None:
    """Why clang++-19 makes no program with LLVM's C++ library here; None: it does."""
    with tempfile.TemporaryDirectory(prefix="wsapi-libcxx-") as folder:
        result = subprocess.run(["clang++-19", LIBCXX_FLAG, "-x", "c++", "-", "-o", "probe"],
                                input=PROBE, cwd=folder, text=True, capture_output=True,
                                check=False, timeout=PROBE_TIMEOUT_S)
    if result.returncode == 0:
        return None
    return next((line for line in result.stderr.splitlines() if "error" in line),
                f"status {result.returncode}")


def environment(folder: pathlib.Path, with_libcxx: bool) -> dict[str, str]:
    env = {**os.environ, "CC": "clang-19", "CXX": "clang++-19", "CFLAGS": CFLAGS,
           "CXXFLAGS": f"{CFLAGS} {LIBCXX_FLAG}" if with_libcxx else CFLAGS,
           "LIB_FUZZING_ENGINE": ENGINE_WITH_LIBCXX if with_libcxx else ENGINE,
           "SANITIZER": "address",
           "FUZZING_ENGINE": "libfuzzer", "SRC": str(engine.ROOT.parent),
           "WSAPI_FUZZ_TARGETS": " ".join(TARGETS)}
    for name in ("OUT", "WORK"):
        (folder / name).mkdir()
        env[name] = str(folder / name)
    return env


@unittest.skipUnless(shutil.which("clang++-19") and shutil.which("zip"), "no clang++-19 or no zip")
class BuildContract(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        folder = pathlib.Path(cls.folder.name)
        cls.out = folder / "OUT"
        cls.why_no_libcxx = why_no_libcxx()
        env = environment(folder, with_libcxx=cls.why_no_libcxx is None)
        result = subprocess.run([str(engine.ROOT / "fuzz/build.sh")], env=env, cwd="/", text=True,
                                capture_output=True, check=False, timeout=BUILD_TIMEOUT_S)
        if result.returncode != 0:
            raise AssertionError(f"fuzz/build.sh failed:\n{result.stdout[-4000:]}"
                                 f"{result.stderr[-4000:]}")

    def test_only_the_targets_and_their_files(self):
        allowed = {f"{name}{suffix}" for name in TARGETS
                   for suffix in ("", ".options", "_seed_corpus.zip")}
        allowed |= {path.name for path in (engine.ROOT / engine.TARGETS_FOLDER).glob("*.dict")}
        found = {path.name for path in self.out.iterdir()}
        self.assertLessEqual(set(TARGETS), found)
        self.assertLessEqual(found, allowed)

    def test_programs_run(self):
        for name in TARGETS:
            with tempfile.TemporaryDirectory() as folder:
                empty = pathlib.Path(folder) / "empty"
                empty.touch()
                options = engine.Target(name, self.out / name, self.out, self.out).options()
            with tempfile.TemporaryDirectory() as folder:
                empty = pathlib.Path(folder) / "empty"
                empty.touch()
                for arguments in (["-runs=0", *options], [str(empty)]):
                    result = subprocess.run([str(self.out / name), *arguments], text=True,
                                            capture_output=True, check=False, timeout=60,
                                            cwd=folder)
                    self.assertEqual(result.returncode, 0, result.stderr[-2000:])

    def test_programs_are_instrumented(self):
        for name in TARGETS:
            content = (self.out / name).read_bytes()
            for symbol in (b"LLVMFuzzerTestOneInput", b"__asan_report_load1",
                           b"__sanitizer_cov_8bit_counters_init"):
                self.assertIn(symbol, content, name)

    def test_built_with_the_library_of_the_services(self):
        if self.why_no_libcxx is not None:
            self.skipTest("built without -stdlib=libc++, which clang++-19 cannot link with here: "
                          + self.why_no_libcxx)
        for name in TARGETS:
            self.assertIn(b"libc++.so.1", (self.out / name).read_bytes(), name)

    def test_seed_corpora(self):
        for name in TARGETS:
            wanted = engine.input_files(engine.ROOT / "corpus" / name)
            path = self.out / f"{name}_seed_corpus.zip"
            self.assertEqual(path.is_file(), bool(wanted), name)
            if wanted:
                with zipfile.ZipFile(path) as archive:
                    self.assertEqual(sorted(archive.namelist()),
                                     sorted(file.name for file in wanted))


class Files(unittest.TestCase):
    """Of all targets, built or not."""

    def test_dictionaries_parse(self):
        for path in (engine.ROOT / engine.TARGETS_FOLDER).glob("*.dict"):
            entries = 0
            for number, line in enumerate(path.read_text(encoding="ascii").splitlines(), 1):
                line = line.strip()
                if line and not line.startswith("#"):
                    self.assertRegex(line, rf"^{DICTIONARY_LINE.pattern}$", f"{path}:{number}")
                    entries += 1
            self.assertGreater(entries, 0, path)

    def test_options_parse(self):
        for path in (engine.ROOT / engine.TARGETS_FOLDER).glob("*.options"):
            parser = configparser.ConfigParser(interpolation=None)
            parser.read_string(path.read_text(encoding="ascii"))
            self.assertLessEqual(set(parser.sections()),
                                 {"libfuzzer", "asan", "ubsan", "msan", "env", "grammar"}, path)

    def test_options_belong_to_a_target_and_dictionaries_to_options(self):
        fuzz = engine.ROOT / engine.TARGETS_FOLDER
        used = set()
        for path in fuzz.glob("*.options"):
            self.assertTrue((fuzz / f"{path.stem}_fuzz.cc").is_file(), path)
            target = engine.Target(path.stem, path, fuzz, path)
            name = target.option_file().get("dict", f"{path.stem}.dict")
            used.add(name)
            if "dict" in target.option_file():
                self.assertTrue((fuzz / name).is_file(), path)
        for path in fuzz.glob("*.dict"):
            self.assertTrue(path.name in used or (fuzz / f"{path.stem}_fuzz.cc").is_file(), path)


if __name__ == "__main__":
    unittest.main()

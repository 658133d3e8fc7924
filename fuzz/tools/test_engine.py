# SPDX-License-Identifier: Apache-2.0
"""Targets, limits of runs, and the choice of seeds, without an engine."""

import hashlib
import pathlib
import sys
import tempfile
import time
import unittest

from . import engine, minimize


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def program(self, name: str, text: str = "") -> pathlib.Path:
        path = self.folder / name
        path.write_text(f"#!{sys.executable}\n{text}", encoding="utf-8")
        path.chmod(0o755)
        return path


class Targets(Folder):
    def setUp(self):
        super().setUp()
        self.source = self.folder / engine.TARGETS_FOLDER
        self.source.mkdir(parents=True)
        for name in ("one", "two", "canary"):
            self.program(f"fuzz_{name}")
            (self.source / f"{name}_fuzz.cc").touch()
        self.program("fuzz_gone")

    def find(self, *names, **options):
        return [t.name for t in engine.find_targets(self.folder, names, self.folder, **options)]

    def test_those_of_the_build_that_still_have_a_source(self):
        self.assertEqual(self.find(), ["one", "two"])
        self.assertEqual(self.find(special=True), ["canary", "one", "two"])
        self.assertEqual(self.find("two", "canary", "two"), ["two", "canary"])

    def test_unknown_target(self):
        with self.assertRaisesRegex(engine.UsageError, "three"):
            self.find("three")

    def test_nothing_built(self):
        with self.assertRaises(engine.ToolError):
            engine.find_targets(self.source)

    def test_options_and_dictionary(self):
        (self.source / "one.dict").write_text('"K"\n', encoding="ascii")
        (self.source / "one.options").write_text("[libfuzzer]\nmax_len = 64\ndict = one.dict\n",
                                                 encoding="ascii")
        target = engine.find_targets(self.folder, ["one"], self.folder)[0]
        self.assertEqual(target.options(), [f"-dict={self.source}/one.dict", "-max_len=64"])


class Run(Folder):
    def target(self, text: str) -> engine.Target:
        return engine.Target("t", self.program("fuzz_t", text), self.folder, self.folder)

    def test_status_log_and_stats(self):
        text = "import sys\nprint('stat::number_of_executed_units: 12')\nsys.exit(3)\n"
        run = engine.run(self.target(text), [], wall_limit_s=20)
        self.assertEqual(run.status, 3)
        self.assertEqual(run.stats, {"number_of_executed_units": 12})

    def test_ends_with_its_children_at_the_limit(self):
        marker = self.folder / "pid"
        text = (f"import os, time\nif os.fork() == 0:\n open({str(marker)!r}, 'w').write("
                "str(os.getpid()))\ntime.sleep(600)\n")
        for wall_limit_s in (2, 10, 40):  # a busy machine may not come so far before the limit
            run = engine.run(self.target(text), [], wall_limit_s=wall_limit_s)
            self.assertNotEqual(run.status, 0)
            if marker.exists() and marker.stat().st_size > 0:
                break
        child = int(marker.read_text(encoding="ascii"))
        for _ in range(100):
            stat = pathlib.Path(f"/proc/{child}/stat")
            if not stat.exists() or stat.read_text(encoding="ascii").split()[2] == "Z":
                return
            time.sleep(0.05)
        self.fail("the child lives on")

    def test_only_the_end_of_a_long_log_is_read(self):
        path = self.folder / "log"
        path.write_bytes(b"a" * 100 + b"end")
        self.assertEqual(engine.end_of(path, 4), "aend")


class Minimize(Folder):
    def test_limits_of_files_and_bytes(self):
        small = frozenset(bytes([i, j]) for i in range(40) for j in range(20))
        self.assertEqual(len(minimize.limited(small, frozenset())), minimize.MAX_FILES)
        large = frozenset({b"a", b"b" * minimize.MAX_SIZE})
        self.assertTrue(minimize.exceeds_limits(large))
        self.assertEqual(minimize.limited(large, frozenset()), {b"a"})

    def test_what_reaches_other_code_comes_first(self):
        small = frozenset(bytes([i, j]) for i in range(40) for j in range(20))
        kept = minimize.limited(small | {b"longer"}, frozenset({b"longer"}))
        self.assertEqual(len(kept), minimize.MAX_FILES)
        self.assertIn(b"longer", kept)

    def test_names_are_those_of_the_content(self):
        minimize.write_named([b"x", b""], self.folder / "out")
        self.assertEqual({path.name for path in (self.folder / "out").iterdir()},
                         {hashlib.sha1(b"x").hexdigest(), hashlib.sha1(b"").hexdigest()})

    def test_files_are_read_by_size_then_name(self):
        for name, size in (("b", 1), ("a", 1), ("c", 0), ("README.md", 0)):
            (self.folder / name).write_bytes(b"x" * size)
        self.assertEqual([path.name for path in engine.input_files(self.folder)], ["c", "a", "b"])


if __name__ == "__main__":
    unittest.main()

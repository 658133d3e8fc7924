# SPDX-License-Identifier: Apache-2.0
"""The injected bugs: every patch has its heading and applies to the tree as it is."""

import pathlib
import tempfile
import unittest

from . import bugs, engine, score

MIN_BUGS = 30


class Patches(unittest.TestCase):
    def test_headings(self):
        found = bugs.read_bugs(engine.ROOT)
        self.assertGreaterEqual(len(found), MIN_BUGS)
        for bug in found:
            self.assertRegex(bug.clause, r"^[1-8]( [A-Z][A-Za-z ]*)?$", bug.title)
            self.assertTrue(bug.what.endswith("."), bug.title)

    def test_all_apply_in_order(self):
        with tempfile.TemporaryDirectory() as name:
            copy = pathlib.Path(name)
            bugs.copy_sources(engine.ROOT, copy)
            bugs.apply_all(engine.ROOT, copy)
            text = "".join(path.read_text(encoding="utf-8")
                           for path in (copy / "codec").iterdir() if path.is_file())
        for bug in bugs.read_bugs(engine.ROOT):
            self.assertIn(f"bug::on({bug.number}, ", text)


class Sync(unittest.TestCase):
    def test_only_what_differs_is_written(self):
        with tempfile.TemporaryDirectory() as name:
            fresh, place = pathlib.Path(name) / "fresh/codec", pathlib.Path(name) / "place/codec"
            fresh.mkdir(parents=True)
            place.mkdir(parents=True)
            for folder in (fresh, place):
                (folder / "same").write_text("1", encoding="ascii")
            (place / "gone").write_text("2", encoding="ascii")
            (fresh / "new").write_text("3", encoding="ascii")
            before = (place / "same").stat().st_mtime_ns
            bugs.sync(fresh.parent, place.parent)
            self.assertEqual(sorted(path.name for path in place.iterdir()), ["new", "same"])
            self.assertEqual((place / "same").stat().st_mtime_ns, before)


class Medians(unittest.TestCase):
    def test_a_run_without_detection_counts_as_never(self):
        found, lost = score.Outcome(detected=(10, 1.0)), score.Outcome()
        self.assertEqual(score.medians([found, found, lost], "detected"), (10, 1.0))
        self.assertEqual(score.medians([found, lost], "detected")[1], score.NEVER)
        self.assertEqual(score.count([found, lost], "detected"), 1)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
"""The file results.json, and what names say."""

import json
import unittest

import results
from results import ResultError
from support import FileCase, benchmark, by_name


class Names(unittest.TestCase):
    def test_parts(self):
        point = benchmark("write/fields/flat-copy/12", [1.0])
        self.assertEqual((point.area, point.case, point.strategy, point.x),
                         ("write", "fields", "flat-copy", 12))
        self.assertIsNone(benchmark("a/b/c", [1.0]).x)

    def test_the_limit_of_a_group(self):
        found = by_name(benchmark("a/b/x", [1.0]), benchmark("a/b/limit:l", [1.0]),
                        benchmark("a/c/x", [1.0]), benchmark("a/b/x/4", [1.0]),
                        benchmark("a/b/limit:l/4", [1.0]), benchmark("a/b/x/8", [1.0]))
        self.assertEqual({name: limit.name for name, limit in results.limits(found).items()},
                         {"a/b/x": "a/b/limit:l", "a/b/x/4": "a/b/limit:l/4"})


class File(FileCase):
    def written(self, **changes):
        """A good row with changes, as a document."""
        row = {"name": "a/b/c", "rounds_ns": [[1.0, 2.0]], "counters": {"iovecs": 3}, **changes}
        return {"format": results.FORMAT, "context": {"commit": "x"}, "benchmarks": [row]}

    def test_comes_back_as_it_was(self):
        varying = benchmark("a/b/c", [1.0, 2.0], [3.0], iovecs=3)
        varying.counters["items_per_second"] = [[5.0, 6.0], [7.0]]
        before = by_name(varying, benchmark("a/b/c/7", [4.0]))
        results.write(self.path, {"commit": "x"}, before)
        context, after = results.read(self.path)
        self.assertEqual(context, {"commit": "x"})
        self.assertEqual(after, before)

    def test_tells_what_follows_from_the_samples(self):
        results.write(self.path, {}, by_name(benchmark("a/b/c", [1.0, 2.0, 3.0], [4.0, 15.0],
                                                       iovecs=3)))
        row = json.loads(self.path.read_text(encoding="utf-8"))["benchmarks"][0]
        self.assertEqual((row["median_ns"], row["mad_ns"], row["counters"]),
                         (3.0, 1.0, {"iovecs": 3}))
        self.assertAlmostEqual(row["p10_ns"], 1.4)
        self.assertAlmostEqual(row["p90_ns"], 10.6)

    def test_says_where_a_file_is_wrong(self):
        for changes, message in (
                ({"name": "a"}, r"run\.json: benchmarks\[0\]\.name: the name is 'a'"),
                ({"name": None}, "the name is None"),
                ({"rounds_ns": []}, r"benchmarks\[0\]\.rounds_ns: expected a list of rounds"),
                ({"rounds_ns": [[]]}, "expected a list of rounds"),
                ({"rounds_ns": [1.0]}, "expected a list of rounds"),
                ({"rounds_ns": [[1.0, 0]]}, "numbers above 0"),
                ({"rounds_ns": [[float("inf")]]}, "numbers above 0"),
                ({"counters": []}, "must be objects"),
                ({"counters": {"iovecs": "3"}}, r"counters\.'iovecs': expected a number"),
                ({"counter_rounds": {"iovecs": [[1]]}}, "one number for each of rounds_ns")):
            with self.subTest(message=message):
                self.write(self.written(**changes))
                with self.assertRaisesRegex(ResultError, message):
                    results.read(self.path)

    def test_says_what_is_no_results_json(self):
        twice = self.written()
        twice["benchmarks"] *= 2
        for document, message in (
                ("{", "not JSON"), ({"format": "other"}, "format is not 'wsapi-bench-2'"),
                ([], "format is not"), ({**self.written(), "benchmarks": []}, "a list of 1 to"),
                ({**self.written(), "benchmarks": [5]}, r"\[0\]: expected an object"),
                ({**self.written(), "context": {"commit": 5}}, "an object of texts"),
                (twice, r"benchmarks\[1\]\.name: 'a/b/c' was there before")):
            with self.subTest(message=message):
                self.write(document)
                with self.assertRaisesRegex(ResultError, message):
                    results.read(self.path)

    def test_two_limits_in_a_group_are_an_error(self):
        results.write(self.path, {}, by_name(benchmark("a/b/limit:x", [1.0]),
                                             benchmark("a/b/limit:y", [1.0])))
        with self.assertRaisesRegex(ResultError, "two limits"):
            results.read(self.path)


if __name__ == "__main__":
    unittest.main()

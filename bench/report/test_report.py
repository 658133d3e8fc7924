# SPDX-License-Identifier: Apache-2.0
"""Tests of reading, judging, comparing and drawing."""

import html.parser
import json
import pathlib
import tempfile
import unittest

import compare
import page
import results
import targets


def benchmark(name, samples, **counters):
    """A benchmark with these samples."""
    return results.Benchmark(name, samples, counters)


def by_name(*benchmarks):
    """As the readers give them."""
    return {b.name: b for b in benchmarks}


class Files(unittest.TestCase):
    """Reading what Google Benchmark and ci/bench write."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "run.json"

    def write(self, document):
        self.path.write_text(document if isinstance(document, str) else json.dumps(document),
                             encoding="utf-8")

    def read_run(self, *runs):
        self.write({"context": {"load_avg": [1]}, "benchmarks": list(runs)})
        found = {}
        results.add_google_run(self.path, found)
        return found

    def test_takes_the_clock_that_was_asked_for(self):
        found = self.read_run(
            {"name": "a/b/c", "real_time": 9.0, "cpu_time": 2.0, "time_unit": "us", "iovecs": 3},
            {"name": "a/b/d/manual_time", "real_time": 9.0, "cpu_time": 2.0, "time_unit": "ns"},
            {"name": "a/b/c_mean", "run_type": "aggregate", "real_time": 1.0})
        self.assertEqual(found["a/b/c"].samples, [2000.0])
        self.assertEqual(found["a/b/c"].counters, {"iovecs": 3})
        self.assertEqual(found["a/b/d"].samples, [9.0])
        self.assertEqual(len(found), 2)

    def test_own_format_comes_back_as_it_was(self):
        before = by_name(benchmark("a/b/c", [1.0, 2.0], iovecs=3), benchmark("a/b/c/7", [4.0]))
        results.write(self.path, {"commit": "x"}, before)
        context, after = results.read(self.path)
        self.assertEqual(context, {"commit": "x"})
        self.assertEqual(after, before)

    def test_says_where_a_file_is_wrong(self):
        for document, message in (
                ("{", "not JSON"), ([], "no list 'benchmarks'"),
                ({"benchmarks": [{"name": "a/b"}]}, r"benchmarks\[0\]: name is 'a/b'"),
                ({"benchmarks": [{"name": "a/b/c", "cpu_time": -1}]}, r"benchmarks\[0\]: cpu_time"),
                ({"benchmarks": [{"error_occurred": True, "error_message": "bad"}]}, "bad")):
            with self.subTest(document=document):
                self.write(document)
                with self.assertRaisesRegex(results.ResultError, message):
                    results.add_google_run(self.path, {})
        self.write({"format": "other"})
        with self.assertRaisesRegex(results.ResultError, "format is not"):
            results.read(self.path)
        with self.assertRaisesRegex(results.ResultError, "No such file"):
            results.read(self.path.with_suffix(".gone"))


class Targets(unittest.TestCase):
    """Targets against benchmarks."""

    benchmarks = by_name(benchmark("encode/big/ours", [20.0] * 5, message_bytes=60),
                         benchmark("encode/big/limit:memcpy", [8.0] * 5, message_bytes=60),
                         benchmark("encode/small/ours", [90.0] * 5, message_bytes=3),
                         benchmark("encode/small/limit:memcpy", [8.0] * 5, message_bytes=3))

    def judge(self, **target):
        return targets.judge([{"what": "w", "benchmark": "encode/*/ours", **target}],
                             self.benchmarks)

    def test_ratio_of_times(self):
        for limit, reached in ((2.5, True), (2.4, False)):
            (verdict,) = self.judge(against="limit:memcpy", min_message_bytes=50, at_most=limit)
            self.assertEqual((verdict.value, verdict.reached), (2.5, reached))

    def test_ratio_of_speeds(self):
        (verdict,) = self.judge(against="limit:memcpy", min_message_bytes=50, at_least=0.5)
        self.assertEqual((verdict.value, verdict.reached), (0.4, False))

    def test_nanoseconds(self):
        self.assertEqual([v.reached for v in self.judge(at_most_ns=20)], [True, False])

    def test_a_target_without_a_benchmark_is_an_error(self):
        with self.assertRaisesRegex(results.ResultError, "no benchmark matches"):
            self.judge(against="limit:memcpy", min_message_bytes=100, at_most=1)
        with self.assertRaisesRegex(results.ResultError, "there is no benchmark encode/big/gone"):
            self.judge(against="gone", min_message_bytes=50, at_most=1)

    def test_the_targets_of_the_project_can_be_read(self):
        path = pathlib.Path(__file__).resolve().parents[1] / "targets.json"
        self.assertGreater(len(targets.read(path)), 5)


class Compare(unittest.TestCase):
    """What is a real change."""

    def test_u_test_has_the_known_value(self):
        # By hand: U = 4.5 of 25, mean 12.5, variance 25 / 12 * (11 - 6 / 90).
        p = compare.mann_whitney_p([1, 2, 3, 4, 5], [3, 6, 7, 8, 9])
        z = (12.5 - 2.5 - 0.5) / (25 / 12 * (11 - 6 / 90)) ** 0.5
        self.assertAlmostEqual(p, compare.math.erfc(z / 2**0.5))
        self.assertEqual(compare.mann_whitney_p([1, 1], [1, 1]), 1.0)

    def test_holm_has_the_known_values(self):
        for got, wanted in zip(compare.holm([0.01, 0.04, 0.03]), [0.03, 0.06, 0.06]):
            self.assertAlmostEqual(got, wanted)

    def test_finds_a_change_and_not_noise(self):
        noise = [100 + (i * 7) % 5 for i in range(20)]
        base = by_name(benchmark("a/b/c", noise), benchmark("a/b/d", noise),
                       benchmark("a/b/e", noise), benchmark("a/b/gone", noise))
        new = by_name(benchmark("a/b/c", [x * 1.2 for x in noise]), benchmark("a/b/d", noise[::-1]),
                      benchmark("a/b/e", [x * 0.8 for x in noise]), benchmark("a/b/more", noise))
        changes, gone, added = compare.compare(base, new, 0.05, normalise=False)
        self.assertEqual({c.name: c.verdict for c in changes},
                         {"a/b/c": "worse", "a/b/d": "same", "a/b/e": "better"})
        self.assertEqual((gone, added), (["a/b/gone"], ["a/b/more"]))

    def test_a_slower_machine_is_no_regression(self):
        noise = [100 + i % 5 for i in range(20)]
        base = by_name(benchmark("a/b/c", noise), benchmark("a/b/limit:x", noise))
        new = by_name(benchmark("a/b/c", [3 * x for x in noise]),
                      benchmark("a/b/limit:x", [3 * x for x in noise]))
        changes, _, _ = compare.compare(base, new, 0.05, normalise=True)
        self.assertEqual([c.verdict for c in changes], ["same"])


class Text(html.parser.HTMLParser):
    """Tags and text of a page; raises where tags do not match."""

    void = {"meta", "line", "circle", "path", "br"}

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.text = [], set(), ""

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.void and self.open.pop() != tag:
            raise ValueError(f"</{tag}> does not match")

    def handle_data(self, data):
        self.text += data


class Page(unittest.TestCase):
    """The page of plots."""

    def test_shows_every_benchmark_and_escapes_every_name(self):
        evil = 'x"><script>alert(1)<'
        found = by_name(
            benchmark(f"encode/{evil}/ours", [2.0, 3.0], iovecs=3),
            benchmark(f"encode/{evil}/limit:memcpy", [1.0, 1.5]),
            *[benchmark(f"write/fields/{s}/{n}", [n * 10.0]) for s in "ab" for n in (4, 8)])
        verdicts = [targets.Verdict(evil, evil, 2.0, 1.9, 2.1, "at most 3", True, "")]
        text = page.render({"commit": evil}, found, verdicts)
        parser = Text()
        parser.feed(text)
        self.assertEqual(parser.open, [])
        self.assertNotIn("script", parser.tags)
        for name in found:
            self.assertIn(name.split("/", 1)[1], parser.text)
        self.assertIn(">2<", text)  # the median 2.5 through 1.25
        self.assertEqual(text.count("<svg"), 2)


if __name__ == "__main__":
    unittest.main()

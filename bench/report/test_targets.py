# SPDX-License-Identifier: Apache-2.0
"""Targets against benchmarks."""

import pathlib
import unittest

import targets
from results import ResultError
from support import FileCase, benchmark, by_name

PROJECT_TARGETS = pathlib.Path(__file__).resolve().parents[1] / "targets.json"


class Judging(unittest.TestCase):
    benchmarks = by_name(
        benchmark("encode/big/ours", [20.0] * 5, message_bytes=60, items_per_second=30.0),
        benchmark("encode/big/limit:memcpy", [8.0] * 5, message_bytes=60, items_per_second=40.0),
        benchmark("encode/small/ours", [90.0] * 5, message_bytes=3),
        benchmark("encode/small/limit:memcpy", [8.0] * 5, message_bytes=3),
        benchmark("write/fields/ours/4", [30.0] * 5), benchmark("write/fields/old/4", [60.0] * 5))

    def judge(self, partial=False, **target):
        return targets.judge([{"what": "w", "benchmark": "encode/*/ours", **target}],
                             self.benchmarks, partial)

    def verdict(self, **target):
        (verdict,) = self.judge(**{"min_message_bytes": 50, **target}).verdicts
        return verdict

    def test_ratio_of_times(self):
        for bound, reached in ((2.5, True), (2.4, False)):
            verdict = self.verdict(against="limit:memcpy", at_most=bound)
            self.assertEqual((verdict.estimate.value, verdict.reached), (2.5, reached))
        self.assertTrue(self.verdict(against="limit:memcpy", at_least=2.5).reached)
        self.assertFalse(self.verdict(against="limit:memcpy", at_least=2.6).reached)

    def test_ratio_of_a_counter(self):
        rate = {"against": "limit:memcpy", "of": "items_per_second"}
        for bound, reached in ((0.75, True), (0.8, False)):
            verdict = self.verdict(**rate, at_least=bound)
            self.assertEqual((verdict.estimate.value, verdict.reached), (0.75, reached))
        with self.assertRaisesRegex(ResultError, "'encode/big/ours' has no 'bytes_per_second'"):
            self.verdict(against="limit:memcpy", of="bytes_per_second", at_least=1)

    def test_nanoseconds(self):
        verdicts = self.judge(at_most_ns=20).verdicts
        self.assertEqual([(v.name, v.reached, v.unit) for v in verdicts],
                         [("encode/big/ours", True, "ns"), ("encode/small/ours", False, "ns")])

    def test_on_a_curve_the_other_is_the_one_at_the_same_place(self):
        (verdict,) = self.judge(benchmark="write/fields/ours/*", against="old",
                                at_most=0.6).verdicts
        self.assertEqual((verdict.estimate.value, verdict.reached), (0.5, True))

    def test_close_where_another_run_may_judge_otherwise(self):
        noisy = by_name(benchmark("a/b/c", [8.0, 10.0, 12.0], [9.0, 10.0, 11.0]))
        for bound, close in ((10.1, True), (14.0, False)):
            (verdict,) = targets.judge([{"what": "w", "benchmark": "a/b/c", "at_most_ns": bound}],
                                       noisy, False).verdicts
            self.assertEqual((verdict.reached, verdict.close), (True, close))

    def test_nothing_is_silently_reached(self):
        with self.assertRaisesRegex(ResultError, "target 'w': no benchmark matches"):
            self.judge(against="limit:memcpy", min_message_bytes=100, at_most=1)
        with self.assertRaisesRegex(ResultError, "there is no benchmark 'encode/big/gone'"):
            self.judge(against="gone", at_most=1)

    def test_of_a_filtered_run_it_is_said(self):
        judgement = self.judge(partial=True, against="gone", at_most=1)
        self.assertEqual((judgement.verdicts, judgement.not_measured), ([], ["w"]))
        judgement = self.judge(partial=True, benchmark="none/*", at_most_ns=1)
        self.assertEqual((judgement.verdicts, judgement.not_measured), ([], ["w"]))


class File(FileCase):
    def test_the_targets_of_the_project(self):
        self.assertGreaterEqual(len(targets.read(PROJECT_TARGETS)), 8)

    def test_says_what_is_wrong(self):
        good = {"what": "w", "benchmark": "*", "against": "x", "at_most": 2}
        for change, message in (
                ({"at_mots": 3}, r"\[0\]: unknown key 'at_mots'"),
                ({"at_least": 1}, "expected one of at_most, at_least, at_most_ns"),
                ({"at_most": None}, "at_most: expected a number above 0"),
                ({"at_most": True}, "at_most: expected a number above 0"),
                ({"at_most": 0}, "at_most: expected a number above 0"),
                ({"what": ""}, "what: expected a text"),
                ({"against": 3}, "against: expected a text")):
            with self.subTest(message=message):
                self.write([{**good, **change}])
                with self.assertRaisesRegex(ResultError, message):
                    targets.read(self.path)
        for document, message in (
                ({}, "expected a list"), ([], "expected a list"), ([1], "expected an object"),
                ([{"what": "w", "at_most_ns": 1}], "no 'benchmark'"),
                ([{"what": "w", "benchmark": "*", "at_most": 1}], "a ratio needs 'against'"),
                ([{**good, "at_most_ns": 1}], "expected one of"),
                ([{"what": "w", "benchmark": "*", "against": "x", "at_most_ns": 1}],
                 "goes without it")):
            with self.subTest(message=message):
                self.write(document)
                with self.assertRaisesRegex(ResultError, message):
                    targets.read(self.path)


if __name__ == "__main__":
    unittest.main()

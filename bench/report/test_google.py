# SPDX-License-Identifier: Apache-2.0
"""Reading what Google Benchmark writes."""

import unittest

import google
from results import ResultError
from support import FileCase, google_run


class Reading(FileCase):
    def read_runs(self, *runs):
        self.write({"context": {"load_avg": [1]}, "benchmarks": list(runs)})
        return google.read_round(self.path)[1]

    def test_repetitions_make_one_round(self):
        found = self.read_runs(google_run("a/b/c", 10.0, iovecs=3), google_run("a/b/d", 7.0),
                               google_run("a/b/c", 12.0, iovecs=3))
        self.assertEqual(found["a/b/c"].rounds, [[10.0, 12.0]])
        self.assertEqual(found["a/b/c"].counters, {"iovecs": [[3, 3]]})
        self.assertEqual(found["a/b/d"].counters, {})

    def test_takes_the_clock_and_the_unit_that_were_asked_for(self):
        found = self.read_runs(google_run("a/b/cpu", 10.0, time_unit="us"),
                               google_run("a/b/manual/manual_time", 10.0),
                               google_run("a/b/real/real_time", 10.0, time_unit="ms"),
                               google_run("a/b/all/8/process_time/real_time/threads:1", 10.0))
        self.assertEqual({name: b.rounds for name, b in found.items()},
                         {"a/b/cpu": [[10e3]], "a/b/manual": [[20.0]], "a/b/real": [[20e6]],
                          "a/b/all/8": [[20.0]]})

    def test_aggregates_are_left_out(self):
        found = self.read_runs(google_run("a/b/c"),
                               google_run("a/b/c", run_type="aggregate", name="a/b/c_mean",
                                          aggregate_name="mean", aggregate_unit="time"))
        self.assertEqual(found["a/b/c"].rounds, [[10.0]])

    def test_a_benchmark_that_failed_is_an_error(self):
        with self.assertRaisesRegex(ResultError, r"benchmarks\[1\]: 'a/b/d' failed: 'no socket'"):
            self.read_runs(google_run("a/b/c"),
                           google_run("a/b/d", error_occurred=True, error_message="no socket"))

    def test_says_where_a_file_is_wrong(self):
        good = google_run("a/b/c")
        for runs, message in (
                ([7], r"run\.json: benchmarks\[0\]: expected an object"),
                ([good, google_run("a/b")], r"benchmarks\[1\]: the name is 'a/b'"),
                ([google_run("a/b/c/d")], "AREA/CASE/STRATEGY"),
                ([google_run("a/b/c/²")], "AREA/CASE/STRATEGY"),
                ([google_run("a/b/" + "c" * 300)], "AREA/CASE/STRATEGY"),
                ([google_run(5)], "run_name: expected a text"),
                ([google_run("a/b/c", -1.0)], "cpu_time: 'a/b/c' has -1.0"),
                ([google_run("a/b/c", 0)], "cpu_time: 'a/b/c' has 0"),
                ([google_run("a/b/c", cpu_time="3")], "has '3'"),
                ([google_run("a/b/c", cpu_time=True)], "has True"),
                ([google_run("a/b/c", float("nan"))], "has nan"),
                ([google_run("a/b/c", 10**400)], "has 10000"),
                ([google_run("a/b/c", 1e300)], r"has 1e\+300"),
                ([google_run("a/b/c", 1e-300)], "has 1e-300"),
                ([google_run("a/b/c", time_unit="h")], r"time_unit: is 'h'; expected one of ns"),
                ([google_run("a/b/c", time_unit=["ns"])], r"time_unit: is \['ns'\]"),
                ([google_run("a/b/c", iovecs="x")], r"benchmarks\[0\].'iovecs': is 'x'"),
                ([google_run("a/b/c", rate=float("inf"))], "'rate': is inf"),
                ([good, google_run("a/b/c", iovecs=1)], "other counters")):
            with self.subTest(message=message):
                with self.assertRaisesRegex(ResultError, message):
                    self.read_runs(*runs)

    def test_says_what_is_no_output_of_google_benchmark(self):
        for document, message in (("", "not JSON"), ("{", r"run\.json: not JSON.*line 1"),
                                  ("[" * 100000, "not JSON"), ([], "no list 'benchmarks'"),
                                  ({"benchmarks": {}}, "no list 'benchmarks'")):
            with self.subTest(document=str(document)[:9]):
                self.write(document)
                with self.assertRaisesRegex(ResultError, message):
                    google.read_round(self.path)
        with self.assertRaisesRegex(ResultError, "gone.json: No such file"):
            google.read_round(self.folder / "gone.json")

    def test_starts_of_a_program_add_rounds(self):
        both = {}
        google.add_round(both, self.read_runs(google_run("a/b/c", 10.0, iovecs=3)), "first")
        google.add_round(both, self.read_runs(google_run("a/b/c", 11.0, iovecs=3),
                                              google_run("a/b/c", 12.0, iovecs=3)), "second")
        self.assertEqual(both["a/b/c"].rounds, [[10.0], [11.0, 12.0]])
        self.assertEqual(both["a/b/c"].counters, {"iovecs": [[3], [3, 3]]})
        with self.assertRaisesRegex(ResultError, "third: 'a/b/c' has other counters"):
            google.add_round(both, self.read_runs(google_run("a/b/c", 10.0)), "third")

    def test_two_limits_in_a_group_are_an_error(self):
        with self.assertRaisesRegex(ResultError, "two limits, 'a/b/limit:x' and 'a/b/limit:y'"):
            google.add_round({}, self.read_runs(google_run("a/b/limit:x"),
                                                google_run("a/b/limit:y")), "a run")


if __name__ == "__main__":
    unittest.main()

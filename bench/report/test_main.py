# SPDX-License-Identifier: Apache-2.0
"""The command as a whole, on recorded results: what it prints, writes and returns."""

import contextlib
import io
import json
from unittest import mock

import main
import results
from support import FileCase, benchmark, by_name


class Command(FileCase):
    def setUp(self):
        super().setUp()
        self.targets = self.folder / "targets.json"
        self.want(2.0)
        self.out = self.folder / "out"

    def want(self, ratio):
        self.targets.write_text(json.dumps([{"what": "Fast", "benchmark": "a/b/ours",
                                             "against": "limit:x", "at_most": ratio}]))

    def record(self, name, ours, **context):
        path = self.folder / name
        rounds = [[ours + 0.01 * i for i in range(5)], [ours + 0.015 * i for i in range(5)]]
        results.write(path, {"commit": "abc", "processor": "p", **context}, by_name(
            benchmark("a/b/ours", *rounds),
            benchmark("a/b/limit:x", *[[10 + 0.01 * i for i in range(5)]] * 2)))
        return str(path)

    def run_command(self, *arguments):
        """Exit status, standard output and standard error."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), \
                mock.patch.object(main, "TARGETS", self.targets):
            try:
                status = main.main([*arguments, "--out", str(self.out)])
            except SystemExit as error:
                status = error.code
        return status, out.getvalue(), err.getvalue()

    def test_reached(self):
        status, out, _ = self.run_command("--from", self.record("r.json", 15.0))
        self.assertEqual(status, 0)
        self.assertRegex(out, r"(?m)^reached a/b/ours +1\.50 \(1\.\d+-1\.\d+\), wanted at most 2$")
        self.assertIn("targets: 1 of 1 reached\n", out)
        self.assertIn("a/b/ours", results.read(self.out / "results.json")[1])
        self.assertIn("× 1.50", (self.out / "index.html").read_text(encoding="utf-8"))

    def test_missed(self):
        self.want(1.2)
        status, out, _ = self.run_command("--from", self.record("r.json", 15.0))
        self.assertEqual(status, 1)
        self.assertRegex(out, r"(?m)^MISSED  a/b/ours ")
        self.assertTrue((self.out / "index.html").exists())

    def test_a_target_without_a_benchmark_is_an_error_but_for_a_filter(self):
        recorded = self.record("r.json", 15.0)
        self.targets.write_text('[{"what": "Gone", "benchmark": "gone/*", "at_most_ns": 1}]')
        status, _, err = self.run_command("--from", recorded)
        self.assertEqual(status, 5)
        self.assertIn("target 'Gone': no benchmark matches 'gone/*'", err)
        status, out, _ = self.run_command("--from", recorded, "--filter", "ours")
        self.assertEqual(status, 0)
        self.assertIn("not measured: Gone\n", out)

    def test_compare(self):
        base, worse = self.record("base.json", 15.0), self.record("worse.json", 20.0)
        status, out, _ = self.run_command("--compare", base, "--from", worse)
        self.assertEqual(status, 1)
        self.assertRegex(out, r"(?m)^worse   a/b/ours +time x 1\.33 .*, 15\.\d+ ns -> 20\.\d+ ns$")
        status, out, _ = self.run_command("--compare", worse, "--from", base)
        self.assertEqual(status, 0)
        self.assertRegex(out, r"(?m)^better  a/b/ours ")
        status, out, _ = self.run_command("--compare", base, "--from", base)
        self.assertEqual(status, 0)
        self.assertRegex(out, r"(?m)^same    a/b/ours +time x 1\.00 ")
        self.assertIn("1 compared: 0 worse, 0 better, 1 the same", out)

    def test_wrong_use(self):
        recorded = self.record("r.json", 15.0)
        self.write("{")
        for arguments, message in (
                (["--nonsense"], "unrecognized arguments"),
                (["--filt", "x"], "unrecognized arguments"),
                (["--repetitions", "0"], "not a number from 1 to 1000"),
                (["--repetitions", "x"], "not a number"),
                (["--min-time", "nan"], "not a number"),
                (["--threshold", "-5"], "not a number"),
                (["--from", str(self.path)], r"run\.json: not JSON: .*line 1"),
                (["--from", str(self.folder / "gone")], "gone: No such file"),
                (["--from", recorded, "--filter", "("], "--filter '\\('"),
                (["--from", recorded, "--filter", "zzz"], "leaves no benchmark"),
                (["--compare", str(self.path), "--from", recorded], "not JSON"),
                (["--compare", "no-such-thing"], "neither a file nor a revision"),
                (["--compare", "HEAD", "--from", recorded], "only where that names a file")):
            with self.subTest(arguments=arguments):
                status, _, err = self.run_command(*arguments)
                self.assertEqual(status, 4)
                self.assertRegex(err, message)
                self.assertNotIn("Traceback", err)

    def test_a_bad_file_of_targets_is_an_error(self):
        self.targets.write_text("[{}]")
        status, _, err = self.run_command("--from", self.record("r.json", 15.0))
        self.assertEqual(status, 5)
        self.assertIn("targets.json: [0]: no 'benchmark'", err)

    def test_a_mistake_of_ours_is_no_missed_target(self):
        with mock.patch.object(main.targets, "judge", side_effect=ZeroDivisionError):
            status, _, err = self.run_command("--from", self.record("r.json", 15.0))
        self.assertEqual(status, 5)
        self.assertIn("ZeroDivisionError", err)

    def test_help_tells_every_option(self):
        status, out, _ = self.run_command("--help")
        self.assertEqual(status, 0)
        for option in ("--filter", "--repetitions", "--min-time", "--out", "--open", "--from",
                       "--compare", "--threshold", "Exit status"):
            self.assertIn(option, out)


if __name__ == "__main__":
    import unittest
    unittest.main()

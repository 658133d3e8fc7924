# SPDX-License-Identifier: Apache-2.0
"""Running programs, with small ones in the place of the benchmarks; and checkouts."""

import contextlib
import io
import json
import shutil
import sys
import unittest
from unittest import mock

import run
from results import ResultError, UsageError
from support import FileCase, google_run

# Writes the runs of runs.json beside it, as often as it is asked to, and a line to calls.
PROGRAM = """#!{python}
import json, pathlib, sys
here = pathlib.Path(__file__).parent
options = dict(a.lstrip("-").split("=", 1) for a in sys.argv[1:])
with open(here / "calls", "a") as calls:
    calls.write(json.dumps([pathlib.Path(__file__).name, options]) + "\\n")
print("noise on standard output")
print("a word before the end", file=sys.stderr)
behaviour = json.loads((here / "runs.json").read_text())
out = pathlib.Path(options["benchmark_out"])
if behaviour["runs"] is None:
    out.write_text("")
    print("Failed to match any benchmarks", file=sys.stderr)
else:
    count = int(options["benchmark_repetitions"])
    out.write_text(json.dumps({{"context": {{"num_cpus": 2}},
                               "benchmarks": behaviour["runs"] * count}}))
sys.exit(behaviour["status"])
"""


class Programs(FileCase):
    def build(self, label, runs, status=0, programs=run.PROGRAMS):
        """A folder with programs that measure `runs`."""
        folder = self.folder / label
        folder.mkdir()
        (folder / "runs.json").write_text(json.dumps({"runs": runs, "status": status}))
        for name in programs:
            path = folder / name
            path.write_text(PROGRAM.format(python=sys.executable))
            path.chmod(0o755)
        return run.Build(label, folder, programs)

    def run_rounds(self, builds, **options):
        given = {"filter": "", "repetitions": 5, "rounds": 2, "min_time_s": 0.01, **options}
        with contextlib.redirect_stderr(io.StringIO()):
            return run.run_rounds(builds, run.Options(**given))

    def calls(self, build):
        lines = (build.folder / "calls").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def test_repetitions_are_spread_over_the_rounds(self):
        one = self.build("one", [google_run("a/b/c", 7.0)], programs=("codec_bench",))
        (found,), context = self.run_rounds([one])
        self.assertEqual(found["a/b/c"].rounds, [[7.0] * 3, [7.0] * 2])
        self.assertEqual(context, {"num_cpus": 2})

    def test_programs_are_told_how_to_measure(self):
        one = self.build("one", [google_run("a/b/c")], programs=("codec_bench",))
        self.run_rounds([one], rounds=1, filter="a/(b|c)")
        ((name, options),) = self.calls(one)
        self.assertEqual(name, "codec_bench")
        self.assertEqual(options["benchmark_filter"], "a/(b|c)")
        self.assertEqual(options["benchmark_repetitions"], "5")
        self.assertEqual(options["benchmark_min_time"], "0.01")
        self.assertEqual(options["benchmark_enable_random_interleaving"], "true")

    def test_two_builds_run_in_turn(self):
        order = []
        start = run._start

        def noted(program, *rest):
            order.append((program.parent.name, program.name))
            return start(program, *rest)

        both = [self.build(label, [google_run("a/b/c")], programs=("codec_bench",))
                for label in ("base", "new")]
        with mock.patch.object(run, "_start", noted):
            self.run_rounds(both, rounds=3)
        self.assertEqual([label for label, _ in order],
                         ["base", "new", "new", "base", "base", "new"])

    def test_a_program_that_a_build_lacks_is_left_out(self):
        base = self.build("base", [google_run("a/b/c")], programs=("codec_bench",))
        new = self.build("new", [google_run("a/b/c")])
        (old, now), _ = self.run_rounds([base, new])
        self.assertEqual((len(old["a/b/c"].samples), len(now["a/b/c"].samples)), (5, 10))

    def test_a_program_that_fails_is_an_error_with_what_it_said(self):
        with self.assertRaisesRegex(ResultError, r"codec_bench failed \(exit status 3\)"
                                                 r"[^$]*a word before the end"):
            self.run_rounds([self.build("one", [], status=3)])

    def test_a_program_that_is_not_there_is_an_error(self):
        with self.assertRaisesRegex(ResultError, "codec_bench: No such file"):
            self.run_rounds([run.Build("none", self.folder, run.PROGRAMS)])

    def test_a_filter_that_leaves_nothing_is_wrong_use(self):
        with self.assertRaisesRegex(UsageError, "'nothing' leaves no benchmark; Failed to match"):
            self.run_rounds([self.build("one", None)], filter="nothing")


class Sources(FileCase):
    def test_programs_are_those_that_the_checkout_adds(self):
        (self.folder / "bench").mkdir()
        listing = self.folder / "bench" / "CMakeLists.txt"
        listing.write_text("add_executable( codec_bench a.cc)\n# suite_bench\n")
        self.assertEqual(run.programs_of(self.folder), ("codec_bench",))
        listing.write_text("")
        with self.assertRaisesRegex(ResultError, "adds none of codec_bench, suite_bench"):
            run.programs_of(self.folder)

    def test_the_programs_of_this_checkout_are_known(self):
        self.assertEqual(run.programs_of(run.ROOT), run.PROGRAMS)


@unittest.skipUnless(shutil.which("git"), "there is no git")
class Checkouts(FileCase):
    """In a small repository: its first commit has no benchmarks, HEAD has."""

    def setUp(self):
        super().setUp()
        self.enterContext(mock.patch.object(run, "ROOT", self.folder))
        self.git("init", "--quiet")
        self.commit("README.md")
        self.commit("bench/CMakeLists.txt")

    def git(self, *arguments):
        done = run.git("-c", "user.name=test", "-c", "user.email=test@localhost", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def commit(self, name):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("first\n")
        self.git("add", name)
        self.git("commit", "--quiet", "--no-gpg-sign", "--message", name)

    def test_a_worktree_is_there_and_then_gone(self):
        listing = self.folder / "bench" / "CMakeLists.txt"
        listing.write_text("not committed\n")
        with run.checkout("HEAD") as path:
            self.assertEqual((path / "bench" / "CMakeLists.txt").read_text(), "first\n")
        self.assertFalse(path.exists())
        self.assertNotIn(str(path), self.git("worktree", "list"))

    def test_a_worktree_is_gone_after_an_error_too(self):
        with self.assertRaises(KeyError):
            with run.checkout("HEAD") as path:
                (path / "left.txt").write_text("by a build\n")
                raise KeyError
        self.assertFalse(path.exists())
        self.assertNotIn(str(path), self.git("worktree", "list"))

    def test_what_is_no_revision_with_benchmarks_is_wrong_use(self):
        for name, message in (("no-such-revision", "neither a file nor a revision"),
                              ("--help", "neither a file nor a revision"),
                              ("HEAD:README.md", "neither a file nor a revision"),
                              ("", "neither a file nor a revision"),
                              ("HEAD~1", "has no benchmarks yet")):
            with self.subTest(name=name):
                with self.assertRaisesRegex(UsageError, message):
                    with run.checkout(name):
                        self.fail("there was a worktree")


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
"""The commands end to end, on the canary, which has a finding. Needs a build with an engine: the
environment variable WSAPI_FUZZ_BUILD names its folder."""

import contextlib
import hashlib
import io
import json
import os
import pathlib
import tempfile
import unittest

from . import artefacts, campaign, engine, minimize, smoke, triage

BUILD = os.environ["WSAPI_FUZZ_BUILD"]
KIND = "AddressSanitizer: heap-buffer-overflow"
WHAT = "The canary reads after the end of this input, as it is meant to"


class Canary(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name).resolve()

    def call(self, main, *arguments) -> tuple[int, str]:
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            status = main([*arguments, "--build", BUILD])
        return status, out.getvalue()

    def campaign(self, *arguments) -> tuple[int, dict]:
        status, _ = self.call(campaign.main, "--minutes", "0.1", "--out", str(self.folder),
                              *arguments, "canary")
        return status, json.loads((self.folder / "summary.json").read_text(encoding="utf-8"))

    def test_campaign_finds_one_group_and_goes_on(self):
        status, summary = self.campaign()
        self.assertEqual(status, 1)
        [finding] = summary["findings"]
        self.assertEqual(finding["kind"], KIND)
        self.assertEqual(finding["frames"][0]["file"], "fuzz/targets/canary_fuzz.cc")
        self.assertEqual((finding["reproduced"], finding["reproductions"]),
                         (artefacts.REPRODUCTIONS, artefacts.REPRODUCTIONS))
        self.assertEqual((self.folder / finding["minimised"]).read_bytes(), b"Kk")
        self.assertLessEqual(len(finding["inputs"]), campaign.MAX_ARTEFACTS_PER_GROUP)

        # The same again, now that it is known.
        entry = {"target": "canary", "key": finding["key"], "why": "must fail"}
        listed = self.folder / "known.json"
        listed.write_text(json.dumps({"findings": [entry]}), encoding="utf-8")
        status, summary = self.campaign("--known", str(listed))
        self.assertEqual(status, 2)
        self.assertTrue(summary["findings"][0]["known"])

    def test_a_seed_with_a_finding_does_not_stop_a_campaign(self):
        built = engine.find_targets(pathlib.Path(BUILD), ["canary"])[0]
        target = engine.Target("canary", built.program, built.source, self.folder / "corpus")
        target.seeds.mkdir(parents=True)
        (target.seeds / "bad").write_bytes(b"Kk")
        for seconds in (4, 30):  # the second on a machine that is very busy
            turn = campaign.take_turn(target, seconds, 1, self.folder)
            if turn.executions > 1000:
                break
        self.assertGreater(turn.executions, 1000)
        self.assertFalse((self.folder / "canary/corpus" / hashlib.sha1(b"Kk").hexdigest()).exists())

    def test_smoke_reports_it(self):
        target = engine.find_targets(pathlib.Path(BUILD), ["canary"])[0]
        self.assertEqual(smoke.check_canary(target), [])
        errors, _ = smoke.check_target(target, smoke.CANARY_RUNS)
        self.assertIn(KIND, errors[0])

    def test_triage_files_it_once(self):
        found = self.folder / "found"
        found.write_bytes(b"Kk and more that does not matter")
        corpus = self.folder / "corpus"
        arguments = [str(found), "--target", "canary", "--name", "read-after-end", "--what", WHAT,
                     "--corpus", str(corpus)]
        status, text = self.call(triage.main, *arguments)
        self.assertEqual(status, 0)
        self.assertIn("fuzz/targets/canary_fuzz.cc", text)
        self.assertEqual((corpus / "regressions/read-after-end").read_bytes(), b"Kk")
        self.assertIn(f"`read-after-end`: {WHAT}.",
                      (corpus / "regressions/README.md").read_text(encoding="utf-8").replace(
                          "\\", ""))
        with self.assertRaises(engine.UsageError):
            self.call(triage.main, *arguments)

    def test_triage_of_an_input_without_finding(self):
        good = self.folder / "good"
        good.write_bytes(b"good")
        with self.assertRaisesRegex(engine.UsageError, "no finding"):
            self.call(triage.main, str(good), "--target", "canary", "--name", "a", "--what", WHAT)


class Minimize(unittest.TestCase):
    def test_twice_is_once(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        built = engine.find_targets(pathlib.Path(BUILD), ["message"])[0]
        target = engine.Target("message", built.program, built.source, pathlib.Path(folder.name))
        pieces = [b"", b"e", b"e\1", b"e\1\0", b"e\1\0behind", b"v\1", b"v\2", b"D\1\0", b"D\2\0"]
        minimize.write_named(pieces, target.seeds)
        once = minimize.minimal(target, minimize.contents_of(target.seeds))
        minimize.replace_seeds(target, once)
        self.assertLess(len(once), len(pieces))
        self.assertEqual(minimize.contents_of(target.seeds), once)
        self.assertEqual(minimize.minimal(target, once), once)


if __name__ == "__main__":
    unittest.main()

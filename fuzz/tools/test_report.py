# SPDX-License-Identifier: Apache-2.0
"""The reports of a campaign, with texts that would do harm if they were not escaped."""

import json
import pathlib
import tempfile
import types
import unittest

from . import artefacts, campaign, engine, escape, findings, known, report

EVIL = "</td><script>alert(1)</script> [x](javascript:1) | `a` {0} \x1b[31m \u202e\n# head"


def group_with(text: str, folder: pathlib.Path, why_known=None) -> campaign.Group:
    target = engine.Target("message", folder / "fuzz_message", folder, folder / "corpus")
    frames = (findings.Frame(text, f"codec/{text}.cc", 3),)
    group = campaign.Group(target, findings.Finding("property", text, frames), folder / "found", 2)
    group.folder.mkdir()
    group.minimised = group.folder / "minimised"
    group.minimised.write_bytes(b"K")
    group.files = [group.minimised]
    group.why_known = why_known
    group.reproduction = artefacts.Reproduction(10, 10)
    return group


def write(folder: pathlib.Path, groups, errors=()) -> tuple[dict, dict, str]:
    turn = campaign.Turn(groups[0].target if groups else engine.Target("x", folder, folder, folder),
                         executions=5, errors=list(errors), groups=list(groups))
    options = types.SimpleNamespace(out=folder, minutes=1.0, jobs=2)
    summary = report.write_all([turn], options)
    sarif = json.loads((folder / "findings.sarif").read_text(encoding="utf-8"))
    return summary, sarif, (folder / "summary.md").read_text(encoding="utf-8")


class Reports(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name).resolve()

    def test_markdown_and_sarif_are_escaped(self):
        _, sarif, text = write(self.folder, [group_with(EVIL, self.folder)])
        self.assertNotIn("<script", text)
        self.assertNotIn("\n# head", text)
        self.assertNotIn("](javascript", text)
        self.assertTrue(all(c == "\n" or " " <= c <= "~" for c in text))
        result = sarif["runs"][0]["results"][0]
        self.assertIn("\\[x\\](javascript:1)", result["message"]["text"])
        self.assertIn("{{0}}", result["message"]["text"])
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        self.assertRegex(uri, r"^[A-Za-z0-9%/._~-]+$")

    def test_exit_status(self):
        self.assertEqual(write(self.folder, [])[0]["exit_status"], 0)
        self.assertEqual(write(self.folder, [], ["broken"])[0]["exit_status"], 5)
        group = group_with("text", self.folder)
        self.assertEqual(write(self.folder, [group], ["broken"])[0]["exit_status"], 1)
        group.why_known = "seen before"
        self.assertEqual(write(self.folder, [group])[0]["exit_status"], 2)

    def test_sarif_names_a_rule_for_each_result(self):
        _, sarif, _ = write(self.folder, [group_with("text", self.folder, "why")])
        run = sarif["runs"][0]
        self.assertEqual(sarif["version"], "2.1.0")
        self.assertEqual([rule["id"] for rule in run["tool"]["driver"]["rules"]], ["property"])
        self.assertEqual(run["results"][0]["ruleId"], "property")
        self.assertEqual(run["results"][0]["baselineState"], "unchanged")


class Printable(unittest.TestCase):
    def test_long_text_is_cut(self):
        self.assertEqual(escape.printable("a" * 9, 4), "aaaa...")
        self.assertEqual(escape.printable("\t\u2028"), "\\x09\\u{2028}")


class KnownFindings(unittest.TestCase):
    def read(self, text: str):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "known.json"
            path.write_text(text, encoding="utf-8")
            return known.read_list(path)

    def test_entries(self):
        entry = {"target": "frame", "key": "k | d", "why": "not fixed yet"}
        self.assertEqual(self.read(json.dumps({"findings": [entry]})),
                         {("frame", "k | d"): "not fixed yet"})

    def test_wrong_files(self):
        for text in ("[", "[]", "{}", '{"findings": [{"target": "a"}]}',
                     '{"findings": [{"target": "a", "key": 1, "why": "b"}]}'):
            with self.assertRaises(engine.UsageError):
                self.read(text)

    def test_the_file_of_the_project(self):
        known.read_list(engine.ROOT / "fuzz/known_findings.json")


if __name__ == "__main__":
    unittest.main()

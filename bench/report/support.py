# SPDX-License-Identifier: Apache-2.0
"""What the tests share."""

import json
import pathlib
import tempfile
import unittest

import results

# A part of a name that would do harm if it were shown as it is. It has no slash, which cuts names.
HOSTILE = '"><script>alert(1)<img src=x onerror="alert(2)">&lt;\x1b[31m\u202e\x00\ud800]]>'


def benchmark(name, *rounds, **counters):
    """A benchmark with these rounds of samples; each counter has one value for all of them."""
    return results.Benchmark(name, [list(r) for r in rounds],
                             {key: [[value] * len(r) for r in rounds]
                              for key, value in counters.items()})


def by_name(*benchmarks):
    """As the readers give them."""
    return {b.name: b for b in benchmarks}


def google_run(run_name, time=10.0, **fields):
    """One repetition as Google Benchmark 1.7 writes it."""
    return {"name": run_name, "family_index": 0, "per_family_instance_index": 0,
            "run_name": run_name, "run_type": "iteration", "repetitions": 2,
            "repetition_index": 0, "threads": 1, "iterations": 1000,
            "real_time": 2 * time, "cpu_time": time, "time_unit": "ns", **fields}


class FileCase(unittest.TestCase):
    """A test with a folder and a file of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.path = self.folder / "run.json"

    def write(self, document):
        """A text, or anything else as JSON."""
        text = document if isinstance(document, str) else json.dumps(document)
        self.path.write_text(text, encoding="utf-8")

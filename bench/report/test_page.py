# SPDX-License-Identifier: Apache-2.0
"""The page: well formed, complete, and safe whatever the names are."""

import html.parser
import re
import unittest
import xml.etree.ElementTree

import page
import results
import stats
import targets
from support import HOSTILE, benchmark, by_name
from wording import visible

VOID = {"meta", "br", "hr", "img", "link", "input"}
DRAWN = {"line", "circle", "path", "rect"}
ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "nav", "section", "article",
    "h1", "h2", "h3", "p", "b", "i", "a", "ul", "li", "div", "span", "details", "summary",
    "table", "caption", "thead", "tbody", "tr", "th", "td", "svg", "desc", "text", "g", *DRAWN,
}


class Reader(html.parser.HTMLParser):
    """Elements, attributes and text of a page; raises where tags do not match."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.text, self.cells = [], [], "", {}
        self.cell = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        if tag not in VOID:
            self.open.append(tag)
        if "data-benchmark" in attributes:
            self.cell = attributes["data-benchmark"]
            self.cells.setdefault(self.cell, [])

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if self.open.pop() != tag:
            raise ValueError(f"</{tag}> does not match")
        if tag == "td":
            self.cell = None

    def handle_data(self, data):
        self.text += data
        if self.cell is not None:
            self.cells[self.cell].append(data)

    def attributes(self, name):
        return [values[name] for _, values in self.elements if name in values]


def sample():
    """Cases with a limit, without one, and curves; with names that nobody should choose."""
    return by_name(
        benchmark("encode/call-100B/shared-scalars", [20.0, 22.0, 24.0], iovecs=5,
                  message_bytes=130),
        benchmark("encode/call-100B/limit:memcpy", [10.0, 11.0, 12.0], message_bytes=130),
        benchmark("encode/call-8B/shared-scalars", [5.0, 5.0]),
        benchmark("encode/call-8B/limit:memcpy", [10.0, 10.0]),
        benchmark("encode/call-1KB/limit:memcpy", [10.0, 10.0]),
        benchmark(f"encode/{HOSTILE}/{HOSTILE}", [7.0, 8.0], **{HOSTILE: 3}),
        benchmark(f"encode/{HOSTILE}/limit:{HOSTILE}", [6.0]),
        benchmark(f"{HOSTILE}/{HOSTILE}/{HOSTILE}/4", [7.0, 8.0]),
        benchmark("other/no-limit/a", [1.5e6]), benchmark("other/no-limit/b", [2.5e6]),
        *[benchmark(f"write/fields/{strategy}/{n}", [n * slope])
          for strategy, slope in (("flat", 10.0), ("limit:x", 5.0)) for n in (4, 8, 12)])


def judgement():
    """One target reached, one missed and close, one not looked at."""
    estimate = stats.Estimate(2.125, 1.9, 2.6)
    return targets.Judgement([
        targets.Verdict("Good", "encode/call-8B/shared-scalars", estimate, "", "at most 3", True,
                        False),
        targets.Verdict(HOSTILE, HOSTILE, estimate, "ns", "at most 2 ns", False, True)],
        ["Not looked at"])


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.benchmarks = sample()
        cls.source = page.render({"commit": HOSTILE, "processor": "a processor"}, cls.benchmarks,
                                 judgement())
        cls.reader = Reader(cls.source)

    def test_is_well_formed_and_of_known_elements(self):
        self.assertEqual(self.reader.open, [])
        self.assertEqual({tag for tag, _ in self.reader.elements} - ALLOWED, set())

    def test_names_do_no_harm(self):
        for piece in ("<script", "<img", "\x1b", "\x00", "\u202e", "\ud800"):
            self.assertFalse(piece in self.source, ascii(piece))
        self.source.encode("utf-8")
        attributes = {name for _, values in self.reader.elements for name in values}
        self.assertEqual({name for name in attributes if name.startswith("on")}, set())
        self.assertIn('"><script>alert(1)', self.reader.text, "as text it is there")

    def test_needs_nothing_from_elsewhere(self):
        self.assertEqual(self.reader.attributes("src"), [])
        self.assertTrue(all(link.startswith("#") for link in self.reader.attributes("href")))
        style = self.source[self.source.index("<style>"):self.source.index("</style>")]
        self.assertNotRegex(style, r"url\(|@import")
        policies = [v["content"] for tag, v in self.reader.elements
                    if tag == "meta" and "http-equiv" in v]
        self.assertEqual(policies, ["default-src 'none'; style-src 'unsafe-inline'"])

    def test_ids_are_unique_and_references_lead_somewhere(self):
        ids = self.reader.attributes("id")
        self.assertEqual(len(ids), len(set(ids)))
        wanted = {link[1:] for link in self.reader.attributes("href")}
        for value in self.reader.attributes("aria-labelledby"):
            wanted |= set(value.split())
        self.assertEqual(wanted - set(ids), set())

    def test_has_every_benchmark_with_its_median(self):
        self.assertEqual(set(self.reader.cells), {visible(name) for name in self.benchmarks})
        self.assertIn("22.00 ns", self.reader.cells["encode/call-100B/shared-scalars"])
        self.assertIn("2.500 ms", self.reader.cells["other/no-limit/b"])
        self.assertIn("80.00 ns", self.reader.cells["write/fields/flat/8"])

    def test_has_the_exact_figures_beside_the_plot(self):
        case = self.source[self.source.index("<h3>call-100B"):]
        case = Reader(case[:case.index("</article>")]).text
        for figure in ("× 2.00", "20.40 ns – 23.60 ns", "iovecs", "message, bytes: 130"):
            self.assertIn(figure, case)

    def test_shows_the_targets(self):
        section = self.source[self.source.index('id="targets"'):self.source.index("<nav")]
        text = Reader("<section " + section).text
        for words in ("1 of 2 measurements", "✓ reached", "✗ missed, close", "at most 3",
                      "at most 2 ns", "2.125 ns", "1.90 – 2.60", "Not looked at", "not measured"):
            self.assertIn(words, text)

    def test_tells_machine_and_commit_last(self):
        self.assertIn("a processor", self.source[self.source.index('id="machine"'):])

    def test_sizes_are_in_order(self):
        places = [self.source.index(f"<h3>call-{size}") for size in ("8B", "100B", "1KB")]
        self.assertEqual(places, sorted(places))


class Extremes(unittest.TestCase):
    """Figures at the ends of what is read still give a page."""

    def test_all_sizes(self):
        tiny, huge = results.MIN_TIME * 1.001, results.MAX_NUMBER
        found = by_name(
            benchmark("a/wide/s", [tiny, huge]), benchmark("a/wide/limit:x", [tiny, huge]),
            benchmark("a/far/s", [huge], big=huge, small=-huge, zero=0),
            benchmark("a/far/limit:x", [tiny]), benchmark("a/alone/s", [tiny, huge]),
            benchmark("a/curve/s/0", [tiny]), benchmark("a/curve/s/999999999999", [huge]),
            benchmark("a/point/s/0", [1.0]),
            *[benchmark(f"a/wide/s{index}", [1.0 + index]) for index in range(40)],
            *[benchmark(f"a/lines/s{index}/{n}", [1.0]) for index in range(40) for n in (1, 2)])
        source = page.render({}, found, targets.Judgement([], []))
        self.assertEqual(set(Reader(source).cells), set(found))
        self.assertNotRegex(source, r'="(nan|inf)|[" ,](nan|inf)[" ,]')
        for text in re.findall(r"<svg.*?</svg>", source, re.DOTALL):
            xml.etree.ElementTree.fromstring(text)


class Plots(unittest.TestCase):
    """The SVG in the page, which is well formed XML too."""

    @classmethod
    def setUpClass(cls):
        source = page.render({}, sample(), judgement())
        cls.plots = [xml.etree.ElementTree.fromstring(text)
                     for text in re.findall(r"<svg.*?</svg>", source, re.DOTALL)]

    def plot(self, title, kind):
        """Those with this title that have an element of this class."""
        found = [p for p in self.plots if p.find("title").text == title
                 and any(kind in e.get("class", "") for e in p.iter())]
        self.assertEqual(len(found), 1)
        return found[0]

    def test_each_has_title_description_and_axis(self):
        # Three cases and a hostile one in encode, a curve of another, one without a limit, the
        # curves of write: and encode is too small for a plot of all its cases.
        self.assertEqual(len(self.plots), 7)
        for plot in self.plots:
            self.assertTrue(plot.find("title").text)
            self.assertTrue(plot.find("desc").text)
            self.assertTrue([e for e in plot.iter("text") if e.get("class") == "axis"])

    def test_all_is_within_reach(self):
        for plot in self.plots:
            _, _, width, height = map(float, plot.get("viewBox").split())
            for element in plot.iter("line"):
                for x, y in (("x1", "y1"), ("x2", "y2")):
                    self.assertTrue(0 <= float(element.get(x)) <= width)
                    self.assertTrue(0 <= float(element.get(y)) <= height)

    def test_bars_begin_at_the_limit_and_have_the_length_of_the_ratio(self):
        (slow,) = self.plot("encode/call-100B", "whisker").iter("rect")
        (fast,) = self.plot("encode/call-8B", "whisker").iter("rect")
        for plot, bar, limit_at_start in (("encode/call-100B", slow, True),
                                          ("encode/call-8B", fast, False)):
            limit = next(float(e.get("x1")) for e in self.plot(plot, "limit-line").iter("line")
                         if e.get("class") == "limit-line")
            start = float(bar.get("x"))
            end = start + float(bar.get("width"))
            self.assertAlmostEqual(limit, start if limit_at_start else end, delta=0.2)

    def test_curves_have_their_points_and_names(self):
        plot = self.plot("write/fields", "curve")
        self.assertEqual(len([e for e in plot.iter("path") if "mark" in e.get("class")]), 6)
        texts = [e.text for e in plot.iter("text")]
        for words in ("flat", "limit:x", "4", "8", "12", "time, ns"):
            self.assertIn(words, texts)


if __name__ == "__main__":
    unittest.main()

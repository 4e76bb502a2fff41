#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""page.py FILE [JSON]: reads an HTML report by Python's parser, and tells what is wrong with
it: what could run or load, what is not well formed, what a reader of screens would miss,
colours too near to each other, and where it disagrees with the JSON report of the same run."""

import json
import re
import sys
from collections import Counter
from html.parser import HTMLParser

VOID = {"meta", "rect", "circle", "path", "br"}
TAGS = VOID | set("html head title style body a nav ul li main section h1 h2 h3 p b span div header footer dl dt dd table caption thead tbody tr th td "
                  "details summary code pre article figure figcaption svg text desc".split())
NAMES = set("lang charset http-equiv content name class id href aria-label aria-labelledby role scope data-of data-finding tabindex style open viewbox "
            "x y width height rx cx cy r d".split())
faults = []


def fault(text):
    faults.append(text)


class Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.wanted, self.heads, self.found = [], [], [], [], []
        self.text, self.style, self.verdict, self.meta, self.borne = "", "", "", {}, 0
        self.lang = None

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        have = dict(attributes)
        if tag not in TAGS:
            fault(f"an element {tag}")
        for name, value in attributes:
            if name not in NAMES:
                fault(f"an attribute {name} of {tag}")
            if name == "style" and not re.fullmatch(r"width:\d+\.\d%", value):
                fault(f"style {value}")
            if name == "href" and not (value or "").startswith("#"):
                fault(f"a link to {value}")
        if len(set(names)) != len(names):
            fault(f"an attribute twice: {self.get_starttag_text()}")
        self.lang = have.get("lang", self.lang) if tag == "html" else self.lang
        if "id" in have:
            self.ids.append(have["id"])
        self.wanted += have.get("aria-labelledby", "").split() + [have["href"][1:] for _ in [0] if "href" in have]
        if tag == "meta":
            self.meta[have.get("http-equiv", have.get("name"))] = have.get("content")
        if tag in ("h1", "h2", "h3"):
            self.heads.append(int(tag[1]))
        if "data-finding" in have:
            self.found.append(have["data-finding"])
        if tag == "svg" and (have.get("role") != "img" or "aria-labelledby" not in have):
            fault("a picture without a label")
        if tag == "th" and "scope" not in have:
            fault("a header of no row or column")
        self.borne += have.get("class") == "borne"
        if self.open and self.open[-1][0] == "table" and self.open[-1][1] == 0 and tag != "caption":
            fault("a table without a caption")
        if self.open:
            self.open[-1][1] += 1
        if tag not in VOID:
            self.open.append([tag, 0, have.get("class", ""), ""])

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open[-1][0] != tag:
            fault(f"</{tag}> where {[row[0] for row in self.open[-3:]]} is open, line {self.getpos()[0]}")
            return
        _, _, _, said = self.open.pop()
        if tag in ("summary", "h1", "h2", "h3", "caption", "a", "title", "th") and not said.strip():
            fault(f"a {tag} that says nothing, line {self.getpos()[0]}")

    def handle_data(self, data):
        self.text += data
        for row in self.open:
            row[3] += data
        if self.open and self.open[-1][0] == "style":
            self.style += data
        if self.open and self.open[-1][2] == "verdict":
            self.verdict += data


def light(colour):
    """Relative luminance, WCAG 2.2."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def judge_colours(style):
    pairs = [(text, ground) for text in ("ink", "soft") for ground in ("paper", "card", "well", "open-tint", "closed-tint", "unsure-tint")]
    pairs += [(tone, ground) for tone in ("open", "closed", "unsure") for ground in (tone + "-tint", "card", "paper")]
    pairs += [("quiet", "quiet-tint"), ("closed", "closed-tint")]
    schemes = re.findall(r":root\{([^}]*--paper:[^}]*--card[^}]*)\}", style)
    if len(schemes) != 2:
        fault(f"{len(schemes)} colour schemes, and not 2")
    for scheme in schemes:
        colours = dict(re.findall(r"--([a-z-]+):(#[0-9a-f]+)", scheme))
        for text, ground in pairs:
            a, b = sorted((light(colours[text]), light(colours[ground])))
            if (b + 0.05) / (a + 0.05) < 4.5:
                fault(f"{text} on {ground}: a contrast of {(b + 0.05) / (a + 0.05):.2f}")


def judge(page):
    if page.open:
        fault(f"not closed: {[row[0] for row in page.open]}")
    if page.lang != "en":
        fault("no language")
    if not (page.meta.get("Content-Security-Policy") or "").startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:"):
        fault("no policy, or another")
    for name, count in Counter(page.ids).items():
        if count > 1:
            fault(f"{count} elements with the id {name}")
    for name in set(page.wanted) - set(page.ids):
        fault(f"there is no {name}")
    if page.heads[:1] != [1] or page.heads.count(1) != 1 or any(b > a + 1 for a, b in zip(page.heads, page.heads[1:])):
        fault(f"headings out of order: {page.heads}")
    for word in ("url(", "@import", "expression", "<"):
        if word in page.style:
            fault(f"{word} in the style")
    for word in ("prefers-color-scheme:dark", "@media print", "focus-visible"):
        if word not in page.style:
            fault(f"no {word} in the style")
    judge_colours(page.style)


def compare(page, report):
    said = page.verdict.strip().rstrip(":").strip().lower()
    if said != report["verdict"]:
        fault(f"verdict {said}, and not {report['verdict']}")
    if Counter(page.found) != Counter(f["id"] for f in report["findings"]):
        fault(f"findings {Counter(page.found)}")
    if page.borne != sum("excused" in f for f in report["findings"]):
        fault(f"{page.borne} borne")
    lines = {line for f in report["findings"] for line in f["evidence"] if "probe" not in f} | {
        a["transcript"] for a in report["attempts"] if a.get("transcript")} | {
        a["reply"] for a in report["attempts"] if a["reply"]} | {g["source"] for g in report["grants"]}
    for line in lines:
        if line not in page.text:
            fault(f"it does not say {line!r}")


with open(sys.argv[1], "rb") as file:
    data = file.read()
if re.search(rb"[^ -~\n]", data):
    fault("a byte that is not printable")
reader = Page()
reader.feed(data.decode("ascii", "replace"))
reader.close()
judge(reader)
if len(sys.argv) > 2:
    with open(sys.argv[2], encoding="ascii") as file:
        compare(reader, json.load(file))
for line in faults:
    print(f"html: {line}")

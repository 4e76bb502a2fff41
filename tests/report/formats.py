#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""formats.py DIRECTORY: reads the report DIRECTORY/r.FORMAT in every format, each by a
parser that is not ours, and tells where they disagree with r.json or with their own rules."""

import json
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from urllib.parse import unquote

faults = []
directory = sys.argv[1]


def fault(text):
    faults.append(text)


def read(name):
    with open(f"{directory}/r.{name}", "rb") as file:
        data = file.read()
    if re.search(rb"[^ -~\n]", data):
        fault(f"{name}: a byte that is not printable")
    return data.decode("ascii", "replace")


def same(name, what, found, wanted):
    if found != wanted:
        fault(f"{name}: {what} {found}, and not {wanted}")


report = json.loads(read("json"))
with open(f"{directory}/status", encoding="ascii") as file:
    status = int(file.read())
findings = report["findings"]
borne = [f for f in findings if f.get("excused")]
known = [f for f in findings if not f.get("excused") and f.get("baseline", {}).get("state") in ("known", "milder")]
baseline = report.get("baseline")
gone = [g for g in baseline["gone"] if g["state"] == "gone"] if baseline else []
unheld = [e for e in report.get("exceptions", []) if e["state"] != "used"]
wanted = Counter(f["id"] for f in findings)
verdict = report["verdict"]

# JUnit: what is neither failure, error nor skipped passes.
root = ElementTree.fromstring(read("junit"))
cases = root.findall("testsuite/testcase")
same("junit", "findings", Counter(c.get("name").split(":")[0] for c in cases if c.get("name").split(":")[0] in wanted), wanted)
same("junit", "tests", int(root.get("tests")), len(cases))
for kind, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
    same("junit", kind, int(root.get(kind)), len(root.findall(f"testsuite/testcase/{element}")))
same("junit", "borne", int(root.get("skipped")), len(borne) + len(known))
remarks = "".join(o.text for o in root.findall("testsuite/system-out"))
same("junit", "baseline", "beside the baseline" in remarks, baseline is not None)
same("junit", "exceptions", remarks.count("the exception of"), len(unheld))
same("junit", "fails", int(root.get("failures")) > 0, status == 1)
if verdict != "closed":
    same("junit", "passes", int(root.get("failures")) + int(root.get("errors")) + int(root.get("skipped")) == 0, False)
same("junit", "verdicts", [p.get("value") for p in root.findall("testsuite/properties/property") if p.get("name") == "verdict"],
     [t["verdict"] for t in report["targets"]])

# TAP 13
lines = read("tap").splitlines()
same("tap", "first line", lines[0], "TAP version 13")
points = [m for m in (re.fullmatch(r"(not )?ok (\d+) - ((?:\\.|[^#\\])*)( # SKIP .*)?", line) for line in lines) if m]
same("tap", "plan", lines[2], f"1..{len(points)}")
same("tap", "numbers", [int(p[2]) for p in points], list(range(1, len(points) + 1)))
same("tap", "findings", Counter(p[3].split(":")[0] for p in points if p[3].split(":")[0] in wanted), wanted)
same("tap", "borne", len([p for p in points if p[4]]), len(borne) + len(known))
same("tap", "baseline", any(line.startswith("# beside the baseline") for line in lines), baseline is not None)
bad = len([p for p in points if p[1] and not p[4]])
same("tap", "fails", bad, int(root.get("failures")) + int(root.get("errors")))
inside = False
for line in lines[3:]:
    if line in ("  ---", "  ..."):
        inside = line == "  ---"
    elif inside:
        scalar = re.fullmatch(r"  (?:(?:severity|fix): (\".*\")|evidence:|  - (\".*\"))", line)
        if not scalar:
            fault(f"tap: {line}")
        elif scalar[1] or scalar[2]:
            json.loads(scalar[1] or scalar[2])
    elif not re.match(r"(not )?ok \d+ - |# ", line):
        fault(f"tap: {line}")

# SARIF 2.1.0
sarif = json.loads(read("sarif"))
same("sarif", "version", sarif["version"], "2.1.0")
run = sarif["runs"][0]
states = Counter(r.get("baselineState") for r in run["results"])
same("sarif", "findings", Counter(r["ruleId"] for r in run["results"] if r.get("baselineState") != "absent"), wanted)
if baseline:
    same("sarif", "states", (states["new"], states["unchanged"] + states["updated"], states["absent"]), (baseline["new"], baseline["known"], len(gone)))
else:
    same("sarif", "states", set(states) <= {None}, True)
same("sarif", "exceptions", len(run["invocations"][0]["toolConfigurationNotifications"]), len(unheld))
same("sarif", "rules", {r["id"] for r in run["tool"]["driver"]["rules"]}, set(wanted))
same("sarif", "verdict", run["properties"]["verdict"], verdict)
same("sarif", "exit", run["invocations"][0]["exitCode"], status)
same("sarif", "borne", len([r for r in run["results"] if r.get("suppressions")]), len(borne))
for result in run["results"]:
    if result["level"] not in ("error", "warning", "note") or not result["message"]["text"]:
        fault(f"sarif: {result}")
    physical = result["locations"][0]["physicalLocation"]
    same("sarif", "place", (physical["artifactLocation"]["uri"], physical["region"]["startLine"]), (f"{directory}/r.yml", 2))
prints = [r["partialFingerprints"]["relayaudit/1"] for r in run["results"]]
same("sarif", "fingerprints", len(set(prints)), len(findings) + len(gone))

# GitLab: what is borne is left out.
issues = json.loads(read("gitlab"))
same("gitlab", "findings", Counter(i["check_name"] for i in issues if i["check_name"] != "exception"), wanted - Counter(f["id"] for f in borne))
same("gitlab", "exceptions", len([i for i in issues if i["check_name"] == "exception"]), len(unheld))
issues = [i for i in issues if i["check_name"] != "exception"]
same("gitlab", "known", len([i for i in issues if ": known: it stood in the baseline" in i["description"] and i["severity"] == "info"]), len(known))
same("gitlab", "fingerprints", {i["fingerprint"] for i in issues} <= set(prints), True)
for issue in issues:
    if issue["severity"] not in ("info", "minor", "major", "critical", "blocker") or issue["location"]["lines"]["begin"] != 2:
        fault(f"gitlab: {issue}")

# GitHub: a command a line, by the rules of actions/runner; what it reads out of each is the finding.
level = {"error": 0, "warning": 0, "notice": 0}
titles, lines = Counter(), read("github").splitlines()
same("github", "verdict", lines[0].split(": ")[-1], verdict)
for line in lines[1:]:
    command = re.fullmatch(r"::(error|warning|notice) ((?:[a-z]+=[^,:]*,?)+)::((?:[^%]|%[0-9A-F]{2})+)", line)
    if not command:
        fault(f"github: {line}")
        continue
    properties = dict(p.split("=", 1) for p in command[2].split(","))
    level[command[1]] += 1
    titles[properties["title"]] += 1
    if properties["title"] in wanted:
        same("github", "place", (unquote(properties["file"]), properties["line"]), (f"{directory}/r.yml", "2"))
        texts = [t for f in findings if f["id"] == properties["title"] for t in (f["title"] + " (" + f["where"] + ")",)]
        same("github", "its first line", unquote(command[3]).split("\n")[0] in texts, True)
same("github", "findings", Counter({t: n for t, n in titles.items() if t in wanted}), wanted)
same("github", "fails", level["error"] > 0, status != 0)
same("github", "borne", len(borne) + len(known) <= level["notice"], True)
same("github", "exceptions", titles["expired"] + titles["unmatched"], len(unheld))
same("github", "baseline", titles["beside the baseline"], baseline is not None)

# Markdown: each row of the table has its five cells, and nothing that a server says is a mark.
text = read("markdown")
same("markdown", "verdict", text.splitlines()[0], f"## relayaudit: {verdict}")
same("markdown", "findings", Counter(re.findall(r"^- \*\*([a-z-]+)\*\*", text, re.M)), wanted)
rows = [line for line in text.splitlines() if line.startswith("|")]
same("markdown", "rows", len(rows) - 2, len(report["views"]))
for line in rows:
    same("markdown", "cells", len(re.sub(r"\\.", "", line).split("|")) - 2, 5)
for line in text.splitlines():
    if line.startswith("  - ") and re.search(r"[<>`*_\[\]|]", re.sub(r"\\.", "", line)):
        fault(f"markdown: {line}")

# Nagios
lines = read("nagios").splitlines()
head = re.fullmatch(r"RELAYAUDIT (OK|WARNING|CRITICAL|UNKNOWN) - ([a-z]+)[^|]*\|((?: ?[a-z]+=\d+;;\d*;0;?\d*)+)", lines[0])
if not head:
    fault(f"nagios: {lines[0]}")
else:
    same("nagios", "verdict", head[2], verdict)
    same("nagios", "open", head[3].split(";")[0], f"open={sum(t['verdict'] == 'open' for t in report['targets'])}")
    with open(f"{directory}/nagios.status", encoding="ascii") as file:
        code = int(file.read())
    same("nagios", "status", ("OK", "WARNING", "CRITICAL", "UNKNOWN")[code], head[1])
    same("nagios", "state", {0: code == 0, 1: code in (1, 2), 3: code == 3}[status], True)
told = [re.match(r"([a-z-]+) \((?:critical|high|medium|low|info)(, known)?", line) for line in lines[1:]]
same("nagios", "findings", Counter(t[1] for t in told if t), wanted)
same("nagios", "known", len([t for t in told if t and t[2]]), len(known))
same("nagios", "baseline", any(line.startswith("beside the baseline") for line in lines), baseline is not None)
if "|" in "".join(lines[1:]):
    fault("nagios: performance data behind the first line")

# Prometheus text format
series, kinds = {}, set()
for line in read("prometheus").splitlines():
    comment = re.fullmatch(r"# (HELP|TYPE) (relayaudit_[a-z_]+) .+", line)
    sample = re.fullmatch(r'(relayaudit_[a-z_]+)(\{(?:[a-z]+="(?:[^"\\]|\\["\\n])*",?)*\})? (\d+)', line)
    if comment:
        kinds.add(comment[2])
    elif not sample or sample[1] not in kinds or line.rsplit(" ", 1)[0] in series:
        fault(f"prometheus: {line}")
    else:
        series[line.rsplit(" ", 1)[0]] = int(sample[3])
same("prometheus", "exit status", series["relayaudit_exit_status"], status)
count = Counter()
for name, value in series.items():
    found = re.search(r'^relayaudit_findings\{.*,id="([a-z-]+)"', name)
    if found:
        count[found[1]] += value
same("prometheus", "findings", count, wanted)
same("prometheus", "known", sum(v for k, v in series.items() if k.startswith("relayaudit_findings") and 'known="1"' in k), len(known))
same("prometheus", "unheld", sum(v for k, v in series.items() if re.search('relayaudit_exceptions.*(expired|unmatched)', k)), len(unheld))
if baseline:
    same("prometheus", "baseline", [series[f'relayaudit_baseline_findings{{state="{s}"}}'] for s in ("new", "known", "gone", "not-asked")],
         [baseline["new"], baseline["known"], len(gone), len(baseline["gone"]) - len(gone)])
same("prometheus", "verdicts", sum(v for k, v in series.items() if k.startswith("relayaudit_verdict{") and f'"{verdict}"' in k) > 0, True)

# Text: the verdict is its first word.
text = read("text")
same("text", "verdict", text.split(" ")[0].lower(), verdict)
same("text", "known", text.count("known: it stood in the baseline"), len(known))
same("text", "baseline", "Beside the baseline" in text, baseline is not None)
same("markdown", "known", read("markdown").count("known: it stood in the baseline"), len(known))
same("html", "known", read("html").count("Beside the baseline: known"), len(known))
same("html", "baseline", 'id="baseline"' in read("html"), baseline is not None)

print("\n".join(faults), end="\n" if faults else "")

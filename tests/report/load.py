#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""load.py RELAYAUDIT DIRECTORY FILE [all]: a JSON report is damaged in every way that a member can
be, and `relayaudit report` either draws it or says where it is wrong; it never does less."""

import copy
import json
import subprocess
import sys

program, directory, source = sys.argv[1:4]
EVERY = len(sys.argv) > 4       # all of them lasts a minute
FORMATS = ["text", "json", "ndjson", "junit", "sarif", "gitlab", "tap", "markdown", "html", "prometheus"]
VALUES = [None, "", "\u001b[2J", -1, 10**18, [], {}, True, ["x"], {"x": 1}]

with open(source, encoding="ascii") as file:
    report = json.load(file)
formats = [f for f in FORMATS if "map" not in report or f in ("text", "json", "html")]


def places(value, path=()):
    """Each member of each object, and of the first and the last item of each list."""
    if isinstance(value, dict):
        for key in value:
            yield path + (key,)
            yield from places(value[key], path + (key,))
    elif isinstance(value, list) and value:
        for index in {0, len(value) - 1}:
            yield path + (index,)
            yield from places(value[index], path + (index,))


def run(document, what):
    with open(f"{directory}/damaged.json", "w", encoding="ascii") as out:
        json.dump(document, out)
    done = subprocess.run([program, "report", f"{directory}/damaged.json"] + [f"-o{f}" for f in formats],
                          capture_output=True, check=False, timeout=60)
    # Standard output, for a file is synced to its disk.
    said = done.stderr.decode("ascii", "replace")
    if done.returncode not in (0, 1, 2, 3) or (done.returncode == 2) != (f"{directory}/damaged.json: " in said) or len(said) > 600:
        print(f"{what}: it ends with {done.returncode}: {said[:300]}")
    return done.returncode


def damaged(path, value):
    document = copy.deepcopy(report)
    at = document
    for key in path[:-1]:
        at = at[key]
    if value is Ellipsis:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return document


refused = 0
ways = sorted({tuple("*" if isinstance(k, int) else k for k in path): path for path in places(report)}.values(), key=str)
ways = ways if EVERY else ways[::3]
for number, path in enumerate(ways):
    for value in (Ellipsis, None) if EVERY else ():
        refused += run(damaged(path, value), f"{path} {value!r}") == 2
    value = (Ellipsis, *VALUES)[number % (len(VALUES) + 1)]
    refused += run(damaged(path, value), f"{path} {value!r}") == 2
if refused < len(ways) / 2:
    print(f"of {len(ways)} places only {refused} damages were refused")
for command in ("map", "log", "config"):
    if run({**report, "run": {**report["run"], "command": command}}, command) != 2 and command != report["run"]["command"]:
        print(f"without its section a report of {command} is taken")
for key in ("", "targets"):
    document = copy.deepcopy(report)
    (document[key][0] if key and document[key] else document)["more"] = 1
    if run(document, "another member") != 2:
        print("a member that the schema does not have is taken")

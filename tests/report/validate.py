#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a JSON report does wrong, a line each; silence is consent.

validate.py SCHEMA whole FILE [VERDICT]     a document: it fits the schema, has that verdict, and counts what it says
validate.py SCHEMA stream FILE [DOCUMENT]   ndjson: each line fits, and says what the document says
validate.py SCHEMA strict FILE              the schema: it refuses what is not in that document, or no more
"""
import copy
import json
import re
import sys

import jsonschema

KINDS = {"attempt": "attempt", "finding": "finding", "grant": "grant", "client": "client", "view": "view", "run": "summary", "message": "message"}
LATER = {"verdict", "why", "transcript"}        # of an attempt: not known when it settles
PLACES = {"view", "attempt", "first_attempt"}   # they count in a document's lists
OPTIONAL = re.compile(r"attempts/\d+/transcript$|findings/\d+/(target|vantage|endpoint|probe|view|attempt|excused|baseline|baseline/severity)$|exceptions$|parts$|baseline$|map$|mail$|mail/(run|grants|clients_by_no_grant|messages_by_no_grant)$|queue$|queue/(senders|domains)/[^/]+$"
                      r"|mail/(strangers|denied|run)/(clients|senders|domains)/[^/]+$|mail/strangers/prefixes/\d/.+$")


def members(pairs):
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise ValueError("a member is there twice: %s" % names)
    return dict(pairs)


def constant(name):
    raise ValueError("%s is not JSON" % name)


def load(text):
    return json.loads(text, object_pairs_hook=members, parse_constant=constant)


def read(path):
    with open(path, "rb") as file:
        text = file.read()
    raw = sorted({byte for byte in text if byte != 10 and not 32 <= byte < 127})
    if raw:
        raise ValueError("%s holds raw bytes: %s" % (path, raw))
    return text.decode("ascii")


def faults(validator, value, name):
    return ["%s/%s: %s" % (name, "/".join(map(str, error.absolute_path)), error.message[:200])
            for error in validator.iter_errors(value)]


def check_mail(mail):
    """Sums are what they are sums of."""
    strangers, denied = mail["strangers"], mail["denied"]
    clients = sum(strangers["clients"].values()) + strangers["other_clients"]
    sums = {
        "strangers by client": (clients, strangers["messages"]),
        "refusals by cause": (sum(denied["causes"].values()), denied["total"]),
        "refusals by client": (sum(denied["clients"].values()) + denied["other_clients"], denied["total"]),
        **{"strangers by network %d" % number: (sum(part.values()), sum(strangers["clients"].values()))
           for number, part in enumerate(strangers["prefixes"])},
    }
    if "run" in mail:
        sums["attempts by client"] = (sum(mail["run"]["clients"].values()), mail["run"]["attempts"])
    said = ["%s: %d, and not %d" % (name, found, wanted) for name, (found, wanted) in sums.items() if found != wanted]
    if sum(strangers["hours"]) > strangers["messages"] or strangers["recipients"] < strangers["messages"]:
        said.append("there are more messages in hours, or fewer recipients, than messages")
    return said


def check_whole(schema, document, verdict=None):
    said = faults(jsonschema.Draft202012Validator(schema), document, "")
    if not said and verdict not in (None, document["verdict"]):
        said.append("the verdict is %s and not %s" % (document["verdict"], verdict))
    if said:
        return said
    if "mail" in document:
        said += check_mail(document["mail"])
    first = 0
    for number, view in enumerate(document["views"]):
        part = document["attempts"][first:first + view["attempt_count"]]
        if view["first_attempt"] != first or len(part) != view["attempt_count"]:
            said.append("view %d: its attempts are elsewhere" % number)
        if any(row[key] != view[key] for row in part for key in ("target", "endpoint", "vantage")):
            said.append("view %d: it has attempts of another" % number)
        if [row["control"] for row in part] != sorted((row["control"] for row in part), reverse=True):
            said.append("view %d: its controls are not the first" % number)
        first += view["attempt_count"]
    for number, finding in enumerate(document["findings"]):
        if "attempt" in finding and document["attempts"][finding["attempt"]]["probe"] != finding["probe"]:
            said.append("finding %d: its attempt is another" % number)
        if "view" in finding and document["views"][finding["view"]]["vantage"] != finding["vantage"]:
            said.append("finding %d: its view is another" % number)
    return said


def check_stream(schema, lines, document=None):
    said = []
    kinds = []
    for number, line in enumerate(lines, 1):
        row = load(line)
        kind = row.pop("type", None)
        kinds.append(kind)
        if kind not in KINDS:
            return ["%d: there is no type %s" % (number, kind)]
        part = {**schema["$defs"][KINDS[kind]], "$defs": schema["$defs"]}
        said += faults(jsonschema.Draft202012Validator(part), row, str(number))
        if document is None or kind == "message":     # of a log that is followed: its document counts them
            continue
        if kind == "run":
            rows = [{**{key: document[key] for key in ("schema", "tool", "verdict", "suite", "victim", "counts")},
                     **{key: document[key] for key in ("exceptions", "parts", "baseline", "mail", "queue") if key in document}, **document["run"]}]
            unequal = set()
        else:
            rows = document[kind + "s"]
            unequal = LATER if kind == "attempt" else PLACES
        if not any(all(other.get(key) == row.get(key) for key in {*other, *row} - unequal) for other in rows):
            said.append("%d: the document has no such %s" % (number, kind))
    if kinds.count("run") != 1 or kinds[-1] != "run":
        said.append("the last line is not the only one of type run")
    counted = ("view", "finding", "grant", "client")
    if document is not None and [kinds.count(kind) for kind in counted] != [len(document.get(kind + "s", [])) for kind in counted]:
        said.append("there are other views, findings, grants or clients than in the document")
    return said


def objects(value, path=()):
    if isinstance(value, dict):
        yield path
    for key, member in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from objects(member, path + (key,))


def spoiled(document):
    """Each way to spoil each object: (what was done, the result)."""
    for path in objects(document):
        def spoil(change):
            other = copy.deepcopy(document)
            place = other
            for key in path:
                place = place[key]
            change(place)
            return other

        place = document
        for key in path:
            place = place[key]
        name = "/".join(map(str, path))
        yield name + "/surplus is there", spoil(lambda row: row.update(surplus=None))
        for key, value in place.items():
            where = (name + "/" + key).lstrip("/")
            if not OPTIONAL.search(where):
                yield where + " is not there", spoil(lambda row: row.pop(key))
            yield where + " is of another type", spoil(lambda row: row.update({key: [[]]}))
            if isinstance(value, str):
                yield where + " has an escape", spoil(lambda row: row.update({key: value + "\x1b"}))


def check_strict(schema, document):
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    return [what for what, other in spoiled(document) if validator.is_valid(other)]


def main(schema, what, path, *more):
    schema = load(read(schema))
    if what == "whole":
        return check_whole(schema, load(read(path)), *more)
    if what == "stream":
        return check_stream(schema, read(path).splitlines(), *(load(read(name)) for name in more))
    return check_strict(schema, load(read(path)))


if __name__ == "__main__":
    try:
        result = main(*sys.argv[1:])
    except (OSError, ValueError, jsonschema.SchemaError) as error:
        result = [str(error)]
    print("\n".join(result[:40]))

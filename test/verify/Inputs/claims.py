# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Findings that nobody found: SARIF in the form of `threadbare check` for marks in a source, so that correct programs
can be accused too.

    claims.py SOURCE [REGEX] > FINDINGS.sarif      REGEX: only of these names

A line's comment `claim NAME ROLE TEXT` accuses the expression that begins with TEXT on that line. Lines of one NAME are
the places of one finding.
"""
import json
import pathlib
import re
import sys

CHECKS = {"change": "unsynchronized-shared-counter", "read": "unsynchronized-shared-counter",
          "call": "blocking-call-in-coroutine", "wait": "sync-wait-in-coroutine",
          "wrapper": "async-over-thread-pool", "body": "async-over-thread-pool",
          "lock": "lock-held-across-await", "start": "unbounded-threads", "pool": "pool-per-call"}

source = pathlib.Path(sys.argv[1]).resolve()
findings = {}
for number, line in enumerate(source.read_text().splitlines(), 1):
    code, _, mark = line.partition("// claim ")
    if not mark:
        continue
    name, role, text = re.match(r"([\w:]+) (\w+) (.*)", mark).groups()
    if not re.search(sys.argv[2] if len(sys.argv) > 2 else "", name):
        continue
    place = {"artifactLocation": {"uri": source.as_uri()},
             "region": {"startLine": number, "startColumn": code.index(text) + 1}}
    spot = {"role": "call" if role == "wait" else role, "function": name, "physicalLocation": place}
    result = findings.setdefault(name, {
        "ruleId": "threadbare-" + CHECKS[role], "message": {"text": f"{name}: accused"},
        "locations": [{"physicalLocation": place, "logicalLocations": [{"fullyQualifiedName": name}]}],
        "properties": {"threadbare": {"spots": []}}})
    result["properties"]["threadbare"]["spots"].append(spot)
json.dump({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "threadbare"}},
                                         "results": list(findings.values())}]}, sys.stdout)

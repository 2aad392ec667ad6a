# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""sarif.py LOG: validates a log against SARIF 2.1.0 and what readers of SARIF rely on, and prints what it says.

The schema is OASIS's own, from https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/.
"""
import json
import pathlib
import sys

import jsonschema

log = json.loads(pathlib.Path(sys.argv[1]).read_text())
schema = json.loads(pathlib.Path(__file__).with_name("sarif-schema-2.1.0.json").read_text())
jsonschema.validate(log, schema)

(run,) = log["runs"]
driver = run["tool"]["driver"]
rules = driver["rules"]
base = run["originalUriBaseIds"]["%SRCROOT%"]["uri"]
assert base.startswith("file:///") and base.endswith("/"), base
assert log["$schema"] == schema["id"], schema["id"]
for rule in rules:
    assert rule["help"]["text"] and rule["help"]["markdown"], rule["id"]
    assert rule["helpUri"].endswith(rule["id"].removeprefix("threadbare-") + ".md"), rule["helpUri"]
    assert rule["shortDescription"]["text"][0].isupper() and rule["shortDescription"]["text"].endswith("."), rule


def place(location):
    where = location["physicalLocation"]
    artifact = where["artifactLocation"]
    if "uriBaseId" in artifact:
        assert artifact["uriBaseId"] == "%SRCROOT%" and not artifact["uri"].startswith(("/", "file:")), artifact
    region = where.get("region", {})
    return f"{artifact['uri']}:{region.get('startLine')}:{region.get('startColumn')}"


for invocation in run["invocations"]:
    print("successful:", invocation["executionSuccessful"])
    for said in invocation["toolExecutionNotifications"]:
        print("  failed:", " ".join(map(place, said.get("locations", []))), said["message"]["text"])
seen = set()
for result in run["results"]:
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"], result
    fingerprint = result["partialFingerprints"]["threadbare/v1"]
    assert fingerprint not in seen, fingerprint
    seen.add(fingerprint)
    message, *advice = result["message"]["text"].split("\n")
    kinds = [suppression["kind"] for suppression in result.get("suppressions", [])]
    print(*kinds, f"{place(result['locations'][0])}: {result['level']}: {message} [{result['ruleId']}] {fingerprint}")
    flows = [flow for code in result.get("codeFlows", []) for flow in code["threadFlows"]]
    for flow in flows:
        steps = flow["locations"]
        assert place(steps[0]["location"]) == place(result["locations"][0]), steps[0]
        for step in steps[1:]:
            print(f"  {place(step['location'])}: {step['location']['message']['text']}")
    for line, related in zip(advice, result.get("relatedLocations", []), strict=True):
        assert related["message"]["text"] == line, related
        print(f"  instead: {line}")

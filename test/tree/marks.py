# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The runner of marked cases notices what it must: a miss, a wrong line, the same place twice, a missing note, a
message that is not in the house's form, and a plugin that says something else. And results are added up right."""
# RUN: rm -rf %t && mkdir %t && %python %s %root %t
import importlib.machinery
import importlib.util
import json
import pathlib
import subprocess
import sys

root, work = map(pathlib.Path, sys.argv[1:])
sys.path.insert(0, str(root / "test" / "tools"))
import cases


def script(name):
    loader = importlib.machinery.SourceFileLoader(name.replace("-", "_"), str(root / "test" / "tools" / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


marks = script("check-marks")
source = work / "case.cpp"
source.write_text("a();\nb();  // expect: some-check; note: b -> c\nd();  // expect: some-check, other-check\n")
wanted = marks.expected(source)
assert wanted == {("some-check", "case.cpp", 2): "b -> c", ("some-check", "case.cpp", 3): None,
                  ("other-check", "case.cpp", 3): None}, wanted


def found(line, check="some-check", column=1, message="'b' blocks", notes=("'b' calls 'c'", "use d")):
    return cases.Found("threadbare-" + check, "case.cpp", line, column, message, list(notes))


right = [found(2), found(3), found(3, "other-check")]


def said(findings):
    return "\n".join(marks.complaints(wanted, findings))


assert said(right) == ""
assert "case.cpp:2: missed by some-check" in said(right[1:])
assert "case.cpp:1: reported, and it should not be" in said([*right, found(1)])
assert "more than once" in said([*right, found(3, message="again")])
assert "without the note" in said([found(2, notes=["c", "b"], message="x"), *right[1:]])
assert "no full stop" in said([found(2, notes=["b", "c."]), *right[1:]])
assert "no full stop" in said([found(2, message="Bad b"), *right[1:]])
assert "what to do instead" in said([found(3, notes=[]), right[0], right[2]])
assert list(marks.differences(right, right)) == []
assert "not said by the plugin" in "\n".join(marks.differences(right, right[1:]))
assert "only said by the plugin" in "\n".join(marks.differences(right[1:], right))

# A folder is one program, its headers included.
folder = work / "program"
folder.mkdir()
(folder / "b.cpp").write_text("")
(folder / "a.h").write_text("x();  // expect: some-check\n")
assert marks.expected(folder) == {("some-check", "a.h", 1): None}
assert [p.name for p in cases.sources_of(folder)] == ["b.cpp"]


def add_up(lit, ctest):
    (work / "lit.json").write_text(json.dumps({"tests": [{"name": str(n), "code": c} for n, c in enumerate(lit)]}))
    tests = "".join(f'<testcase name="{n}" status="{s}"/>' for n, s in enumerate(ctest))
    (work / "ctest.xml").write_text(f"<testsuite>{tests}</testsuite>")
    done = subprocess.run([sys.executable, root / "test/tools/add-up", work / "lit.json", work / "ctest.xml"],
                          capture_output=True, text=True)
    return done.returncode, done.stdout.splitlines()[-1]


assert add_up(["PASS", "XFAIL", "UNSUPPORTED"], ["run", "run"]) == (0, "4 passed, 0 failed")
assert add_up(["PASS", "FAIL", "UNRESOLVED", "TIMEOUT", "XPASS"], ["run", "fail"]) == (1, "2 passed, 5 failed")
assert add_up([], []) == (1, "0 passed, 0 failed")

# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What an earlier run found in the same units is not looked for again, and what decides it besides is noticed."""
# RUN: rm -rf %t && mkdir %t && %python %s %threadbare %t
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tools"))
from project import BLOCKS, FINE, Project

p = Project(sys.argv[1], pathlib.Path(sys.argv[2]) / "project")
p.write("a.cpp", BLOCKS.format("a"))
p.write("b.cpp", '#include "task.h"\nvoid wait_for_it();\ntask b() { wait_for_it(); co_return; }\n')
p.database("a.cpp", "b.cpp")


def run(known, *arguments):
    """What is reported; `known` says whether it was known before."""
    status, out, err = p.run("--stats", *arguments)
    assert ("findings known" in err) == known, err
    fresh = p.fresh("--stats", *arguments)
    assert (status, out) == fresh[:2], "the findings are not those of a run without a cache"
    reasons = "reasons for silence:"
    assert err.partition(reasons)[2] == fresh[2].partition(reasons)[2], "the reasons are others"
    return out


first = run(False)
assert "sleep" in first
assert run(True) == first
assert run(True, "--jobs", 5) == first
sarif = run(True, "--format", "sarif")
assert run(True, "--format", "sarif") == sarif

# Other checks, other files: another program.
assert "sleep" not in run(False, "--checks", "-*,threadbare-sync-*")
assert run(False, "a.cpp") != ""
assert run(True, "a.cpp") != ""

# What .clang-tidy and comments say is asked anew.
p.write(".clang-tidy", "WarningsAsErrors: '*'\n")
assert "error:" in run(True)
(p.folder / ".clang-tidy").unlink()
p.write("a.cpp", BLOCKS.format("a").replace("co_return; }", "co_return; } // NOLINT"))
assert run(True) == "", "a comment changes nothing that is looked for"
p.write("a.cpp", BLOCKS.format("a"))
assert run(True) == first

# A catalog that names another replacement leaves the summaries as they were.
CATALOG = "blocking:\n- name: wait_for_it\n  instead: {0}\n"
p.write("threadbare.yaml", CATALOG.format("ask the loop"))
assert "ask the loop" in run(False)
assert "ask the loop" in run(True)
p.write("threadbare.yaml", CATALOG.format("ask the timer"))
assert "ask the timer" in run(False)
(p.folder / "threadbare.yaml").unlink()
assert run(True) == first

# Another program, and back.
p.write("b.cpp", FINE.format("b"))
assert run(False) == first

# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""tools/bench-check measures what it says; how long things take is no matter of a test."""
# RUN: rm -rf %t && mkdir %t && %python %s %root %threadbare %t
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tools"))
from project import BLOCKS, Project

root, tool, scratch = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
p = Project(tool, scratch / "project")
for name in "ab":
    p.write(name + ".cpp", BLOCKS.format(name))
p.write("broken.cpp", "int broken = ;\n")
before = sorted(p.folder.iterdir())


def bench(*arguments):
    done = subprocess.run([root + "/tools/bench-check", "--tool", tool, *arguments], text=True, capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=120)
    print("$", *done.args, "->", done.returncode, "\n" + done.stdout + done.stderr)
    return done


p.database("a.cpp", "b.cpp")
done = bench("--rounds", "1", "--whole", "--json", str(scratch / "out.json"), str(p.folder))
assert done.returncode == 0
said = json.loads((scratch / "out.json").read_text())
assert [pathlib.Path(f["file"]).name for f in said["files"]] == ["a.cpp", "b.cpp"]
for file in said["files"]:
    assert list(file["results"]) == ["clang -fsyntax-only", "clang-tidy", "threadbare"]
(whole,) = said["databases"]
status = {name: r["status"] for name, r in whole["results"].items()}
assert status == {"clang -fsyntax-only": 0, "clang-tidy": 0, "cold, no sharing": 1, "cold": 1, "warm": 1,
                  "one file changed": 1}, status
for results in [whole["results"], *(f["results"] for f in said["files"])]:
    for r in results.values():
        assert r["wall"] > 0 and r["memory"] > 1 and len(r["runs"]) == 1
p.database("a.cpp", "b.cpp")
assert sorted(p.folder.iterdir()) == sorted({*before, p.folder / "compile_commands.json"}), "it wrote into the project"

p.database("broken.cpp", "a.cpp")
done = bench("--rounds", "1", "--no-tidy", "--only", "broken", str(p.folder))
assert "broken.cpp: left out, it does not parse" in done.stderr
done = bench(str(scratch))
assert done.returncode == 1 and "compile_commands.json" in done.stderr and "Traceback" not in done.stderr

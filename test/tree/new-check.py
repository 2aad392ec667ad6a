# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""tools/new-check writes three files that keep the tree whole: the rules accept them, the check compiles, and linked
into the program it passes its own test and the examples on its page."""
# RUN: rm -rf %t && mkdir %t && %python %s %root %build %t
import json
import pathlib
import shlex
import shutil
import subprocess
import sys

root, build, work = map(pathlib.Path, sys.argv[1:])
sys.path.insert(0, str(root / "test" / "tools"))
import tree as files_of

NAME = "misuse-of-something"
tree = work / "tree"
for path in files_of.files(root):
    if path.parts[0] in ("tools", "checks", "analysis", "docs", "test") or len(path.parts) == 1:
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / path, tree / path)


def run(*command, cwd=work, status=0):
    done = subprocess.run(list(map(str, command)), cwd=cwd, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    print("$", *command, "\n" + done.stdout)
    assert done.returncode == status, (command, done.returncode)
    return done.stdout


new_check = tree / "tools/new-check"
written = run(new_check, NAME).split()
assert written == [f"checks/{NAME}.cpp", f"docs/checks/{NAME}.md", f"test/checks/{NAME}.cpp"], written
run(new_check, NAME, status=2)
run(new_check, "Wrong", status=2)
run(tree / "tools/check-rooms")
for rule in ("checks-are-complete.py", "spdx.py", "words.py"):
    run(sys.executable, tree / "test/tree" / rule, tree)
run("/usr/bin/clang-format-19", "--dry-run", "-Werror", f"--style=file:{root}/.clang-format", tree / written[0],
    tree / written[2])

# Compiled as its neighbours are, and added to the program's own link.
source = str(root / "checks/Registry.cpp")
entry = next(e for e in json.loads((build / "compile_commands.json").read_text()) if e["file"] == source)
command = shlex.split(entry["command"])
command[command.index("-o") + 1] = str(work / "check.o")
run(*[str(tree / written[0]) if a == source else a for a in command], cwd=build)
link = run("ninja", "-t", "commands", "bin/threadbare", cwd=build).splitlines()[-1]
program = work / "threadbare"
assert "-o bin/threadbare" in link, link
run("sh", "-c", link.replace("-o bin/threadbare", f"-o {program} {work}/check.o"), cwd=build)

assert NAME in run(program, "list-checks")
run(sys.executable, root / "test/tools/check-marks", "--tool", program, tree / written[2])
run(sys.executable, root / "test/tools/doc-examples", "--tool", program, tree / written[1])

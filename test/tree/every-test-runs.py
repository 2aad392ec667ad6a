# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every file under test/ is run: by lit, by GoogleTest, or as the input of a test that names it."""
# RUN: %python %s %root %build
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tools"))
import tree

root, build = sys.argv[1:]
LIT = "/usr/lib/llvm-19/build/utils/lit/lit.py"


def discovered():
    listed = subprocess.run([sys.executable, LIT, "--show-tests", "--param", f"build={build}", f"{root}/test"],
                            capture_output=True, text=True, check=True).stdout
    return {pathlib.PurePath("test", line.split(" :: ", 1)[1].strip()) for line in listed.splitlines() if " :: " in line}


def unit_tests():
    """The sources that the compile database of the build names."""
    database = pathlib.Path(build, "compile_commands.json")
    return database.read_text() if database.exists() else ""


def named_by(files, path):
    """Whether a test, or another of its inputs, names this input: the file, or the folder under Inputs/ it is in."""
    depth = path.parts.index("Inputs")
    folder = pathlib.PurePath(*path.parts[:depth])
    name = path.parts[depth + 1]
    for other in files:
        if other != path and other.is_relative_to(folder) and name in tree.text(root, other):
            return True
    return False


def complaints():
    files = [p for p in tree.files(root) if p.parts[0] == "test"]
    run, built = discovered(), unit_tests()
    for path in files:
        if path in run:
            if not any("RUN" ":" in line for line in tree.text(root, path).splitlines()):
                yield f"{path}: no RUN line"
        elif "Inputs" in path.parts:
            if not named_by(files, path):
                yield f"{path}: no test names it"
        elif path.parts[1] == "unit":
            if path.suffix == ".cpp" and f"/{path}" not in built:
                yield f"{path}: not in the unit tests' build"
        elif path.parts[1] != "tools" and path.name not in ("lit.cfg.py", "CMakeLists.txt"):
            yield f"{path}: nothing runs it"


sys.exit(tree.report(complaints()))

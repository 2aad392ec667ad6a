# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How far a run has come is shown on a terminal, and nowhere else; what takes long is begun first."""
# RUN: rm -rf %t && mkdir %t && %python %s %threadbare %t
import json
import pathlib
import re
import shlex
import subprocess
import sys

tool, work = sys.argv[1], pathlib.Path(sys.argv[2])
SLOW = """constexpr int slow(int n) { int sum = 0; for (int i = 0; i < n; ++i) sum += i % 7; return sum; }
static_assert(slow(800000) > 0);
"""
for name, text in {"a": "", "b": "", "c": SLOW}.items():
    (work / (name + ".cpp")).write_text(text + f"int {name};\n")


def database(flag):
    (work / "compile_commands.json").write_text(json.dumps(
        [{"directory": str(work), "file": name, "command": f"clang++-19 {flag} -fconstexpr-steps=100000000 -c {name}"}
         for name in ("a.cpp", "b.cpp", "c.cpp")]))


def run(*arguments, terminal=True):
    command = [tool, "check", "-p", str(work), "--cache-dir", str(work / "cache"), "--jobs", "1", *arguments]
    if terminal:
        command = ["script", "--quiet", "--return", "--command", shlex.join(command), "/dev/null"]
    done = subprocess.run(command, cwd=work, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=60)
    assert done.returncode == 0, done
    return done.stdout.decode()


database("-DFIRST")
shown = run()
print(ascii(shown))
assert "\r\x1b[K[0/3] 3 left: a.cpp" in shown, "nothing is known of the time yet"
assert re.search(r"\[1/3\] 2 left, about \d+ (s|min \d+ s): b\.cpp", shown)
assert re.search(r"\[2/3\] 1 left, about \d+ (s|min \d+ s): c\.cpp", shown)
assert shown.rstrip().endswith("0 findings (3 units read)")
assert "\x1b[K0 findings" in shown, "the line is taken back"

# Other commands: nothing is cached, but how long the files took is known.
database("-DSECOND")
shown = run()
assert re.search(r"\[0/3\] 3 left, about \d+ (s|min \d+ s): c\.cpp", shown), ascii(shown)
assert "[" not in run(), "nothing is left to do"

database("-DTHIRD")
assert "\x1b" not in run("--quiet")
database("-DFOURTH")
assert run(terminal=False) == "0 findings (3 units read)\n"

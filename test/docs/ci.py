# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The five lines of docs/ci.md are a gate: they pass a project that is right and stop one that is not. The hook that
the page configures is the one that this repository offers."""
# RUN: rm -rf %t && mkdir %t && %python %s %root %build/bin %t
import os
import pathlib
import re
import subprocess
import sys

root, programs, work = map(pathlib.Path, sys.argv[1:])
page = (root / "docs/ci.md").read_text()
gate = re.search(r"^## A gate\n.*?^```sh\n(.*?)^```$", page, re.M | re.S)[1]
assert len(gate.splitlines()) == 5, "five lines"

LISTS = """cmake_minimum_required(VERSION 3.25)
project(example LANGUAGES CXX)
find_package(Threads REQUIRED)
add_executable(example main.cpp)
target_compile_features(example PRIVATE cxx_std_20)
target_link_libraries(example PRIVATE Threads::Threads)
"""
MAIN = """#include <atomic>
#include <thread>
static {type} hits = 0;
static void serve() {{ hits++; }}
int main() {{
  std::thread a(serve), b(serve);
  a.join();
  b.join();
}}
"""


def run(name, type):
    folder = work / name
    folder.mkdir()
    (folder / "CMakeLists.txt").write_text(LISTS)
    (folder / "main.cpp").write_text(MAIN.format(type=type))
    # The compiler is Debian's default one, as on most machines.
    env = {**os.environ, "PATH": f"{programs}:/usr/bin:/bin"}
    done = subprocess.run(["sh", "-c", gate], cwd=folder, env=env, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    print(done.stdout)
    return done.returncode, done.stdout


status, output = run("right", "std::atomic<int>")
assert status == 0 and output.endswith("no concurrency misuse\n")
status, output = run("wrong", "int")
assert status == 1 and "main.cpp:4:23: warning:" in output and "no concurrency misuse" not in output

hooks = (root / ".pre-commit-hooks.yaml").read_text()
for hook in re.findall(r"^\s*- id: (\S+)$", page, re.M):
    assert f"- id: {hook}\n" in hooks, hook

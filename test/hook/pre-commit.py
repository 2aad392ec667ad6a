# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Debian's pre-commit, with the hook of this repository, stops a commit that adds a misuse and lets others pass.

No network is needed: the hook runs the program that is on the PATH.
"""
# RUN: rm -rf %t && mkdir %t && %python %s %root %build/bin %t
import json
import os
import pathlib
import shutil
import subprocess
import sys

root, programs, work = map(pathlib.Path, sys.argv[1:])

FINE = """#include <thread>
int compute() { return 42; }
int main() { std::thread(compute).join(); }
"""
MISUSE = """#include <thread>
static int hits = 0;
static void serve() { hits++; }
int main() {
  std::thread a(serve), b(serve);
  a.join();
  b.join();
}
"""

env = {
    "PATH": f"{programs}:/usr/bin:/bin",
    "HOME": str(work / "home"),
    "PRE_COMMIT_HOME": str(work / "cache"),
    "GIT_CONFIG_NOSYSTEM": "1",
    "LC_ALL": "C.UTF-8",
}


def run(*command, cwd):
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=env, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    print("$", *command, "\n" + done.stdout)
    return done.returncode, done.stdout


def must(*command, cwd):
    status, output = run(*command, cwd=cwd)
    assert status == 0, (command, status)
    return output


def repository(path):
    path.mkdir(parents=True)
    must("git", "init", "--quiet", cwd=path)
    return path


(work / "home").mkdir()
for key, value in {"user.name": "Someone", "user.email": "someone@example.org", "init.defaultBranch": "main",
                   "safe.directory": "*"}.items():
    must("git", "config", "--global", key, value, cwd=work)

# The repository that offers the hook.
hooks = repository(work / "hooks")
shutil.copy(root / ".pre-commit-hooks.yaml", hooks)
must("git", "add", ".", cwd=hooks)
must("git", "commit", "--quiet", "-m", "The hook", cwd=hooks)
revision = must("git", "rev-parse", "HEAD", cwd=hooks).strip()

# A project with a compile database above its sources.
project = repository(work / "project")
(project / "src").mkdir()
names = ["src/fine.cpp", "src/misuse.cpp"]
(project / "compile_commands.json").write_text(json.dumps([
    {"directory": str(project), "file": name, "arguments": ["clang++-19", "-std=c++20", "-c", name]} for name in names]))
(project / names[0]).write_text(FINE)
(project / names[1]).write_text(MISUSE)

# As people try a hook out, without installing it.
must("git", "add", names[0], cwd=project)
status, output = run("pre-commit", "try-repo", hooks, "threadbare", "--ref", revision, "--verbose", cwd=project)
assert status == 0 and "Passed" in output, "a commit without misuse passes"
must("git", "add", names[1], cwd=project)
status, output = run("pre-commit", "try-repo", hooks, "threadbare", "--ref", revision, "--verbose", cwd=project)
assert status == 1 and "exit code: 1" in output, "a misuse is found"
assert "src/misuse.cpp:3" in output and "[threadbare-unsynchronized-shared-counter]" in output
must("git", "rm", "--quiet", "--cached", names[1], cwd=project)

# Installed: git itself refuses the commit.
(project / ".pre-commit-config.yaml").write_text(f"""repos:
  - repo: {hooks}
    rev: {revision}
    hooks:
      - id: threadbare
""")
must("git", "add", ".pre-commit-config.yaml", cwd=project)
must("pre-commit", "install", cwd=project)
status, _ = run("git", "commit", "-m", "Compute", cwd=project)
assert status == 0, "a commit without misuse goes through"
must("git", "add", names[1], cwd=project)
status, output = run("git", "commit", "-m", "Count", cwd=project)
assert status != 0 and "threadbare-unsynchronized-shared-counter" in output, "git refuses the commit"
assert must("git", "log", "--format=%s", cwd=project).split() == ["Compute"]

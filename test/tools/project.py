# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A small project with a database, and runs over it with a cache of its own."""
import json
import os
import pathlib
import re
import subprocess

COROUTINE = """#pragma once
#include <coroutine>
#include <unistd.h>
struct task {
  struct promise_type {
    task get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};
"""
BLOCKS = '#include "task.h"\ntask {0}_bad() {{ ::sleep(1); co_return; }}\n'
FINE = '#include "task.h"\ntask {0}_ok() {{ co_return; }}\n'


class Project:
    def __init__(self, tool, folder):
        self.tool = str(tool)
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        self.cache = self.folder.parent / (self.folder.name + "-cache")
        self.write("task.h", COROUTINE)
        (self.folder / ".git").mkdir()

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def database(self, *names, flags=""):
        self.write("compile_commands.json", json.dumps(
            [{"directory": str(self.folder), "file": name, "command": f"clang++-19 -std=c++20 {flags} -c {name}"}
             for name in names]))

    def command(self, *arguments):
        return [self.tool, "check", "-p", str(self.folder), "--cache-dir", str(self.cache), *map(str, arguments)]

    def run(self, *arguments, **options):
        """Exit status, standard output, standard error."""
        done = subprocess.run(self.command(*arguments), cwd=self.folder, stdin=subprocess.DEVNULL, text=True,
                              capture_output=True, timeout=120, **options)
        print("$", *done.args, "->", done.returncode, "\n" + done.stdout + done.stderr)
        return done.returncode, done.stdout, done.stderr

    def fresh(self, *arguments):
        """The truth: nothing is taken from the cache, and nothing is put there."""
        return self.run("--no-cache", *arguments)

    def expect(self, found, *arguments):
        """Runs, and compares with the truth; `found` units are to come from the cache."""
        status, out, err = self.run("--stats", *arguments)
        use = re.search(r"cache: (\d+) of \d+ units, (\d+) files hashed", err)
        assert use and int(use[1]) == found, f"{use and use[0]}, not {found} units"
        assert (status, out) == self.fresh(*arguments)[:2], "the findings are not those of a run without a cache"
        return int(use[2])

    def objects(self, suffix):
        return sorted(self.cache.glob("llvmcache-*" + suffix))

# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs that share a cache at the same time, one of which throws things out of it, all say the same."""
# RUN: rm -rf %t && mkdir %t && %python %s %threadbare %t
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tools"))
from project import BLOCKS, Project

p = Project(sys.argv[1], pathlib.Path(sys.argv[2]) / "project")
names = [f"file{i}" for i in range(6)]
for name in names:
    p.write(name + ".cpp", BLOCKS.format(name))
p.database(*(name + ".cpp" for name in names))
truth = p.fresh()
for attempt in range(2):
    runs = [subprocess.Popen(p.command("--jobs", 2, *more), cwd=p.folder, stdin=subprocess.DEVNULL, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for more in ([], [], ["--cache-size", "100k"])]
    for run in runs:
        out, err = run.communicate(timeout=120)
        assert (run.returncode, out, err) == truth, (run.returncode, out, err)
assert p.run() == truth

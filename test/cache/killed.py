# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Whoever is killed in whatever moment, the run or one of its workers: no process stays behind, the run says what was
left out, and the next one is right.

    killed.py THREADBARE FOLDER [ROUNDS]
"""
# RUN: rm -rf %t && mkdir %t && %python %s %threadbare %t
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tools"))
from project import BLOCKS, Project

p = Project(sys.argv[1], pathlib.Path(sys.argv[2]) / "project")
names = [f"file{i}" for i in range(8)]
for name in names:
    p.write(name + ".cpp", "#include <string>\n" + BLOCKS.format(name))
p.database(*(name + ".cpp" for name in names))
start = time.monotonic()
truth = p.fresh()
usual = time.monotonic() - start


def children(process):
    try:
        return [int(c) for c in pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except FileNotFoundError:
        return []


def running(process):
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def kill(process):
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        pass


for attempt in range(int(sys.argv[3]) if len(sys.argv) > 3 else 5):
    # Sometimes there is nothing in the cache, sometimes what the last run left.
    if attempt % 3 == 0:
        for path in p.cache.glob("*"):
            path.unlink()
    else:
        for path in p.objects(".summary")[::2]:
            path.unlink()
    run = subprocess.Popen(p.command("--jobs", 2), cwd=p.folder, stdin=subprocess.DEVNULL, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(random.uniform(0, usual))
    workers = children(run.pid)
    if attempt % 2:
        kill(run.pid)
        run.communicate(timeout=60)
        deadline = time.monotonic() + 60
        while any(map(running, workers)) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not any(map(running, workers)), "a worker outlives its run"
        print("killed: the run", run.returncode, "with", len(workers), "workers")
    else:
        for worker in random.sample(workers, min(1, len(workers))):
            kill(worker)
        out, err = run.communicate(timeout=60)
        print("killed:", min(1, len(workers)), "workers;", err)
        assert (run.returncode, out) == truth[:2] or (run.returncode == 2 and "crashed (Killed" in err), err
    assert p.run() == truth

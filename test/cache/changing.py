# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A file that changes while it is read: the next run says what the file says by then."""
# RUN: rm -rf %t && mkdir %t && %python %s %threadbare %t
import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tools"))
from project import Project

BLOCKS = "inline void wait() { ::sleep(1); }\n"
FINE = "inline void wait() {}\n".ljust(len(BLOCKS))

p = Project(sys.argv[1], pathlib.Path(sys.argv[2]) / "project")
# The header is read, then comes something that takes a while, then it is used.
p.write("slow.h", """#pragma once
constexpr int slow(int n) { int sum = 0; for (int i = 0; i < n; ++i) sum += i % 7; return sum; }
static_assert(slow(200000) > 0);
""")
p.write("a.cpp", '#include "task.h"\n#include "wait.h"\n#include "slow.h"\ntask a() { wait(); co_return; }\n')
header = p.write("wait.h", FINE)
p.database("a.cpp", flags="-fconstexpr-steps=100000000")
start = time.monotonic()
truth = {FINE: p.fresh()}
usual = time.monotonic() - start
header.write_text(BLOCKS)
truth[BLOCKS] = p.fresh()
assert truth[BLOCKS] != truth[FINE]

for attempt in range(12):
    before, after = (FINE, BLOCKS) if attempt % 2 else (BLOCKS, FINE)
    header.write_text(before)
    stamp = header.stat()
    run = subprocess.Popen(p.command(), cwd=p.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
    time.sleep(usual * attempt / 12)
    header.write_text(after)
    if attempt % 3 == 0:  # not even the time tells
        os.utime(header, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    run.wait(timeout=60)
    assert p.run() == truth[after]
    assert p.run() == truth[after]

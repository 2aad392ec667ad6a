# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What was not used for longest is thrown out when the cache is full."""
# RUN: rm -rf %t && mkdir %t && %python %s %threadbare %t
import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tools"))
from project import FINE, Project

p = Project(sys.argv[1], pathlib.Path(sys.argv[2]) / "project")
for name in "abcd":
    p.write(name + ".cpp", FINE.format(name))
p.database("a.cpp", "b.cpp", "c.cpp", "d.cpp")
for name in "abc":
    p.expect(0, name + ".cpp")
files = list(p.cache.glob("llvmcache-*"))
for path in files:
    os.utime(path, (time.time() - 86400,) * 2)
room = sum(path.stat().st_size for path in files) * 3 // 4
p.expect(1, "b.cpp")
p.run("d.cpp", "--cache-size", room)
assert sum(path.stat().st_size for path in p.cache.glob("llvmcache-*")) <= room
p.expect(1, "b.cpp")
p.expect(1, "d.cpp")
p.expect(0, "a.cpp")
p.expect(0, "c.cpp")

# No room for anything: every run reads everything, and says the same.
p.run("--cache-size", 1)
assert p.run("--cache-size", 1) == p.fresh()

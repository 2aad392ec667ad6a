# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A file that does not parse is not parsed again until something changes; what is wrong with it is said each time."""
# RUN: rm -rf %t && mkdir %t && %python %s %threadbare %t
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tools"))
from project import BLOCKS, FINE, Project

p = Project(sys.argv[1], pathlib.Path(sys.argv[2]) / "project")
p.write("a.cpp", BLOCKS.format("a"))
p.write("b.cpp", '#include "later.h"\n' + FINE.format("b"))
p.write("c.cpp", FINE.format("c") + "int x = undeclared;\n")
p.database("a.cpp", "b.cpp", "c.cpp", "gone.cpp")
truth = p.fresh()
assert truth[0] == 2 and "'later.h' file not found" in truth[2] and "'undeclared'" in truth[2] and "gone" in truth[2]
p.expect(0)
p.expect(3)
assert p.run() == truth
p.database("gone.cpp", "c.cpp", "b.cpp", "a.cpp")
assert p.run() == truth, "the order of the database matters"

# The compiler crashes: that is not kept.
p.write("c.cpp", "#pragma clang __debug crash\n")
p.expect(2)
p.expect(2)

# What was missing is there.
p.write("later.h", "")
p.expect(1)
p.write("gone.cpp", FINE.format("gone"))
p.expect(2)
p.write("c.cpp", FINE.format("c"))
p.expect(3)
p.expect(4)
assert p.run()[0] == 1

# Damaged, and of something else.
p.write("c.cpp", FINE.format("c") + "int x = undeclared;\n")
truth = p.fresh()
p.run()
failures = [path for path in p.objects(".summary") if b"cannot be parsed" in path.read_bytes()]
assert len(failures) == 2, failures
for path in failures:
    good = path.read_bytes()
    for bad in (good[:-1], good[:60], good.replace(b"undeclared", b"indeclared"), good.replace(b"later", b"xater")):
        path.write_bytes(bad)
        assert p.run() == truth

# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A second run reads what has changed, all of it and nothing else, and says what a run without a cache says."""
# RUN: rm -rf %t && mkdir %t && %python %s %threadbare %t
import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tools"))
from project import BLOCKS, FINE, Project

p = Project(sys.argv[1], pathlib.Path(sys.argv[2]) / "project")
p.write("a.cpp", '#include "helper.h"\n' + FINE.format("a") + "task more() { help(); co_return; }\n")
p.write("b.cpp", '#include "helper.h"\n' + BLOCKS.format("b"))
p.write("c.cpp", BLOCKS.format("c"))
header = p.write("include/helper.h", "inline void help() {}\n")
p.write("threadbare.yaml", "")
p.database("a.cpp", "b.cpp", "c.cpp", flags="-Ifirst -Iinclude")

p.expect(0)
p.expect(3)
for arguments in (["--jobs", 1], ["--jobs", 7], ["c.cpp", "a.cpp"], ["a.cpp", "c.cpp"]):
    p.expect(3 if "--jobs" in arguments else 2, *arguments)

# Stamps that are some seconds old are trusted; until then files are hashed.
time.sleep(2.2)
p.expect(3)
assert p.expect(3) == 0

# Another time and the same content.
header.touch()
assert p.expect(3) == 1

# Another content of the same size, at the same time.
before = header.stat()
header.write_text("inline void help() ;\n")
p.write("help.cpp", "void help() {}\n")
header.write_text("inline void help();;\n".ljust(before.st_size))
os.utime(header, ns=(before.st_atime_ns, before.st_mtime_ns))
p.expect(1)

# A header that blocks; and the first one again, which is still known.
header.write_text("#include <unistd.h>\ninline void help() { ::sleep(1); }\n")
p.expect(1)
p.expect(3)
header.write_text("inline void help() {}\n")
p.expect(3)

# A header that was looked for and not found, in a folder that was not there.
p.write("first/helper.h", "#include <unistd.h>\ninline void help() { ::sleep(2); }\n")
p.expect(0)
p.expect(3)
(p.folder / "first/helper.h").unlink()
p.expect(1)
p.write("first/helper.h", "#include <unistd.h>\ninline void help() { ::sleep(2); }\n")
p.expect(3)
(p.folder / "first/helper.h").unlink()
(p.folder / "first").rmdir()
p.expect(3)

# The same by __has_include.
p.write("c.cpp", '#if __has_include("option.h")\n#define ON 1\n#endif\n' + '#include "task.h"\n'
        "task c() {\n#ifdef ON\n  ::sleep(3);\n#endif\n  co_return;\n}\n")
p.expect(2)
p.expect(3)
option = p.write("option.h", "")
p.expect(2)
p.expect(3)
option.unlink()
p.expect(3)

# What is known of libraries, and the command.
p.write("threadbare.yaml", "functions:\n  - {name: help, nonblocking: true}\n")
status, out, err = p.fresh()
if "error:" not in err:
    p.expect(0)
p.write("threadbare.yaml", "")
p.expect(3)
p.database("a.cpp", "b.cpp", "c.cpp", flags="-Ifirst -Iinclude -DX=1")
p.expect(0)

# In another order, and without one.
p.database("c.cpp", "a.cpp", "b.cpp", flags="-Ifirst -Iinclude -DX=1")
p.expect(3)
p.database("c.cpp", "b.cpp", flags="-Ifirst -Iinclude -DX=1")
p.expect(2)

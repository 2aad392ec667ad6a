# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Files that begin alike say the same, byte for byte, whether or not they share what they begin with."""
# RUN: rm -rf %t && mkdir %t && %python %s %threadbare %t
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tools"))
from project import Project

tool, scratch = sys.argv[1], pathlib.Path(sys.argv[2])

ALL = """#pragma once
#include "task.h"
#include <thread>
#include <vector>
#define NAP() ::sleep(1)
extern int hits;
inline void doze() { NAP(); }
static void nod() { ::sleep(2); }
template <class T> struct Box {
  T value{};
  void wait() { ::sleep(3); }
  void count() { ++value; }
  void start() { std::thread a([this] { count(); }), b([this] { count(); }); a.join(); b.join(); }
};
struct Watcher {
  virtual ~Watcher() = default;
  virtual void look() { ::usleep(10); }
};
template <class F> void twice(F f) { std::thread a(f), b(f); a.join(); b.join(); }
"""
SOURCES = {
    "a.cpp": '#include "all.h"\ntask a_bad() { doze(); co_return; }\n',
    "b.cpp": '// A comment of another length.\n/* and\n one more */ #include "all.h" // here\n\n'
             "task b_bad() { NAP(); nod(); co_return; }\n",
    "c.cpp": '#include "all.h"\n#include <mutex>\n#include "second.h"\n'
             "int hits;\nvoid c_bad() { twice([] { ++hits; }); twice([](auto...) { second(); }); }\n",
    "d.cpp": '#include "all.h"\n#include <mutex>\n#include "second.h"\ntask d_bad() { Box<int> b; b.wait(); b.start(); second(); co_return; }\n',
    "e.cpp": '#include "all.h"\n#include <mutex>\n#define EXTRA 1\n#include "second.h"\n'
             "struct Loud : Watcher { void look() override { ::sleep(4); } };\n"
             "task e_bad(Loud &l) { l.look(); co_return; }",
    "f.cpp": '#ifdef NOWHERE\n#include "nowhere.h"\n#endif\n#include "all.h"\ntask f_ok() { co_return; }\n',
    "g.cpp": '#include "all.h"\n',
    "sub/h.cpp": '#include "all.h"\ntask h_bad() { doze(); co_return; }\n',
}
p = Project(tool, scratch / "project")
p.write("all.h", ALL)
p.write("sub/all.h", '#include "../all.h"\n')
p.write("second.h", "#ifdef EXTRA\n#define NAP2() NAP()\n#endif\ninline void second() { extern int total; ++total; ::sleep(5); }\n")
for name, text in SOURCES.items():
    p.write(name, text)


def same(found, shared, *arguments):
    """Runs in both ways, compares all that is said and kept; returns what is said. A summary's name in the cache says
    of which files it was made."""
    runs, counts = [], []
    for way in ([], ["--no-shared-preambles"]):
        for file in p.cache.glob("*"):
            file.unlink()
        status, out, err = p.run("--stats", *arguments, *way)
        counts.append(int(re.search(r"shared preambles: (\d+) of \d+ units", err)[1]))
        err = re.sub(r"(shared preambles|time): .*", "", err)
        runs.append((status, out, err, {f.name: f.read_bytes() for f in p.objects(".summary")}))
    assert runs[0] == runs[1], "it depends on sharing"
    assert len(runs[0][3]) == found, f"{len(runs[0][3])} summaries"
    assert counts == [shared, 0], counts
    return runs[0][:3]


# a, b, c, d, e and g begin with all.h; f with a condition; h stands in another folder.
p.database(*SOURCES)
for jobs in (1, 7):
    status, out, err = same(8, 6, "--jobs", jobs)
assert status == 1
for finding in ("a.cpp:2:", "b.cpp:5:", "all.h:11:", "c.cpp:5:", "d.cpp:4:", "e.cpp:6:", "sub/h.cpp:2:"):
    assert finding in out, finding

# A header that the command names is shared, too, by the files of a folder.
p.database("a.cpp", "g.cpp", "sub/h.cpp", flags="-include all.h")
same(3, 2)

# What does not parse is what it always is, and so is what crashes, also where everybody begins with it.
p.database("a.cpp", "b.cpp", "broken.cpp", "c.cpp")
p.write("broken.cpp", '#include "all.h"\nint broken() { return nothing; }\n')
assert "broken.cpp:2:23: error: use of undeclared identifier 'nothing'" in same(4, 3)[2]
p.database("a.cpp", "b.cpp")
for fault, kept in (("#include <nowhere>\n", 2), ("#pragma clang __debug crash\n", 0), ("struct Open {\n", 2)):
    p.write("all.h", ALL + fault)
    status, out, err = same(kept, 0)
    assert status == 2 and err.count("error:") == 2, err
p.write("all.h", ALL)

# C.
p.write("x.h", "#include <pthread.h>\n#include <unistd.h>\nstatic int n;\nstatic inline void *count(void *p) { ++n; return p; }\n")
for name in ("x.c", "y.c"):
    p.write(name, '#include "x.h"\nvoid %s(void) { pthread_t t, u; pthread_create(&t, 0, count, 0);'
            " pthread_create(&u, 0, count, 0); }\n" % name[0])
p.write("compile_commands.json", "[%s]" % ", ".join(
    '{"directory": "%s", "file": "%s", "command": "cc -c %s"}' % (p.folder, name, name) for name in ("x.c", "y.c")))
assert "x.h:4:" in same(2, 2)[1]

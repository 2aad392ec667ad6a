# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A damaged object of the cache, or one that belongs to something else, costs the time to read a file again. It is no
error, and it is never believed."""
# RUN: rm -rf %t && mkdir %t && %python %s %threadbare %t
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tools"))
from project import BLOCKS, FINE, Project

p = Project(sys.argv[1], pathlib.Path(sys.argv[2]) / "project")
p.write("a.cpp", BLOCKS.format("a"))
p.write("b.cpp", FINE.format("b"))
p.database("a.cpp", "b.cpp")
truth = p.fresh()


def flip(data, place):
    return data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1:]


def damages(data):
    yield b""
    yield data[:1]
    yield data[:40]
    yield data[:len(data) // 2]
    yield data[:-1]
    yield data + b"x"
    for place in (0, 30, 45, len(data) // 3, len(data) - 1):
        yield flip(data, place)
    yield b"\xff" * len(data)


for suffix in (".inputs", ".summary", ".note"):
    p.run()
    objects = p.objects(suffix)
    assert len(objects) == 2, objects
    for damaged in objects:
        for data in list(damages(damaged.read_bytes())):
            damaged.write_bytes(data)
            assert p.run() == truth
    assert p.run() == truth

    # One of another name: what is of one is not of another.
    first, second = (path.read_bytes() for path in objects)
    objects[0].write_bytes(second)
    objects[1].write_bytes(first)
    assert p.run() == truth

# Not even a file.
p.run()
for suffix in (".inputs", ".summary"):
    path = p.objects(suffix)[0]
    path.unlink()
    path.mkdir()
    status, out, err = p.run()
    assert (status, out) == truth[:2] and err.count("note:") <= 1, err
    path.rmdir()
assert p.run() == truth
p.expect(2)

# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`threadbare explain` prints each check's page as it is written, but for the licence line; `list-checks` lists them."""
# RUN: %python %s %root %threadbare
import pathlib
import subprocess
import sys

root, threadbare = sys.argv[1:]
listed = subprocess.run([threadbare, "list-checks"], capture_output=True, text=True, check=True).stdout
names = [line.split()[0].removeprefix("threadbare-") for line in listed.splitlines()]
assert names == sorted(p.stem for p in pathlib.Path(root, "checks").glob("*-*.cpp")), names
for name in names:
    page = pathlib.Path(root, "docs/checks", name + ".md").read_text()
    page = page.split("-->\n", 1)[1]
    for spelled in (name, "threadbare-" + name):
        said = subprocess.run([threadbare, "explain", spelled], capture_output=True, text=True, check=True).stdout
        assert said.strip() == page.strip(), spelled

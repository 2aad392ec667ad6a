# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The finding that README.md shows is what the program says of the example service, and links lead somewhere."""
# RUN: rm -rf %t && cmake -S %root/examples -B %t -G Ninja -DCMAKE_CXX_COMPILER=clang++-19
# RUN: %python %s %root %threadbare %t
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tools"))
import tree

root, threadbare, build = sys.argv[1:]
shown = re.search(r"^```text\n(.*?)^```$", tree.text(root, "README.md"), re.M | re.S)[1].splitlines()
done = subprocess.run([threadbare, "check", "-p", build], capture_output=True, text=True)
said = [pathlib.PurePath(line).name if line[:1] == "/" else line
        for line in re.sub(r"^\S*/(\w+\.[ch]pp:)", r"\1", done.stdout, flags=re.M).splitlines()
        if re.match(r"\S+:\d+:\d+: ", line)]
assert shown == said[said.index(shown[0]):][:len(shown)], "\n".join(said)

for page in tree.files(root):
    if page.suffix == ".md":
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", tree.text(root, page)):
            assert pathlib.Path(root, page.parent, link).exists(), f"{page}: {link}"

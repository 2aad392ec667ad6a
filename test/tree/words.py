# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The tree stands on its own: it names no place outside of itself and leaves no notes to its authors."""
# RUN: %python %s %root
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tools"))
import tree

# Spelled in two halves, so that this file does not find itself.
FORBIDDEN = ["/wo" + "rk/", r"\.\./sha" + "red", r"\bTO" + "DO\\b", r"\bFIX" + "ME\\b", r"\bX" + "XX\\b", "<<<<" + "<<<"]
root = sys.argv[1]


def complaints():
    for path in tree.files(root):
        try:
            lines = tree.text(root, path).splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, 1):
            for word in FORBIDDEN:
                if re.search(word, line):
                    yield f"{path}:{number}: {line.strip()}"


sys.exit(tree.report(complaints()))

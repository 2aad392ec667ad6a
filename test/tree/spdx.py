# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every file whose format has comments says under which licence it stands, in its first three lines."""
# RUN: %python %s %root
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tools"))
import tree

LINE = "SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception"
NO_COMMENTS = {".json", ".sarif", ".gitignore", ".gitkeep", ".bin", ".diff", ".patch"}
root = sys.argv[1]


def complaints():
    for path in tree.files(root):
        if path.name in ("LICENSE", ".gitignore", ".gitattributes") or path.suffix in NO_COMMENTS:
            continue
        if "Inputs" in path.parts and path.suffix not in (".cpp", ".c", ".h", ".hpp"):
            continue
        if not any(LINE in line for line in tree.text(root, path).splitlines()[:3]):
            yield f"{path}: no line '{LINE}' at its head"


sys.exit(tree.report(complaints()))

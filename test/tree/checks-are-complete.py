# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Each check is three files with one base name: its source, its page with all headings, and its test with a case
that must be reported and one that must not."""
# RUN: %python %s %root
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tools"))
import tree

HEADINGS = ["What it finds", "Why it matters", "Example", "Use instead", "What it does not report",
            "Options and suppression", "Verification"]
root = sys.argv[1]


def page_complaints(path, name):
    text = tree.text(root, path)
    if f"# {name}\n" not in text:
        yield f"{path}: its title is not '# {name}'"
    found = re.findall(r"^## (.*)$", text, re.M)
    if found != HEADINGS:
        yield f"{path}: its headings are {found}, and should be {HEADINGS}"
    for heading in HEADINGS:
        part = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
        if part and not part[1].strip():
            yield f"{path}: nothing stands under '{heading}'"


def test_complaints(path, name):
    text = tree.text(root, path)
    for ending in ("_bad", "_ok"):
        if not re.search(rf"\b\w+{ending}\b\s*\(", text):
            yield f"{path}: no function whose name ends in {ending}"
    if not re.search("RUN" r":.*%(marks|check)\b", text):
        yield f"{path}: no RUN line with %marks or %check"
    if f"expect: {name}" not in text:
        yield f"{path}: no line is marked with 'expect: {name}'"


def complaints():
    files = set(tree.files(root))
    checks = tree.check_files(root)
    if not checks:
        yield "no checks at all"
    for check in checks:
        for path, judge in ((pathlib.PurePath("docs/checks", check.stem + ".md"), page_complaints),
                            (pathlib.PurePath("test/checks", check.stem + ".cpp"), test_complaints)):
            if path in files:
                yield from judge(path, check.stem)
            else:
                yield f"{check}: {path} is missing"
    names = {check.stem for check in checks}
    for page in sorted(files):
        if page.parent == pathlib.PurePath("docs/checks") and page.suffix == ".md" and page.stem not in names:
            yield f"{page}: there is no such check"


sys.exit(tree.report(complaints()))

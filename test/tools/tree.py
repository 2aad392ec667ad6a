# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The files of the source tree, for the tests about the tree itself."""
import pathlib
import subprocess


def files(root):
    """Every file that belongs to the tree, as paths relative to it: what git knows or would add."""
    git = ["git", "-c", "safe.directory=*", "-C", root]
    top = subprocess.run([*git, "rev-parse", "--show-toplevel"], capture_output=True, text=True).stdout.strip()
    if top and pathlib.Path(top).resolve() == pathlib.Path(root).resolve():
        listed = subprocess.run([*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                                capture_output=True, text=True, check=True).stdout
        paths = [pathlib.PurePath(p) for p in listed.split("\0") if p]
        return sorted(p for p in paths if pathlib.Path(root, p).is_file())
    # An unpacked archive or a copy.
    top = pathlib.Path(root)
    return sorted(pathlib.PurePath(p.relative_to(top)) for p in top.rglob("*")
                  if p.is_file() and p.relative_to(top).parts[0] not in ("build", ".git", ".cache"))


def text(root, path):
    return pathlib.Path(root, path).read_text(encoding="utf-8")


def check_files(root):
    """The source of each check: the files in checks/ that have a name with a dash or a documentation page."""
    return [p for p in files(root) if p.parent == pathlib.PurePath("checks") and p.suffix == ".cpp"
            and p.stem == p.stem.lower()]


def report(complaints):
    """Prints what is wrong; gives the exit status."""
    complaints = list(complaints)
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0

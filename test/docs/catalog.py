# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The examples of docs/catalog.md: with a section's YAML as threadbare.yaml, its code is reported where the marks say."""
# RUN: %python %s %root %threadbare %t
import pathlib
import re
import shutil
import sys

root, tool, work = sys.argv[1:]
sys.path.insert(0, str(pathlib.Path(root, "test/tools")))
import cases  # noqa: E402

MARK = re.compile(r"// expect: ([\w-]+)")
status = 0
examples = 0
for section in re.split(r"^## ", pathlib.Path(root, "docs/catalog.md").read_text(), flags=re.M)[1:]:
    title = section.splitlines()[0]
    yaml = "".join(re.findall(r"^```yaml\n(.*?)^```$", section, re.M | re.S))
    code = "".join(re.findall(r"^```cpp\n(.*?)^```$", section, re.M | re.S))
    if not yaml:
        continue
    examples += 1
    folder = pathlib.Path(work, re.sub(r"\W+", "-", title))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "threadbare.yaml").write_text(yaml)
    source = folder / "example.cpp"
    source.write_text(code or "int nothing;\n")
    cases.write_database(folder, [source])
    done = cases.run([tool, "check", "-p", folder, "--format", "sarif", source])
    if "ignored" in done.stderr:
        print(f"{title}: {done.stderr}")
        status = 1
        continue
    marked = {(number, match[1]) for number, line in enumerate(code.splitlines(), 1) if (match := MARK.search(line))}
    checks = ",".join(["-*"] + sorted({cases.PREFIX + check for _, check in marked}))
    log = cases.check(tool, folder, checks, [source]) if marked else {"runs": []}
    found = {(f.line, f.check.removeprefix(cases.PREFIX)) for f in cases.from_sarif(log, folder)}
    if found != marked:
        print(f"{title}: found {sorted(found - marked)} too many, {sorted(marked - found)} too few")
        status = 1
assert examples >= 4, examples
sys.exit(status)

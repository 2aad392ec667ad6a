# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Cases: one source file, or one folder of source files that make one program.

A case needs no compile database: one is made for it. A line `// expect-flags: FLAGS` among a source's first five
adds compiler flags.
"""
import json
import pathlib
import re
import shlex
import subprocess

CLANG_TIDY = "/usr/lib/llvm-19/bin/clang-tidy"
FLAGS = re.compile(r"//\s*expect-flags:(.*)")
PREFIX = "threadbare-"


class ToolFailed(Exception):
    """A crash, an exit status that is not 0 or 1, output that cannot be read."""


def sources_of(case):
    if case.is_dir():
        return sorted(p for p in case.rglob("*") if p.suffix in (".cpp", ".cc", ".c"))
    return [case]


def root_of(case):
    return case if case.is_dir() else case.parent


def flags_of(source):
    found = []
    for line in source.read_text().splitlines()[:5]:
        match = FLAGS.search(line)
        if match:
            found += shlex.split(match[1])
    return found


def write_database(build, sources, flags=()):
    """A compile_commands.json in the folder `build` for these sources."""
    commands = []
    for source in sources:
        is_c = source.suffix == ".c"
        compiler, standard = ("clang-19", "-std=gnu17") if is_c else ("clang++-19", "-std=c++20")
        commands.append({
            "directory": str(source.parent),
            "file": str(source),
            "arguments": [compiler, standard, *flags, *flags_of(source), "-c", str(source)],
        })
    pathlib.Path(build, "compile_commands.json").write_text(json.dumps(commands, indent=1))


def run(command, **options):
    return subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=300, **options)


def check(tool, build, checks, sources):
    """Runs `threadbare check`; gives the SARIF log."""
    done = run([tool, "check", "-p", build, "--checks", checks, "--format", "sarif", *sources])
    if done.returncode not in (0, 1):
        raise ToolFailed(f"exit status {done.returncode}: {done.stderr.strip()[-2000:]}")
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        raise ToolFailed(f"its output is no JSON: {error}") from error


class Found:
    """One finding, however it was reported: place, message, and the messages of the path."""

    def __init__(self, check, file, line, column, message, notes):
        self.check, self.file, self.line, self.column = check, file, line, column
        self.message, self.notes = message, notes

    @property
    def text(self):
        return self.message + "\n" + " -> ".join(self.notes)

    @property
    def place(self):
        return (self.file, self.line)


def relative(path, root):
    try:
        return str(pathlib.Path(path).resolve().relative_to(root.resolve()))
    except ValueError:
        return path


def from_sarif(log, root):
    """The findings of a log that are not suppressed, with paths relative to `root` where they are below it.

    The second line of a message is the advice, which is a note elsewhere."""
    found = []
    for part in log["runs"]:
        bases = part.get("originalUriBaseIds", {})
        for result in part.get("results", []):
            if result.get("suppressions"):
                continue
            notes = [r.get("message", {}).get("text", "") for r in result.get("relatedLocations", [])]
            for flow in result.get("codeFlows", []):
                for thread in flow.get("threadFlows", []):
                    notes += [s["location"].get("message", {}).get("text", "") for s in thread["locations"]]
            where = result["locations"][0]["physicalLocation"]
            uri = where["artifactLocation"]["uri"]
            base = bases.get(where["artifactLocation"].get("uriBaseId"), {}).get("uri", "")
            path = (base + uri).removeprefix("file://")
            region = where["region"]
            found.append(Found(result["ruleId"], relative(path, root), region["startLine"],
                               region.get("startColumn", 0), result["message"]["text"].split("\n")[0], notes))
    return found


DIAGNOSTIC = re.compile(r"^(/[^:\n]+):(\d+):(\d+): (warning|remark|error|note): (.*?)(?: \[([\w.,-]+)\])?$")


def tidy(plugin, build, checks, source, root):
    """Runs clang-tidy with the plugin on one source; gives its findings."""
    done = run([CLANG_TIDY, f"--load={plugin}", f"--checks={checks}", "--header-filter=.*", "--quiet", "-p", build,
                source])
    found = []
    for line in done.stdout.splitlines():
        match = DIAGNOSTIC.match(line)
        if not match:
            continue
        path, row, column, level, message, name = match.groups()
        if level == "note":
            if found:
                found[-1].notes.append(message)
            continue
        name = (name or "").split(",")[0]
        if not name.startswith(PREFIX):
            raise ToolFailed(f"clang-tidy says: {line}")
        found.append(Found(name, relative(path, root), int(row), int(column), message, []))
    if done.returncode != 0:
        raise ToolFailed(f"clang-tidy: exit status {done.returncode}: {(done.stderr or done.stdout).strip()[-2000:]}")
    return found

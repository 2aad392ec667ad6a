# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Under Bazel: the aspect and the rule in its sandbox, and a cache over HTTP that another workspace elsewhere reads.

Debian's Bazel comes without the network: the repositories that it would fetch are Debian's packages or a few lines.
"""
# REQUIRES: bazel
# UNSUPPORTED: sanitized
# RUN: rm -rf %t && %python %s %threadbare %root %t
import contextlib
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

program, root, scratch = sys.argv[1:]
scratch = pathlib.Path(scratch)
DEBIAN = "/usr/share/bazel"

FILES = {
    "WORKSPACE": f"""
local_repository(name = "threadbare", path = "{root}/tools/bazel")
load("@threadbare//:threadbare.bzl", "threadbare_configure")
threadbare_configure()
""",
    ".bazelrc": "build --@threadbare//:config=//:threadbare_config\n",
    "BUILD": """
load("@threadbare//:threadbare.bzl", "threadbare_test")
filegroup(name = "threadbare_config", srcs = [".clang-tidy", "threadbare.yaml"])
cc_binary(name = "app", srcs = ["app.cpp", "task.h"], copts = ["-std=c++20", "-fcoroutines"], deps = ["//lib:load"])
threadbare_test(name = "app_threadbare", targets = [":app"])
threadbare_test(name = "app_sync", targets = [":app"], checks = ["-*", "threadbare-sync-*"])
""",
    ".clang-tidy": "WarningsAsErrors: '*'\n",
    "threadbare.yaml": "blocking:\n  - name: fetch_row\n    instead: ask 'row_cache' first\n",
    "lib/BUILD": """
genrule(name = "generate", outs = ["generated.h"], cmd = "echo 'extern \\"C\\" void fetch_row();' > $@")
cc_library(name = "load", srcs = ["load.cpp", "plain.c"], hdrs = ["load.h", "generated.h"],
           copts = ["-DWITH='a space'"], local_defines = ["LOCAL"], visibility = ["//visibility:public"])
""",
    "lib/load.h": "#pragma once\nvoid load();\n",
    "lib/load.cpp": """#include "lib/load.h"
#include "lib/generated.h"
#ifndef LOCAL
#error
#endif
void load() { fetch_row(); }
""",
    "lib/plain.c": "int plain(int new) { return new; }\n",
    "task.h": """#pragma once
#include <coroutine>
struct task {
  struct promise_type {
    task get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};
""",
    "app.cpp": """#include "lib/load.h"
#include "task.h"
task app_bad() { load(); co_return; }
extern "C" void fetch_row() {}
int main() { app_bad(); }
""",
}
EXPECTED = """app.cpp:3:18: error: 'load' blocks the thread that runs this coroutine \
[threadbare-blocking-call-in-coroutine,-warnings-as-errors]
    3 | task app_bad() { load(); co_return; }
      |                  ^
lib/load.cpp:6:15: note: 'load' calls 'fetch_row', which waits
    6 | void load() { fetch_row(); }
      |               ^
app.cpp:3:18: note: instead: ask 'row_cache' first
"""


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)


def overrides():
    """What Bazel would fetch although nobody here needs it."""
    native = "".join(f"{rule} = native.{rule}\n" for rule in (
        "cc_binary", "cc_library", "cc_test", "cc_import", "cc_toolchain", "cc_toolchain_suite", "cc_proto_library",
        "objc_library"))
    write(scratch / "rules_cc", {"WORKSPACE": "", "BUILD": "", "cc/BUILD": "", "cc/defs.bzl": native})
    write(scratch / "coverage", {
        "WORKSPACE": "", "none.sh": "#!/bin/sh\n",
        "BUILD": 'sh_binary(name = "coverage_report_generator", srcs = ["none.sh"], '
                 'visibility = ["//visibility:public"])\n'})
    repositories = {
        "rules_java": f"{DEBIAN}/rules/java", "rules_proto": f"{DEBIAN}/rules/proto",
        "platforms": f"{DEBIAN}/tools/platforms", "bazel_skylib": f"{DEBIAN}/tools/skylib",
        "rules_cc": scratch / "rules_cc", "remote_coverage_tools": scratch / "coverage"}
    return [f"--override_repository={name}={path}" for name, path in repositories.items()]


class Workspace:
    def __init__(self, folder, output_root):
        self.folder = folder
        # Sockets have short names.
        self.bazel = ["bazel", f"--output_user_root={output_root}", "--max_idle_secs=60"]
        self.environment = {**os.environ, "HOME": str(scratch), "USER": "tester", "THREADBARE": program}
        write(folder, FILES)

    def run(self, command, *arguments, status=0):
        options = [] if command == "shutdown" else overrides()
        done = subprocess.run([*self.bazel, command, *options, *arguments], cwd=self.folder, env=self.environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != status:
            sys.exit(f"bazel {command} {arguments}: exit status {done.returncode}, not {status}\n{done.stdout}")
        return done.stdout

    def report(self, name="app_threadbare.txt"):
        return (self.folder / "bazel-bin" / name).read_text()


def processes(said, kind):
    """How many actions Bazel ran (or took from a cache) in this way."""
    line = re.findall(r"INFO: \d+ process(?:es)?: .*", said)[-1]
    found = re.search(rf"(\d+) {kind}", line)
    return int(found[1]) if found else 0


@contextlib.contextmanager
def cache():
    """A cache as Bazel's protocol wants it: nginx with PUT. Gives its address."""
    folder = scratch / "nginx"
    (folder / "files").mkdir(parents=True)
    for path in (folder, folder / "files"):
        path.chmod(0o777)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    temporary = "".join(f"{name}_temp_path {folder}/{name};\n"
                        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "conf").write_text(f"""
daemon off;
pid {folder}/pid;
error_log {folder}/error;
events {{}}
http {{
  access_log {folder}/access;
  {temporary}
  server {{
    listen 127.0.0.1:{port};
    root {folder}/files;
    dav_methods PUT;
    create_full_put_path on;
    client_max_body_size 100m;
  }}
}}
""")
    server = subprocess.Popen(["/usr/sbin/nginx", "-c", folder / "conf"], stdin=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def first_workspace(work, address):
    remote = f"--remote_cache={address}"
    # Findings are in the report, and fail the test alone.
    said = work.run("build", remote, "//:app_threadbare")
    assert work.report() == EXPECTED, work.report()
    assert processes(said, "remote cache hit") == 0, said
    said = work.run("test", remote, "--test_output=all", "//:app_threadbare", status=3)
    assert EXPECTED in said, said
    work.run("test", remote, "//:app_sync")
    work.run("build", remote, "--output_groups=sarif", "//:app_threadbare")
    log = work.report("app_threadbare.sarif")
    assert '"uri": "lib/load.cpp"' in log and str(scratch) not in log, log
    work.run("build", remote, "//lib:load", "--aspects=@threadbare//:threadbare.bzl%threadbare_aspect",
             "--output_groups=threadbare")
    summaries = sorted(path.name for path in (work.folder / "bazel-bin/lib/_threadbare").rglob("*.tbs"))
    assert summaries == ["load.cpp.tbs", "plain.c.tbs"], summaries


SANDBOX = "(?:linux-sandbox|processwrapper-sandbox)"


def one_file_touched(work):
    app = work.folder / "app.cpp"
    # What does not change the summary does not come as far as the link.
    app.write_text(FILES["app.cpp"] + "// touched\n")
    said = work.run("build", "//:app_threadbare")
    assert processes(said, SANDBOX) == 1 and work.report() == EXPECTED, said
    app.write_text("// touched\n" + FILES["app.cpp"])
    said = work.run("build", "//:app_threadbare")
    assert processes(said, SANDBOX) == 2 and work.report().startswith("app.cpp:4:18: error: "), said


def main():
    output_root = tempfile.mkdtemp(prefix="tb")
    spaces = [Workspace(scratch / "one", f"{output_root}/1"), Workspace(scratch / "far" / "two", f"{output_root}/2")]
    try:
        with cache() as address:
            first_workspace(spaces[0], address)
            # Elsewhere, with nothing of its own: all is in the cache, whatever the folders are called.
            said = spaces[1].run("build", f"--remote_cache={address}", "//:app_threadbare")
            assert processes(said, "remote cache hit") == 5, said
            assert processes(said, SANDBOX) == 0, said
            assert spaces[1].report() == EXPECTED
        one_file_touched(spaces[0])
    finally:
        for space in spaces:
            space.run("shutdown")
        subprocess.run(["chmod", "-R", "u+w", output_root], check=False)
        shutil.rmtree(output_root, ignore_errors=True)


main()

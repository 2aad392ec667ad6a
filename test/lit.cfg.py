# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# -*- Python -*-
#
#   %threadbare   the program
#   %plugin       the clang-tidy plugin
#   %tidy         clang-tidy with the plugin loaded
#   %check        `threadbare check` on a source file or a folder, with a compile database made for it on the fly
#   %marks        compares findings with the marks in the sources, in `threadbare check` and in the plugin
#   %python       Debian's Python
#   %root         the repository
#   %build        the build directory
import os
import shutil
import subprocess

import lit.formats

config.name = "threadbare"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".cpp", ".c", ".test", ".py"]
config.excludes = ["Inputs", "tools", "unit", "lit.cfg.py"]
config.test_source_root = os.path.dirname(os.path.abspath(__file__))

root = os.path.dirname(config.test_source_root)
build = os.path.abspath(lit_config.params.get("build", os.path.join(root, "build", "release")))
config.test_exec_root = os.path.join(build, "test")
os.makedirs(config.test_exec_root, exist_ok=True)

llvm = "/usr/lib/llvm-19/bin"
tools = os.path.join(config.test_source_root, "tools")
threadbare = os.path.join(build, "bin", "threadbare")
plugin = os.path.join(build, "lib", "libthreadbare-tidy.so")
python = "/usr/bin/python3"

config.environment["PATH"] = os.pathsep.join([llvm, "/usr/bin", "/bin", "/usr/sbin", "/sbin"])
config.environment["LC_ALL"] = "C.UTF-8"
config.environment["PYTHONDONTWRITEBYTECODE"] = "1"
# Not the user's cache: nothing of an earlier run is in it, and all tests share it.
config.environment["XDG_CACHE_HOME"] = os.path.join(config.test_exec_root, "cache-home")
shutil.rmtree(config.environment["XDG_CACHE_HOME"], ignore_errors=True)
for name in ("ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

# clang-tidy is not built with sanitizers and cannot load a plugin that is.
cache = os.path.join(build, "CMakeCache.txt")
sanitized = os.path.exists(cache) and "-fsanitize=" in open(cache).read()
if sanitized:
    config.available_features.add("sanitized")
# Debian's, which brings the repositories that it would fetch otherwise (tools/setup bazel), and a cache for it.
if all(map(os.path.exists, ("/usr/bin/bazel", "/usr/share/bazel/rules/java", "/usr/sbin/nginx"))):
    config.available_features.add("bazel")
if os.path.exists("/usr/include/asio.hpp"):
    config.available_features.add("asio")
# A build with probes lies over the user's in a mount namespace, which needs root or user namespaces; in a chroot
# neither helps.
if any(subprocess.run(["unshare", *how, "--mount", "true"], capture_output=True).returncode == 0
       for how in ([], ["--map-root-user"])):
    config.available_features.add("mount-namespace")
with_plugin = "" if sanitized else f" --plugin {plugin}"

# Who may mount a file system of his own can test what happens when one is full or read-only.
mount = ["unshare", "--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs", config.test_exec_root]
if subprocess.run(mount, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
    config.available_features.add("mount")

# Substitutions apply in order, each to what the one before it gave: none may be the beginning of a later one.
config.substitutions += [
    ("%threadbare", threadbare),
    ("%plugin", plugin),
    ("%tidy", f"{llvm}/clang-tidy --load={plugin}"),
    ("%check", f"{python} {tools}/check-case --tool {threadbare}"),
    ("%marks", f"{python} {tools}/check-marks --tool {threadbare}{with_plugin}"),
    ("%python", python),
    ("%root", root),
    ("%build", build),
]

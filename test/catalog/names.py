# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every name in the catalog that belongs to a library installed here is one that clang prints: a name that it does not
print is never found in a program."""
# RUN: %python %s %root %build/analysis/catalog/threadbare-compile-catalog
import pathlib
import re
import subprocess
import sys

CLANG = "/usr/lib/llvm-19/bin/clang++"
STD = """algorithm any array atomic barrier bitset condition_variable coroutine deque filesystem forward_list fstream
functional future iostream latch list map memory mutex numeric optional queue random ranges semaphore set shared_mutex
span stack stop_token string thread tuple unordered_map unordered_set utility variant vector""".split()
POSIX = """aio.h arpa/inet.h assert.h dirent.h dlfcn.h fcntl.h fts.h ftw.h glob.h grp.h malloc.h mqueue.h netdb.h poll.h
pthread.h pwd.h search.h semaphore.h setjmp.h shadow.h signal.h stdio.h stdlib.h string.h sys/epoll.h sys/eventfd.h
sys/file.h sys/inotify.h sys/ioctl.h sys/mman.h sys/mount.h sys/msg.h sys/random.h sys/reboot.h sys/select.h sys/sem.h
sys/sendfile.h sys/signalfd.h sys/socket.h sys/stat.h sys/statfs.h sys/statvfs.h sys/time.h sys/timerfd.h sys/uio.h
sys/wait.h syslog.h termios.h threads.h time.h unistd.h utime.h wordexp.h""".split()

# Which file of models, what to include, which names of it and of blocking.yaml belong there, and those among them
# that another release or another implementation of the library prints.
LIBRARIES = [
    ("std.yaml", "c++23", STD, r"std::", {
        # libc++
        "std::future::wait", "std::future::wait_for", "std::future::wait_until", "std::shared_future::wait",
        "std::shared_future::wait_for", "std::shared_future::wait_until", "std::shared_ptr::get",
        "std::shared_ptr::operator->", "std::shared_ptr::operator*", "std::shared_ptr::operator[]",
        # libstdc++ from 13 on
        "std::forward_like", "std::generator",
        # Declared by newer libstdc++ only, or implicit
        "std::atomic_flag_test", "std::atomic_flag_test_explicit", "std::atomic_flag_wait",
        "std::atomic_flag_wait_explicit", "std::future::~future"}),
    ("posix.yaml", "c", POSIX, None, set()),
    ("openmp.yaml", "c", ["omp.h"], None, set()),
    ("libuv.yaml", "c", ["uv.h"], r"uv_", set()),
    ("asio.yaml", "c++20", ["boost/asio.hpp", "boost/asio/spawn.hpp", "boost/asio/ssl.hpp",
                            "boost/asio/experimental/as_tuple.hpp", "boost/asio/experimental/channel.hpp",
                            "boost/asio/experimental/concurrent_channel.hpp",
                            "boost/asio/experimental/coro.hpp", "boost/asio/experimental/use_coro.hpp",
                            "boost/asio/experimental/promise.hpp", "boost/asio/experimental/use_promise.hpp"],
     r"boost::asio::(?!basic_(\w+_)?file)", set()),
    ("tbb.yaml", "c++20", ["tbb/tbb.h"], r"tbb::", set()),
]


def plain(name):
    """A name as the catalog has it: without template arguments, conversion functions by one name."""
    if "<" not in name and "operator " not in name:
        return name
    out, depth, i = "", 0, 0
    while i < len(name):
        if depth == 0 and name.startswith("operator", i) and (i == 0 or name[i - 1] == ":"):
            symbol = re.match(r"operator(?:[<>=*-]+| (?!new|delete|co_await))?", name[i:])[0]
            if symbol.endswith(" "):
                return out + "operator T"
            out, i = out + symbol, i + len(symbol)
            continue
        if name[i] == "<":
            depth += 1
        elif name[i] == ">" and depth and name[i - 1] != "-":
            depth -= 1
        elif depth == 0:
            out += name[i]
        i += 1
    return out


def printed(standard, headers):
    """What clang prints for these headers, or None where they are not installed."""
    language = ["-x", "c", "-std=gnu17"] if standard == "c" else ["-x", "c++", f"-std={standard}"]
    flags = [CLANG, *language, "-D_GNU_SOURCE", "-fsyntax-only", "-w"]
    if headers == ["omp.h"]:
        flags.append("-fopenmp")
    text = "".join(f"#include <{h}>\n" for h in headers)
    probe = "".join(f"#if !__has_include(<{h}>)\n#error {h}\n#endif\n" for h in headers)
    if subprocess.run([*flags, "-E", "-"], input=probe, capture_output=True, text=True).returncode:
        return None
    done = subprocess.run([*flags, "-Xclang", "-ast-list", "-"], input=text, capture_output=True, text=True, check=True)
    return {plain(line) for line in set(done.stdout.splitlines())}


def names_in(compiler, file):
    done = subprocess.run([compiler, "--names", file], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines())


def main():
    catalog, compiler = pathlib.Path(sys.argv[1], "analysis/catalog"), sys.argv[2]
    blocking = names_in(compiler, catalog / "blocking.yaml")
    status = 0
    for file, standard, headers, prefix, elsewhere in LIBRARIES:
        known = printed(standard, headers)
        if known is None:
            print(f"{file}: not installed")
            continue
        names = names_in(compiler, catalog / file)
        assert len(names) > 10, f"{file}: {len(names)} names"
        if prefix:
            names |= {n for n in blocking if re.match(prefix, n)}
        unknown = sorted(names - known - elsewhere)
        if unknown:
            print(f"{file}: clang prints no such name: {', '.join(unknown)}")
            status = 1
        print(f"{file}: {len(names)} names, {len(names & known)} of them printed here")
    return status


if __name__ == "__main__":
    sys.exit(main())

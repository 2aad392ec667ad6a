# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# REQUIRES: mount-namespace
# UNSUPPORTED: sanitized
# Ctrl-C ends the program that runs, keeps what was found out, and leaves nothing behind.
# RUN: rm -rf %t && cmake -S %S/Inputs -B %t -G Ninja -DCMAKE_CXX_COMPILER=clang++-19 -DSOURCE=counters.cpp
# RUN: %python %S/Inputs/claims.py %S/Inputs/counters.cpp 'locked_ok|never' > %t/f.sarif
# RUN: %python %s %threadbare %t > %t/out
# RUN: FileCheck %s --input-file %t/out
# CHECK: not measured {{.*}}: locked_ok
# CHECK-NEXT: interrupted
# CHECK: not exercised {{.*}}: never
# CHECK: SUMMARY: threadbare: 0 confirmed, 0 not reproduced, 1 not exercised, 1 not measured
# CHECK: status 2
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

tool, build = sys.argv[1], pathlib.Path(sys.argv[2])
temporary = pathlib.Path(tempfile.mkdtemp())
verdicts = build / "verdicts.sarif"
process = subprocess.Popen([tool, "verify", build / "f.sarif", "-p", build, "--budget", "600", "--output", verdicts, "--",
                            build / "planted"],
                           env={**os.environ, "TMPDIR": str(temporary)}, stdout=subprocess.PIPE, text=True)
# The first run aims at nothing; in the third, the finding that cannot be reproduced is being tried.
while process.poll() is None and not list(temporary.glob("*/run3")):
    time.sleep(0.01)
process.send_signal(signal.SIGINT)
print(process.communicate()[0])
print("status", process.returncode)

left = list(temporary.iterdir())
assert not left, left
temporary.rmdir()
results = json.loads(verdicts.read_text())["runs"][0]["results"]
measured = [result["properties"]["threadbare"].get("verdict") for result in results]
assert sorted(map(str, measured)) == ["None", "not-exercised"], measured

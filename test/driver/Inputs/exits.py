# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""exits.py STATUS COMMAND ...: runs the command, and fails unless it ends with exactly that status."""
import subprocess
import sys

wanted, command = int(sys.argv[1]), sys.argv[2:]
status = subprocess.run(command, stdin=subprocess.DEVNULL).returncode
if status != wanted:
    sys.exit(f"exit status {status}, not {wanted}: {' '.join(command)}")

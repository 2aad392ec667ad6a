# A small file system at $2, seen by nobody else: what a run does where the cache is full or read-only.
set -e
threadbare=$1 cache=$2
mount -t tmpfs -o size=16k tmpfs "$cache"
# Room for something and not for everything.
"$threadbare" check -p . --cache-dir "$cache" --jobs 1 > full.out 2> full.err || echo $? > full.status
"$threadbare" check -p . --cache-dir "$cache" --jobs 1 > full2.out 2> full2.err || true
rm -f "$cache"/*
mount -o remount,size=1m "$cache"
"$threadbare" check -p . --cache-dir "$cache" a.cpp > /dev/null 2>&1 || true
mount -o remount,ro "$cache"
"$threadbare" check -p . --cache-dir "$cache" --stats a.cpp > readonly-hit.out 2> readonly-hit.err || true
"$threadbare" check -p . --cache-dir "$cache" > readonly.out 2> readonly.err || true

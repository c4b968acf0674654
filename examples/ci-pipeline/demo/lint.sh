#!/bin/sh
# Every script must parse, and must not print with printf what echo can.
set -e
sh -n greet.sh
if grep -n printf greet.sh; then
    echo "greet.sh: use echo" >&2
    exit 1
fi

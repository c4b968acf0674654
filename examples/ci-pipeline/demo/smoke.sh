#!/bin/sh
# Runs inside the release: does it answer as it will be asked to?
said=$(sh greet.sh)
if [ "$said" != "hello, world" ]; then
    echo "the release said \"$said\"" >&2
    exit 1
fi

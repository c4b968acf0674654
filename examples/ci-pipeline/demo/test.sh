#!/bin/sh
said=$(sh greet.sh Ada)
if [ "$said" != "hello, Ada" ]; then
    echo "greet.sh said \"$said\"" >&2
    exit 1
fi

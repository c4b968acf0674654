#!/bin/sh
# $1: the folder that becomes the release.
set -e
mkdir -p "$1"
cp greet.sh smoke.sh "$1/"

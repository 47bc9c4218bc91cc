#!/bin/sh
# Puts the secrets that this container was given (a file each, named as the variable) into the environment of a program,
# and becomes it. What is set already stays.
set -eu
for file in /run/watchtower/*; do
  [ -f "$file" ] || continue
  name=${file##*/}
  eval "set=\${$name:-}"
  [ -n "$set" ] || export "$name=$(cat "$file")"
done
exec "$@"

#!/bin/sh
# Starts the program beside this folder, after a look at what the program needs of this system. Without
# that look, the dynamic linker's error would be all that a person sees.
need_major=@GLIBC_MAJOR@ need_minor=@GLIBC_MINOR@ machine=@MACHINE@ linker=@LINKER@
need=$need_major.$need_minor
self=$(readlink -f -- "$0") || self=$0
root=$(dirname -- "$(dirname -- "$self")")
refuse() {
  printf '%s: error: %s\n  hint: %s\n' "$(basename -- "$self")" "$1" "$2" >&2
  exit 3
}
other="build it here from its sources (scripts/quickstart), or take a package made for this system"
[ "$(uname -s)" = Linux ] || refuse "this archive is for Linux, not for $(uname -s)" "$other"
[ "$(uname -m)" = "$machine" ] || refuse "this archive is for $machine processors, not for $(uname -m)" "$other"
libc=$(getconf GNU_LIBC_VERSION 2>/dev/null) || libc=none
case $libc in
  glibc\ [0-9]*.[0-9]*)
    version=${libc#glibc }
    major=${version%%.*} minor=${version#*.} minor=${minor%%.*}
    [ $((major * 1000 + minor)) -ge $((need_major * 1000 + need_minor)) ] ||
      refuse "the C library of this system is glibc $version, and this archive needs $need" "$other"
    ;;
  *)
    # Without getconf nothing is known; without glibc's dynamic linker nothing can start.
    [ -e "$linker" ] || refuse "this system has no glibc, and this archive needs it (from $need on)" "$other"
    ;;
esac
exec "$root/program/$(basename -- "$self")" "$@"

#!/usr/bin/env bash
# Usage: out_of_tree.sh CMAKE BUILD-FOLDER SOURCE-FOLDER CXX-COMPILER
set -euo pipefail
cmake=$1 build=$2 source=$3 compiler=$4

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$cmake" --install "$build" --prefix "$folder/installed" >"$folder/install.log"
headers=$folder/installed/include/assay

# build FOLDER OPTIONS...: configures and builds a copy of it against the installation.
build() {
  local copy
  copy=$folder/$(basename "$1")
  cp -r "$1" "$copy"
  "$cmake" -S "$copy" -B "$copy/build" -DCMAKE_PREFIX_PATH="$folder/installed" \
    -DCMAKE_CXX_COMPILER="$compiler" "${@:2}" >"$copy.log"
  "$cmake" --build "$copy/build"
}

# Every header of the project that an installed header names, in code or comments, must be
# installed.
missing=0
for mentioned in $(grep -rhoE '\b(backends|kernels)/[a-z_/-]+\.h\b' "$headers" | sort -u); do
  [ -f "$headers/$mentioned" ] && continue
  echo "an installed header mentions $mentioned, which is not installed"
  missing=1
done
[ $missing = 0 ]

build "$source/tests/sdk/kernels_user" -DASSAY_HEADERS="$headers"
"$folder/kernels_user/build/kernels_user" | grep -qx 'rank 3: a 256 bytes'

build "$source/backends/sdk/example" -DCMAKE_CXX_FLAGS="-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"
export ASSAY_BACKEND_PATH=$folder/example/build ASSAY_DB=$folder/store.db
assay=$folder/installed/bin/assay
"$assay" conform "$folder/example/build/assay_backend_example.so"
"$assay" devices | grep -q '^example:0  *Example 1'
"$assay" run --device example --budget 100ms --problem 'matmul m=64 n=64 k=64 a=f32' \
  --problem 'triad n=4096 type=f32'
"$assay" show --json | grep -c '"status": "ok"' | grep -qx 2

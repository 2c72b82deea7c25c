#!/usr/bin/env bash
# Usage: out_of_tree.sh CMAKE BUILD-FOLDER SOURCE-FOLDER CXX-COMPILER
set -euo pipefail
cmake=$1 build=$2 source=$3 compiler=$4

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$cmake" --install "$build" --prefix "$folder/installed" >"$folder/install.log"
cp -r "$source/backends/sdk/example" "$folder/example"
"$cmake" -S "$folder/example" -B "$folder/build" -DCMAKE_PREFIX_PATH="$folder/installed" \
  -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror" >"$folder/configure.log"
"$cmake" --build "$folder/build"

export ASSAY_BACKEND_PATH=$folder/build ASSAY_DB=$folder/store.db
assay=$folder/installed/bin/assay
"$assay" conform "$folder/build/assay_backend_example.so"
"$assay" devices | grep -q '^example:0  *Example 1'
"$assay" run --device example --budget 100ms --problem 'matmul m=64 n=64 k=64 a=f32' \
  --problem 'triad n=4096 type=f32'
"$assay" show --json | grep -c '"status": "ok"' | grep -qx 2

#!/usr/bin/env bash
# The C library as others use it: installed static and shared, by find_package, by pkg-config and as a subdirectory, from C
# and C++, by every compiler that is here; all print the digests that Node does. Outside CI, which does --quick: what the release
# build of the tests installs, from C.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
settings=(optimizer=adam lr=0.02 steps=60)

if [ "${1:-}" = --quick ]; then
  expected=$(build/native/trainscope-native "${settings[@]}" | sed 's/.*"digest":"\([0-9a-f]*\)".*/\1/')
  cmake --install build/native --prefix "$work/installed" > "$work/log"
  cmake -S examples -B "$work/examples" -DCMAKE_PREFIX_PATH="$work/installed" -DTRAINSCOPE_EXAMPLE_CPP=OFF >> "$work/log"
  cmake --build "$work/examples" >> "$work/log"
  found=$("$work/examples/train_c" "${settings[@]}" | tail -1)
  [ "$found" = "$expected" ] || { echo "the installed library: $found is not $expected" >&2; exit 1; }
  exit 0
fi
for program in cc c++ cmake nm pkg-config; do
  command -v "$program" > /dev/null || { echo "$program is missing: apt-get install g++ cmake binutils pkg-config" >&2; exit 2; }
done
expected=$(node web/cli.js train --optimizer adam --lr 0.02 --steps 60 --json | sed 's/.*"digest":"\([0-9a-f]*\)".*/\1/')
expected_cpp=$(node web/cli.js train --optimizer adam --lr 0.01 --steps 200 --change 100:lr=0.02 --json |
  sed 's/.*"digest":"\([0-9a-f]*\)".*/\1/')

same() { # same WHAT EXPECTED FOUND
  [ "$2" = "$3" ] || { echo "$1: $3 is not $2" >&2; exit 1; }
  echo "ok  $1"
}

# try NAME CC CXX CMAKE-OPTIONS…: builds, installs, moves, finds, runs.
try() {
  local name=$1 cc=$2 cxx=$3 at=$work/$1
  shift 3
  cmake -S "$root" -B "$at/build" -DCMAKE_C_COMPILER="$cc" -DTRAINSCOPE_TESTS=OFF -DTRAINSCOPE_STRICT=ON \
    -DCMAKE_INSTALL_PREFIX="$at/installed" -DCMAKE_INSTALL_LIBDIR=lib "$@" > "$at.log"
  cmake --build "$at/build" --parallel "$(nproc)" >> "$at.log"
  cmake --install "$at/build" >> "$at.log"
  mv "$at/installed" "$at/moved"
  cmake -S "$root/examples" -B "$at/examples" -DCMAKE_C_COMPILER="$cc" -DCMAKE_CXX_COMPILER="$cxx" \
    -DCMAKE_PREFIX_PATH="$at/moved" >> "$at.log"
  cmake --build "$at/examples" >> "$at.log"
  same "$name, find_package, C" "$expected" "$("$at/examples/train_c" "${settings[@]}" | tail -1)"
  same "$name, find_package, C++" "$expected_cpp" "$("$at/examples/train_cpp" | tail -1)"
  # shellcheck disable=SC2046 # the flags are words
  "$cc" -std=c11 "$root/examples/train.c" \
    $(PKG_CONFIG_PATH=$at/moved/lib/pkgconfig pkg-config --cflags --libs --static trainscope) -o "$at/train"
  same "$name, pkg-config" "$expected" "$(LD_LIBRARY_PATH=$at/moved/lib "$at/train" "${settings[@]}" | tail -1)"
}

mkdir -p "$work"
try static cc c++
try shared cc c++ -DBUILD_SHARED_LIBS=ON
hidden=$(nm -D --defined-only "$work"/shared/moved/lib/libtrainscope.so | awk '{print $3}' | grep -v '^tscope_' || true)
same 'the shared library shows only what begins with tscope_' '' "$hidden"

mkdir "$work/above"
cat > "$work/above/CMakeLists.txt" << CMAKE
cmake_minimum_required(VERSION 3.18)
project(above LANGUAGES C)
add_subdirectory("$root" trainscope)
add_executable(train "$root/examples/train.c")
target_link_libraries(train PRIVATE trainscope::trainscope)
CMAKE
cmake -S "$work/above" -B "$work/above/build" -DCMAKE_BUILD_TYPE=Release > "$work/above.log"
cmake --build "$work/above/build" --parallel "$(nproc)" >> "$work/above.log"
same 'as a subdirectory' "$expected" "$("$work/above/build/train" "${settings[@]}" | tail -1)"
[ ! -e "$work/above/build/trainscope/trainscope-native" ] || { echo 'a subdirectory builds tests' >&2; exit 1; }

for version in 11 12 13 14 15; do
  if command -v "gcc-$version" > /dev/null; then try "gcc-$version" "gcc-$version" "g++-$version"; fi
done
for version in 13 14 15 16 17 18 19 20; do
  if command -v "clang-$version" > /dev/null; then try "clang-$version" "clang-$version" "clang++-$version"; fi
done

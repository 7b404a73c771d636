#!/usr/bin/env bash
# Everything that can be done with a checkout of Trainscope. Call it without a verb to see the verbs.
# Works with bash 3.2 (macOS). Installs what is missing, says so, and never asks the network when all is there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
readonly ROOT=$PWD
# The programs of the npm packages; npx would begin npm for each call.
PATH="$ROOT/node_modules/.bin:$PATH"

# The core, and the same core for several threads on one shared memory.
readonly WASM=build/trainscope.wasm THREADS_WASM=build/trainscope-threads.wasm
# Both once more, with multiply-adds that round once.
readonly FUSED_WASM=build/trainscope-fused.wasm FUSED_THREADS_WASM=build/trainscope-fused-threads.wasm
readonly CHECKED_NATIVE=build/native-checked FAST_NATIVE=build/native FUZZERS=build/fuzz

# The compiler fuses nothing: the same bits everywhere.
readonly C_FLAGS='-O3 -DNDEBUG -msimd128 -std=c11 -ffp-contract=off -fno-math-errno -Wall -Wextra'
# One import, env.memory, which JS creates and grows; a .wasm output makes Emscripten write no glue.
readonly LINK_FLAGS='-O3 -sSTANDALONE_WASM --no-entry -sTOTAL_STACK=1MB -sINITIAL_MEMORY=4MB
  -sALLOW_MEMORY_GROWTH=1 -sMAXIMUM_MEMORY=2GB -Wl,--import-memory'
# Each thread's instance is given a stack of its own, by writing to the exported stack pointer.
readonly THREADS_C_FLAGS='-matomics -mbulk-memory -mmutable-globals'
readonly THREADS_LINK_FLAGS='-Wl,--shared-memory -Wl,--export=__stack_pointer'
# What tscope_madd of src/math/simd.h fuses, and nothing else.
readonly FUSED_C_FLAGS='-DTSCOPE_FUSED -mrelaxed-simd'
# The last release of clang whose encoding of the instruction engines do not know is 15.
readonly RELAXED_CLANG=16

say() { printf '%s\n' "$*" >&2; }
die() {
  say "build.sh: $*"
  exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }
core_count() { getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2; }

# ---- installing what is missing -----------------------------------------------------------------------------------

apt_is_fresh=
refresh_apt() {
  local sudo=
  [ "$(id -u)" = 0 ] || sudo=sudo
  if [ -z "$apt_is_fresh" ]; then
    $sudo apt-get update -qq >&2
    apt_is_fresh=yes
  fi
}

# install_package WHAT APT-NAMES BREW-NAMES
install_package() {
  if has apt-get; then
    local sudo=
    [ "$(id -u)" = 0 ] || sudo=sudo
    say "Installing $1: ${sudo:+sudo }apt-get install $2"
    refresh_apt
    # shellcheck disable=SC2086 # the names are a list
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $2 >&2
  elif has brew; then
    say "Installing $1: brew install $3"
    # shellcheck disable=SC2086
    brew install $3 >&2
  else
    die "$1 is missing, and neither apt-get nor brew is here to install it."
  fi
}

need_compiler() {
  if ! has cc; then
    if has xcode-select; then die 'no C compiler: run xcode-select --install, then this again.'; fi
    install_package 'a C compiler' 'gcc libc6-dev' gcc
  fi
  has make || install_package make make make
  has cmake || install_package CMake cmake cmake
}

# Both compilers by one call of the installer, where that is apt-get: most of its time is not the packages'.
need_compilers() {
  local missing=''
  has cc || missing="$missing gcc libc6-dev"
  has make || missing="$missing make"
  has cmake || missing="$missing cmake"
  has emcc || missing="$missing emscripten$(list_relaxed_clang)"
  if [ -n "$missing" ] && has apt-get; then install_package 'the compilers' "${missing# }" ''; fi
  need_compiler
  need_emscripten
}

need_emscripten() { has emcc || install_package Emscripten "emscripten$(list_relaxed_clang)" emscripten; }

# Prints the packages of the compiler of fused arithmetic, where it is to be had and Emscripten comes without.
list_relaxed_clang() {
  has apt-get && [ -z "$(find_relaxed_clang)" ] || return 0
  refresh_apt
  # Not piped into grep -q: a pipe that its last part leaves early has failed, says pipefail.
  local candidates
  candidates=$(LC_ALL=C apt-cache policy emscripten clang-19 lld-19)
  # Debian 12's Emscripten 3.1.6 is the last with clang 15; Ubuntu's and later ones have what it takes.
  if [[ $candidates = *'Candidate: 3.1.6'[!0-9]*'Candidate: '[0-9]*'Candidate: '[0-9]* ]]; then printf ' clang-19 lld-19'; fi
}

node_is_recent() { has node && node -e 'process.exit(+process.versions.node.split(".")[0] >= 20 ? 0 : 1)'; }

# Debian 12 and Ubuntu 24.04 have Node 18, whose npm can fetch a later Node for this checkout alone.
need_node() {
  PATH="$PWD/build/node/node_modules/node/bin:$PATH"
  hash -r
  if ! node_is_recent; then
    has npm || install_package Node.js 'nodejs npm ca-certificates' node
    hash -r
  fi
  if ! node_is_recent; then
    say "Installing Node.js 22 for this checkout, because $(node --version) is too old: npm install node@22"
    mkdir -p build/node
    npm install --prefix build/node --no-audit --no-fund --no-save node@22 >&2
    hash -r
    node_is_recent || die 'Node.js 20 or later is needed: see https://nodejs.org.'
  fi
  has npm || install_package npm npm node
}

need_packages() {
  need_node
  if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    say 'Installing the npm packages of package-lock.json: npm ci'
    npm ci --no-audit --no-fund >&2
    touch node_modules/.package-lock.json
  fi
}

# Prints the path of a Chromium that can run here, or nothing. Ubuntu's /usr/bin/chromium-browser only starts a snap.
find_browser() {
  local candidate
  for candidate in "${TRAINSCOPE_BROWSER:-}" "$(command -v chromium || true)" "$(command -v google-chrome || true)" \
    "$(command -v google-chrome-stable || true)" '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome' \
    '/Applications/Chromium.app/Contents/MacOS/Chromium' playwright; do
    # Asked last, because that takes a process of Node.
    if [ "$candidate" = playwright ]; then
      candidate=$(node -e 'import("playwright-core").then((p) => console.log(p.chromium.executablePath()))' 2>/dev/null || true)
    fi
    if [ -z "$candidate" ] || [ ! -x "$candidate" ]; then continue; fi
    case $(readlink -f "$candidate" 2>/dev/null || echo "$candidate") in /usr/bin/snap | /snap/*) continue ;; esac
    printf '%s' "$candidate"
    return
  done
}

is_debian() { [ -r /etc/os-release ] && grep -qx 'ID=debian' /etc/os-release; }

# Leaves the browser's path in TRAINSCOPE_BROWSER, for the tests, and that of its headless shell, if there is one, in
# TRAINSCOPE_HEADLESS_SHELL: most tests run in it unless a browser was chosen.
need_browser() {
  local chosen=${TRAINSCOPE_BROWSER:-}
  TRAINSCOPE_BROWSER=$(find_browser)
  if [ -z "$TRAINSCOPE_BROWSER" ]; then
    if is_debian; then
      install_package Chromium 'chromium chromium-headless-shell' chromium
    elif has apt-get; then # Ubuntu packages Chromium as a snap only
      say 'Installing Chromium and its libraries: npx playwright-core install --with-deps chromium'
      npx playwright-core install --with-deps chromium >&2
    else
      say 'Installing Chromium: npx playwright-core install chromium'
      npx playwright-core install chromium >&2
    fi
    hash -r
    TRAINSCOPE_BROWSER=$(find_browser)
    [ -n "$TRAINSCOPE_BROWSER" ] || die 'no Chromium found; set TRAINSCOPE_BROWSER to the path of one.'
  fi
  export TRAINSCOPE_BROWSER
  if [ -z "$chosen" ]; then
    if is_debian && ! has chromium-headless-shell; then
      install_package 'the headless shell of Chromium' chromium-headless-shell ''
    fi
    TRAINSCOPE_HEADLESS_SHELL=$(command -v chromium-headless-shell || true)
    export TRAINSCOPE_HEADLESS_SHELL
  fi
}

# Firefox and WebKit, where they are packages: Ubuntu has Firefox as a snap only. WebKit's browser needs a screen, which
# Xvfb makes. Tests say which browsers they went without.
need_other_browsers() {
  is_debian || return 0
  local missing=''
  has firefox-esr || missing="$missing firefox-esr"
  has WebKitWebDriver || missing="$missing webkit2gtk-driver"
  has Xvfb || missing="$missing xvfb"
  if [ -n "$missing" ]; then install_package 'Firefox and WebKit' "${missing# }" ''; fi
}

need_all_browsers() {
  need_browser
  need_other_browsers
}

# ---- building -----------------------------------------------------------------------------------------------------

# is_older TARGET FILE…: whether TARGET is missing or older than one of the files.
is_older() {
  local target=$1 file
  [ -e "$target" ] || return 0
  shift
  for file in "$@"; do
    if [ "$file" -nt "$target" ] || [ ! -e "$file" ]; then return 0; fi
  done
  return 1
}

# write_if_changed FILE: writes standard input, but leaves an equal file's time alone.
write_if_changed() {
  cat >"$1.new"
  if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi
}

# replace_folder FOLDER NEW: by one that is whole. A build that was interrupted while it wrote would otherwise leave one whose
# age says that nothing is to be done.
replace_folder() {
  rm -rf "$1"
  mv "$2" "$1"
}

# object_of DIRECTORY SOURCE: of src/a/b.c it is a/b.o; the compiler lists its headers beside it in a/b.d.
object_of() {
  local name=${2#src/}
  printf '%s/%s.o' "$1" "${name%.c}"
}

# Called in parallel, with a directory, the compiler with its flags, and one folder's sources: most of the time that emcc
# takes for a single file is its own beginning.
compile_wasm() {
  local directory=$1 compiler=$2 folder
  shift 2
  folder=$directory/$(basename "$(dirname "$1")")
  mkdir -p "$folder"
  # Without -o, compilers write where they stand.
  # shellcheck disable=SC2086
  (cd "$folder" && $compiler -MMD -c "${@/#/../../../}")
}

build_wasm() {
  need_emscripten
  local plain threads
  # One compilation serves both: atomics of a memory that is not shared are the same instructions, which every engine
  # has that has SIMD.
  compile_core build/wasm "emcc $C_FLAGS $THREADS_C_FLAGS"
  # Most of the time a link keeps one core busy.
  link_core "$WASM" build/wasm "emcc $LINK_FLAGS" -Wl, &
  plain=$!
  link_core "$THREADS_WASM" build/wasm "emcc $LINK_FLAGS $THREADS_LINK_FLAGS" -Wl, &
  threads=$!
  build_fused
  wait "$plain" || die 'the core does not link.'
  wait "$threads" || die 'the core for several threads does not link.'
}

# Emscripten's own clang where it is recent enough, else Debian's with Emscripten's headers and library, linked by its
# own lld: Emscripten's is too old to be given such objects.
build_fused() {
  local release library flags="$C_FLAGS $THREADS_C_FLAGS $FUSED_C_FLAGS" directory=build/wasm-fused
  if emcc_is_relaxed; then
    compile_core "$directory" "emcc $flags"
    link_core "$FUSED_WASM" "$directory" "emcc $LINK_FLAGS" -Wl,
    link_core "$FUSED_THREADS_WASM" "$directory" "emcc $LINK_FLAGS $THREADS_LINK_FLAGS" -Wl,
    return
  fi
  release=$(find_relaxed_clang)
  library=$(em-config CACHE)/sysroot/lib/wasm32-emscripten
  if [ -z "$release" ] || [ ! -e "$library/libc.a" ]; then
    say "Fused arithmetic is left out: it takes Emscripten with clang $RELAXED_CLANG or later, or clang and lld of such a release (clang-19 lld-19)."
    rm -f "$FUSED_WASM" "$FUSED_THREADS_WASM"
    return
  fi
  compile_core "$directory" "$(relaxed_compiler "$release") $flags"
  local link="wasm-ld-$release -O2 --strip-debug --no-entry -z stack-size=1048576 --initial-memory=4194304
    --max-memory=2147483648 --import-memory $library/libstandalonewasm-memgrow.a"
  link_core "$FUSED_WASM" "$directory" "$link $library/libc.a" ''
  link_core "$FUSED_THREADS_WASM" "$directory" "$link $library/libc-mt.a ${THREADS_LINK_FLAGS//-Wl,/}" ''
}

emcc_is_relaxed() {
  local own
  own=$(emcc -dM -E -x c - </dev/null | sed -n 's/^#define __clang_major__ //p')
  [ "${own:-0}" -ge "$RELAXED_CLANG" ]
}

# relaxed_compiler RELEASE: prints how Debian's clang is called with Emscripten's headers.
relaxed_compiler() {
  local sysroot
  sysroot=$(em-config CACHE)/sysroot
  printf '%s' "clang-$1 --target=wasm32-unknown-emscripten -nostdinc -isystem $("clang-$1" -print-resource-dir)/include \
    -isystem $sysroot/include/compat -isystem $sysroot/include"
}

# Prints the latest release of which both clang and wasm-ld are here, or nothing.
find_relaxed_clang() {
  local release
  for release in 23 22 21 20 19 18 17 "$RELAXED_CLANG"; do
    if has "clang-$release" && has "wasm-ld-$release"; then
      printf '%s' "$release"
      return
    fi
  done
}

# compile_core DIRECTORY COMPILER: what is stale, all of src/, into DIRECTORY.
compile_core() {
  # From an object's folder the paths are free of the checkout's own, in which a blank would part the list of headers.
  local directory=$1 compiler="$2 -I../../../include -I../../../src"
  mkdir -p "$directory"
  local source object stale=''
  # Not piped into head: emcc takes a closed pipe for an error.
  # shellcheck disable=SC2086
  { echo "$compiler" && ${compiler%% *} --version; } | write_if_changed "$directory/compile.txt"
  for source in src/*/*.c; do
    object=$(object_of "$directory" "$source")
    # shellcheck disable=SC2046 # the headers are a list: "target: a.c b.h \" over several lines
    if [ ! -e "${object%.o}.d" ] ||
      is_older "$object" "$directory/compile.txt" "$source" $(sed -e 's/^[^:]*://' -e 's/\\$//' -e 's|\.\./\.\./\.\./||g' "${object%.o}.d"); then
      stale="$stale $source"
    fi
  done
  if [ -n "$stale" ]; then
    say "Compiling $(echo "$stale" | wc -w | tr -d ' ') C files into $directory"
    # shellcheck disable=SC2016,SC2086 # each folder's sources are a line of words
    printf '%s\n' $stale | awk -F/ '{ of[$2] = of[$2] " " $0 } END { for (folder in of) print of[folder] }' |
      xargs -P "$(core_count)" -L 1 "$BASH" build.sh compile-wasm "$directory" "$compiler" || die 'the C core does not compile.'
  fi
}

# link_core TARGET DIRECTORY LINKER PREFIX: what was compiled into DIRECTORY; PREFIX stands before a flag of the linker.
link_core() {
  local target=$1 directory=$2 linker=$3 prefix=$4 source symbols objects='' link
  for source in src/*/*.c; do objects="$objects $(object_of "$directory" "$source")"; done
  symbols=$(sed -e 's/#.*//' src/wasm/exports.txt | awk -v flag="$prefix--export=" 'NF { print flag $1 }')
  link=$directory/$(basename "$target" .wasm).link.txt
  echo "$linker" "$symbols" "$objects" | write_if_changed "$link"
  # shellcheck disable=SC2086
  if is_older "$target" "$link" $objects; then
    $linker $symbols $objects -o "$target.new.wasm"
    mv "$target.new.wasm" "$target"
  fi
}

# What the bench measures the machine's own limit with; compiled as the core is, apart from it.
build_bench() {
  need_emscripten
  mkdir -p build
  local release exports='--export=bench_peak_run --export=bench_peak_flops'
  if is_older build/bench_peak.wasm tests/bench/peak.c src/math/simd.h src/math/tile.h build.sh; then
    # shellcheck disable=SC2086
    emcc $C_FLAGS -Isrc -sSTANDALONE_WASM --no-entry ${exports//--export/-Wl,--export} tests/bench/peak.c -o build/bench_peak.new.wasm
    mv build/bench_peak.new.wasm build/bench_peak.wasm
  fi
  if [ ! -e "$FUSED_WASM" ] || ! is_older build/bench_peak_fused.wasm tests/bench/peak.c src/math/simd.h src/math/tile.h build.sh; then return; fi
  # shellcheck disable=SC2086
  if emcc_is_relaxed; then
    emcc $C_FLAGS $FUSED_C_FLAGS -Isrc -sSTANDALONE_WASM --no-entry ${exports//--export/-Wl,--export} tests/bench/peak.c \
      -o build/bench_peak_fused.wasm
  else
    release=$(find_relaxed_clang)
    $(relaxed_compiler "$release") $C_FLAGS $FUSED_C_FLAGS -Isrc -c tests/bench/peak.c -o build/bench_peak_fused.o
    "wasm-ld-$release" --no-entry $exports build/bench_peak_fused.o -o build/bench_peak_fused.wasm
  fi
}

# Only the bench of all works in full starts a browser.
run_bench() {
  build_all
  build_bench
  need_packages
  case " $* " in
    *' --quick '* | *' --help '*) ;;
    *) need_browser ;;
  esac
  exec node web/cli.js bench "$@"
}

build_generated() {
  need_node
  if is_older web/generated/schema.js "$WASM" package.json src/wasm/write_generated.mjs; then
    node src/wasm/write_generated.mjs
    touch web/generated/schema.js
  fi
}

# The cores that a page begins with.
build_first() {
  need_packages
  # shellcheck disable=SC2046
  if is_older web/generated/opening.js "$WASM" "$THREADS_WASM" web/generated/schema.js web/presets.js \
    $(find src/wasm web/engine web/worker -name '*.*js'); then
    node src/wasm/write_first.mjs
  fi
}

# Declarations of files and all they import, made from their JSDoc comments.
write_declarations() { # write_declarations OUT ROOT FILE…
  local out=$1 root=$2
  shift 2
  tsc --ignoreConfig "$@" --allowJs --noCheck --declaration --emitDeclarationOnly \
    --outDir "$out" --rootDir "$root" --target es2022 --module esnext --moduleResolution bundler --types node
}

# Declarations of the library for its users' editors.
build_types() {
  [ -e web/platform/node/index.js ] && [ -e web/platform/browser/index.js ] || return 0
  need_packages
  # shellcheck disable=SC2046
  if is_older build/types/platform/node/index.d.ts package-lock.json $(find web/engine web/library web/generated web/platform/node/index.js web/platform/browser/index.js -name '*.js'); then
    rm -rf build/types.new
    write_declarations build/types.new web \
      web/platform/node/index.js web/platform/browser/index.js web/library/study.js web/library/data.js
    touch build/types.new/platform/node/index.d.ts
    replace_folder build/types build/types.new
  fi
}

build_page() {
  [ -e web/index.html ] || return 0
  need_packages
  # shellcheck disable=SC2046
  if is_older dist/index.html build/trainscope*.wasm package-lock.json $(find web vite.*.js -type f); then
    # Bundled, the configuration would be written into node_modules, which may be read-only.
    vite build --configLoader native --logLevel warn --outDir ../build/dist.new
    replace_folder dist build/dist.new
  fi
}

build_native() { # build_native DIRECTORY TARGET CMAKE-OPTIONS…
  need_compiler
  local directory=$1 target=$2
  shift 2
  # CMake keeps paths: those of a checkout that was moved or copied lead elsewhere, or nowhere.
  local home
  home=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$directory/CMakeCache.txt" 2>/dev/null || true)
  if [ -e "$directory" ] && ! [ "$home" -ef . ]; then rm -rf "$directory"; fi
  mkdir -p "$directory"
  cmake -S . -B "$directory" -DTRAINSCOPE_STRICT="${TRAINSCOPE_STRICT:-OFF}" "$@" >"$directory/cmake.log" 2>&1 || {
    cat "$directory/cmake.log" >&2
    return 1
  }
  cmake --build "$directory" --target "$target" --parallel "$(core_count)" -- -s
}

build_all() {
  build_wasm
  build_generated
  build_first
  build_types
  build_page
}

# What docs/ needs is apart from the rest: nobody who builds or tests has to install it.
build_docs() {
  build_all
  if is_older docs/node_modules/.package-lock.json docs/package-lock.json; then
    say 'Installing the generator of the documentation: npm ci in docs/'
    (cd docs && npm ci --no-audit --no-fund >&2)
    touch docs/node_modules/.package-lock.json
  fi
  rm -rf build/docs build/command-types
  # What only commands print is declared in their own files.
  write_declarations build/command-types . web/cli/commands/slice.js web/cli/commands/data.js tests/bench/bench.js
  (cd docs && node_modules/.bin/eleventy --quiet >&2)
  node docs/check_links.js build/docs
}

# ---- testing ------------------------------------------------------------------------------------------------------

results=''
failures=0
# record TITLE STATUS: remembers how a part ended.
record() {
  if [ "$2" = 0 ]; then
    results="$results  ok      $1"$'\n'
  else
    results="$results  FAILED  $1"$'\n'
    failures=$((failures + 1))
  fi
}

# check TITLE COMMAND…: runs one part of the tests, and lets the others go on where it fails.
check() {
  local title=$1 status=0
  shift
  say "== $title"
  # In a subshell with -e of its own: "if" and "||" would switch -e off inside a function.
  set +e
  (
    set -e
    "$@"
  )
  status=$?
  set -e
  record "$title" "$status"
}

part_titles=()
part_ids=()
part_kinds=()
# begin_part KIND TITLE COMMAND…
begin_part() {
  mkdir -p build/parts
  part_kinds+=("$1")
  part_titles+=("$2")
  shift 2
  # A group of processes of its own, which can be stopped as one.
  set -m
  (
    set -e
    "$@"
  ) >"build/parts/${#part_titles[@]}.log" 2>&1 &
  part_ids+=($!)
  set +m
}

# Whoever interrupts the tests, or has seen enough, means what was begun behind them, too.
stop_parts() {
  local id
  for id in ${part_ids[@]+"${part_ids[@]}"}; do
    if [ -n "$id" ]; then kill -- "-$id" 2>/dev/null || true; fi
  done
}

# begin TITLE COMMAND…: starts one part beside the others, whose output waits for finish.
begin() { begin_part ahead "$@"; }

# begin_behind TITLE PROGRAM…: starts a part that nothing waits for but the end. It takes what time of the cores nobody
# else wants: the kernel runs it where a core would be idle, and stops it at once when that core is asked for.
begin_behind() {
  local title=$1
  shift
  if has chrt && chrt --idle 0 true 2>/dev/null; then
    begin_part behind "$title" chrt --idle 0 "$@"
  else
    begin_part behind "$title" nice -n 19 "$@"
  fi
}

# finish KIND: waits for what was begun ahead or behind, part by part, and prints what each said.
finish() {
  local i status
  for i in "${!part_titles[@]}"; do
    [ "${part_kinds[$i]}" = "$1" ] || continue
    status=0
    wait "${part_ids[$i]}" || status=$?
    part_ids[$i]=''
    say "== ${part_titles[$i]}"
    cat "build/parts/$((i + 1)).log" >&2
    record "${part_titles[$i]}" "$status"
  done
}

# build_checked DIRECTORY TARGET CMAKE-OPTIONS…
build_checked() {
  local directory=$1 target=$2
  shift 2
  build_native "$directory" "$target" -DCMAKE_BUILD_TYPE=Debug '-DTRAINSCOPE_SANITIZE=address,undefined' "$@"
}

# Tests and fuzzers are made of one library where clang has libFuzzer: compiling it takes longer than all the tests.
build_fuzzed() { CC=clang build_checked "$FUZZERS" "$1" -DTRAINSCOPE_FUZZ=ON; } # build_fuzzed TARGET

test_native() { # test_native [PATTERN]: those whose name matches, or all
  local directory=$CHECKED_NATIVE
  if has_fuzzer; then
    directory=$FUZZERS
    build_fuzzed all
  else
    build_checked "$directory" all
  fi
  ctest --test-dir "$directory" --output-on-failure --parallel "$(core_count)" -R "${1:-.}"
}

# Apple's clang, and Debian's without compiler-rt, lack libFuzzer.
has_fuzzer() {
  has clang || return 1
  mkdir -p build
  printf '#include <stddef.h>\nint LLVMFuzzerTestOneInput(const char *b, size_t n) { return !b && n; }\n' |
    clang -fsanitize=fuzzer -x c - -o build/has_fuzzer >/dev/null 2>&1
}

# fuzz_native SECONDS: every target of tests/fuzz for so long, on this machine's own findings and the seeds; ends at the
# first input that breaks something, and says where it lies.
fuzz_native() {
  local target seconds=$1
  build_fuzzed fuzzers
  for target in tests/fuzz/fuzz_*.c; do
    target=$(basename "$target" .c)
    mkdir -p "$FUZZERS/found/$target"
    "$FUZZERS/$target" -max_total_time="$seconds" -max_len=4096 -print_final_stats=1 -verbosity=0 \
      -artifact_prefix="$FUZZERS/breaks-$target-" "$FUZZERS/found/$target" "tests/fuzz/corpus/${target#fuzz_}" \
      >"$FUZZERS/$target.log" 2>&1 || {
      tail -n 40 "$FUZZERS/$target.log" >&2
      return 1
    }
    say "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$FUZZERS/$target.log") inputs"
  done
}

test_and_fuzz_native() { # test_and_fuzz_native SECONDS
  test_native
  fuzz_native "$1"
}

# fuzz_all [SECONDS]: the C targets for so long each, and the readers in JavaScript with so many times a hundred damaged
# files and wrong calls.
fuzz_all() {
  local seconds=${1:-60}
  case $seconds in '' | *[!0-9]*) die "fuzz takes a number of seconds, not \"$seconds\"." ;; esac
  need_compiler
  has_fuzzer || install_package 'clang with libFuzzer' 'clang libclang-rt-dev' llvm
  build_all
  fuzz_native "$seconds"
  TRAINSCOPE_MUTATIONS=$((seconds * 100)) TRAINSCOPE_ARGUMENTS=$((seconds * 100)) \
    node --test tests/engine/mutations.test.js tests/engine/arguments.test.js
}

# The program whose runs are held against those of Node.
build_release() { build_native "$FAST_NATIVE" trainscope-native -DCMAKE_BUILD_TYPE=Release; }

# The same by another compiler, for the table of digests.
build_clang() {
  has clang || install_package clang clang llvm
  build_native build/native-clang trainscope-native -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER=clang
}

# Both with fused arithmetic.
build_fused_natives() {
  build_native build/native-fused trainscope-native -DCMAKE_BUILD_TYPE=Release -DTRAINSCOPE_FUSED=ON
  build_native build/native-clang-fused trainscope-native -DCMAKE_BUILD_TYPE=Release -DTRAINSCOPE_FUSED=ON -DCMAKE_C_COMPILER=clang
}

# The page in Chromium, Firefox and WebKit, and the same runs by everything that computes them.
test_browsers() {
  need_compilers
  need_packages
  need_all_browsers
  build_all
  build_release
  build_clang
  build_fused_natives
  exec node tests/browsers/main.js "$@"
}

# What the tests in JavaScript do not need is built and tested behind all else: those look at the clock, and often leave a
# core idle, since some of them wait for a browser.
run_tests() {
  local packages browser
  trap stop_parts EXIT
  need_node
  need_packages &
  packages=$!
  need_compilers
  begin 'native release build' build_release
  if has_fuzzer; then
    # An hour is for nights: TRAINSCOPE_FUZZ_SECONDS says how long each target takes here, of which it has a share.
    begin_behind 'native tests (ASan, UBSan), fuzzing (libFuzzer)' \
      "$BASH" build.sh test-and-fuzz-native "${TRAINSCOPE_FUZZ_SECONDS:-4}"
  else
    begin_behind 'native tests (ASan, UBSan)' "$BASH" build.sh test-native
  fi
  wait "$packages" || die 'the npm packages are not installed.'
  need_all_browsers &
  browser=$!
  begin 'wasm and page build' build_all
  begin_behind 'lint (Biome)' biome check
  finish ahead
  # As programs of others find it.
  begin_behind 'native release, installed' tests/package.sh --quick
  # The types are those of the generated tables, too. One thread of the compiler, which need not collect what it will not
  # use again.
  begin_behind 'types (tsc)' env GOGC=400 tsc --singleThreaded
  wait "$browser" || die 'there is no browser for the tests.'
  need_browser
  check 'tests in JavaScript' node tests/run.js
  finish behind
  printf '\n%s' "$results"
  if [ "$failures" != 0 ]; then
    printf '%s\n' "$failures part(s) failed."
    return 1
  fi
  printf 'All tests passed.\n'
}

# ---- verbs --------------------------------------------------------------------------------------------------------

c_files() { find src include tests/native tests/fuzz -name '*.c' -o -name '*.h' | sort; }

format_all() {
  need_packages
  has clang-format || install_package clang-format clang-format clang-format
  c_files | xargs clang-format -i
  biome check --write
}

lint_all() {
  need_packages
  has clang-format || install_package clang-format clang-format clang-format
  has clang-tidy || install_package clang-tidy clang-tidy llvm
  need_compiler
  check 'C format' eval 'c_files | xargs clang-format --dry-run -Werror'
  check 'C warnings' build_native build/native-strict all -DTRAINSCOPE_STRICT=ON
  check 'clang-tidy' lint_c
  check 'Biome' biome check
  check 'tsc' tsc
  printf '\n%s' "$results"
  [ "$failures" = 0 ]
}

lint_c() {
  find src -name '*.c' | sort | xargs -P "$(core_count)" -n 4 sh -c 'clang-tidy --quiet "$@" -- -std=c11 -Iinclude -Isrc' tidy
}

print_verbs() {
  cat <<'TEXT'
./build.sh build            compile the C core to WebAssembly, bundle the page
./build.sh serve [--port N] build, then serve the page
./build.sh test             run every test
./build.sh test-native [X]  run the tests of the C core, or those whose name has X
./build.sh fuzz [SECONDS]   damage model texts, settings, files, snapshots and calls at random, 60 s each
./build.sh test-browsers    drive the page in Chromium, Firefox and WebKit; compare digests and how fast it opens
./build.sh bench [--quick]  measure the speed, and that of others at the same works
./build.sh ward [--quick]   diagnose settings of which is known what is wrong with them
./build.sh docs             render docs/ to build/docs, and look for dead links
./build.sh format           format C and JavaScript in place
./build.sh lint             check format, clang-tidy, Biome, types
TEXT
}

verb=${1:-}
[ $# = 0 ] || shift
case $verb in
  build) build_all ;;
  test) run_tests ;;
  test-native)
    need_compiler
    test_native "$@"
    ;;
  fuzz) fuzz_all "$@" ;;
  test-browsers) test_browsers "$@" ;;
  bench) run_bench "$@" ;;
  ward)
    build_all
    exec node web/cli.js ward "$@"
    ;;
  docs) build_docs ;;
  format) format_all ;;
  lint) lint_all ;;
  serve)
    build_all
    exec node web/cli.js serve "$@"
    ;;
  compile-wasm) compile_wasm "$@" ;;
  test-and-fuzz-native) test_and_fuzz_native "$@" ;;
  '' | help | -h | --help) print_verbs ;;
  *)
    say "build.sh: unknown verb \"$verb\""
    print_verbs >&2
    exit 2
    ;;
esac

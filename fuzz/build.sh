#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds the fuzz targets as OSS-Fuzz, ClusterFuzzLite and services like them ask for it. They set
# CC, CXX, CFLAGS, CXXFLAGS, LIB_FUZZING_ENGINE, SANITIZER, SRC, WORK and OUT; what is made is
# $OUT/NAME, and beside it NAME_seed_corpus.zip, NAME.dict and NAME.options if the target has them.
#
# WSAPI_FUZZ_TARGETS in the environment: build these targets only, such as "message frame".

set -euo pipefail

for variable in CC CXX CXXFLAGS LIB_FUZZING_ENGINE OUT WORK; do
  if [[ -z ${!variable+set} ]]; then
    echo "fuzz/build.sh: $variable is not set; see fuzz/README.md" >&2
    exit 4
  fi
done
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$WORK/wsapi-fuzz
targets=(fuzz_programs)
[[ -z ${WSAPI_FUZZ_TARGETS:-} ]] || read -r -a targets <<<"${WSAPI_FUZZ_TARGETS//,/ }"
[[ ${targets[0]} == fuzz_programs ]] || targets=("${targets[@]/#/fuzz_}")

# No build type: the flags are the service's. No harness but its parsers: the machines that run the
# targets lack its libraries.
cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=None -DBUILD_TESTING=OFF \
  -DWSAPI_BUILD_HARNESS=OFF -DWSAPI_BUILD_PARSERS=ON -DWSAPI_BUILD_BENCHMARKS=OFF
cmake --build "$build" --target "${targets[@]}"

for program in "$build"/fuzz_*; do
  name=${program##*/fuzz_}
  # The canary has a finding on purpose, and the empty target never has one.
  [[ -f $program && -x $program && $name != canary && $name != empty ]] || continue
  cp "$program" "$OUT/$name"
  for extension in dict options; do
    [[ ! -f $root/fuzz/targets/$name.$extension ]] || cp "$root/fuzz/targets/$name.$extension" "$OUT/"
  done
  # A dictionary that several targets share is named in their options.
  shared=$(sed -n 's/^dict *= *\([A-Za-z0-9_]*\.dict\) *$/\1/p' "$root/fuzz/targets/$name.options" 2>/dev/null) || true
  [[ -z $shared ]] || cp "$root/fuzz/targets/$shared" "$OUT/"
  corpus=$OUT/${name}_seed_corpus.zip
  rm -f "$corpus"
  # Regressions are inputs like others; the names of seeds are those of their content.
  find "$root/corpus/$name" -type f ! -name '*.md' -print 2>/dev/null | LC_ALL=C sort |
    zip -q -j -X -@ "$corpus" || [[ ! -d $root/corpus/$name ]]
done

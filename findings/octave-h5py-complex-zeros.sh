#!/usr/bin/env bash
# Complex numbers that h5py writes are complex zeros when Octave loads the file: the shape and the
# type are right, nothing is said, and every number is 0 + 0i. Both store a compound of two numbers,
# h5py names them r and i, Octave real and imag, and what has another name is left out. Spectra of
# gradients and of inputs, and weights of complex layers, are lost so. Real numbers arrive.
# Seen with octave 7.3.0 and h5py 3.7.0 (Debian 12) on 30 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for want in octave=7.3.0-2 python3-h5py=3.7.0-8; do
  name=${want%%=*}
  [ "$name=$(dpkg-query -W -f '${Version}' "$name" 2>/dev/null || true)" = "$want" ] || {
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$want"
  } >/dev/null
done
cd "$tmp"
cat >write.py <<'CODE'
import h5py
import numpy

signal = numpy.array([1.0, 2.0, 4.0])
with h5py.File("spectrum.h5", "w") as file:
    file["signal"] = signal
    file["spectrum"] = numpy.fft.rfft(signal)
with h5py.File("spectrum.h5") as file:
    spectrum = file["spectrum"][...]
    print(" ".join(f"{v.real:.3f}{v.imag:+.3f}i" for v in spectrum), end="")
CODE
written=$(/usr/bin/python3 write.py)
loaded=$(octave --norc --no-gui -q --eval "
s = load('spectrum.h5');
printf('signal %s, spectrum %s (%s)', mat2str(s.signal), strtrim(sprintf('%.3f%+.3fi ', [real(s.spectrum); imag(s.spectrum)])), class(s.spectrum));" 2>/dev/null)
seen="written: spectrum $written | loaded: $loaded"
known='written: spectrum 7.000+0.000i -2.000+1.732i | loaded: signal [1 2 4], spectrum 0.000+0.000i 0.000+0.000i (double)'
echo 'octave 7.3.0-2 python3-h5py 3.7.0-8'
cat <<'TEXT'
expected: the spectrum that was written, whose first number is the sum of the signal, 7, or a refusal
TEXT
echo "seen:     $seen"
[ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}

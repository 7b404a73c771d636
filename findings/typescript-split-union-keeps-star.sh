#!/usr/bin/env bash
# Declarations made from JavaScript do not compile where a JSDoc typedef is a union whose line ends behind a bar: the
# asterisk that begins the comment's next line is kept and stands in the .d.ts as code. The compiler reads the
# typedef rightly, and a parameter of the same form is written rightly; bars at the beginning of lines are, too.
# Seen with typescript 7.0.2 (npm) on 29 November 2026.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm install --prefix "$tmp" --silent --no-audit --no-fund typescript@7.0.2
cd "$tmp"
cat >split.js <<'JS'
/**
 * @typedef {'one' |
 *   'two'} Ends
 * @typedef {'one'
 *   | 'two'} Begins
 */

/** @type {Ends[]} */
export const both = ['one', 'two'];
JS
tsc=node_modules/.bin/tsc
version=$($tsc --version | sed 's/Version //')
$tsc split.js --allowJs --checkJs --strict --declaration --emitDeclarationOnly --outDir out && read_by=understood || read_by=refused
ends=$(sed -n 's/^export type Ends = //p' out/split.d.ts)
begins=$(sed -n 's/^export type Begins = //p' out/split.d.ts)
code=$($tsc --noEmit out/split.d.ts | grep -o 'TS[0-9]*' | head -1 || true)
seen="the source is $read_by; Ends = $ends Begins = $begins its declarations: ${code:-fine}"
known="the source is understood; Ends = 'one' | *   'two'; Begins = 'one' | 'two'; its declarations: TS1005"
echo "typescript $version"
echo "expected: Ends = 'one' | 'two'; and declarations that compile"
echo "seen:     $seen"
[ "$version" = 7.0.2 ] && [ "$seen" = "$known" ] || {
  echo "changed:  it was $known"
  exit 1
}

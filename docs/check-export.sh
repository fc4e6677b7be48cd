#!/bin/sh
# Checks one entry of an export with nothing of custody: OpenSSL, coreutils, grep (docs/spec/25-export.md).
# Memeriksa satu entri dari ekspor tanpa custody: hanya OpenSSL, coreutils, grep.
#     sh check-export.sh EXPORT-FOLDER INDEX TRUST-FILE
# Ends with 0: holds, 3: altered, 4: cannot be decided. It does not ask whether those who signed were allowed to, nor for witnesses.
set -u; export LC_ALL=C
t=$(mktemp -d) || exit 4; trap 'rm -rf "$t"' EXIT
no() { echo "ALTERED / DIUBAH: $*"; exit 3; }
unsure() { echo "NOT DECIDED / TIDAK DAPAT DIPUTUSKAN: $*"; exit 4; }
bits() { printf %s "$1" | base64 -d 2>/dev/null; }
sha() { openssl dgst -sha256 -binary; }
divide() {  # NOTE: at its last empty line, into $t/text and $t/lines
  at=$(grep -an '^$' "$1" | tail -n 1 | cut -d: -f1); [ "${at:-1}" -gt 1 ] || no "$1"
  head -n $((at - 1)) "$1" >"$t/text"; tail -n +$((at + 1)) "$1" >"$t/lines"
}
holds() {  # PUBLIC-KEY SIGNATURE: type byte and key, key id and signature, in base64; over $t/text
  { printf '\060\052\060\005\006\003\053\145\160\003\041\000'; bits "$1" | tail -c 32; } >"$t/key"; bits "$2" | tail -c +5 >"$t/sig"
  openssl pkeyutl -verify -pubin -keyform DER -inkey "$t/key" -rawin -in "$t/text" -sigfile "$t/sig" >"$t/told" 2>&1
}
signed() {  # KEYS: how many lines of $t/lines are by keys of this list; a line by one of them that does not hold ends all. $other: those by nobody in it
  known=0 other=
  while read -r dash name sig; do
    [ "$(bits "$sig" | base64 | tr -d '\n')" = "$sig" ] || no "$2"
    id=$(bits "$sig" | head -c 4 | od -An -tx1 | tr -d ' \n') found=
    while read -r key; do case $key in "$name+$id+"*) found=${key#*+*+};; esac; done <"$1"
    if [ -z "$found" ]; then other="$other $name"; else holds "$found" "$sig" || no "the signature of $name in $2"; known=$((known + 1)); fi
  done <"$t/lines"
}
e=$1/proofs/$2.entry p=$1/proofs/$2.tlog-proof
for file in "$e" "$p" "$3" "$1/log/checkpoint" "$1/officers.vkeys"; do [ -f "$file" ] || unsure "$file ?"; done
at=$(grep -an '^$' "$p" | head -n 1 | cut -d: -f1); [ "${at:-1}" -gt 2 ] || no "$p"
head -n $((at - 1)) "$p" | tail -n +3 >"$t/path"; tail -n +$((at + 1)) "$p" >"$t/head"
[ "$(head -n 2 "$p")" = "c2sp.org/tlog-proof@v1
index $2" ] || no "$p"
seen=
for head in "$1/log/checkpoint" "$t/head"; do                     # 1. the ledger signed the published head, and that of the proof
  divide "$head"; { read -r origin; read -r size; read -r root; } <"$t/text"
  [ "$(wc -l <"$t/text")" = 3 ] || no "$head"
  grep -a '^log ' "$3" | while read -r log key url; do case $key in "$origin+"*) echo "$key";; esac; done >"$t/keys"
  [ -s "$t/keys" ] || unsure "$origin is no log of $3"
  signed "$t/keys" "$head"; [ "$known" -gt 0 ] || no "no ledger key signed $head"
  case $seen in "$size $root" | "") ;; "$size "*) no "two heads of size $size";; esac; seen="$size $root"
done
case $size$2 in *[!0-9]*) no "$p";; esac
{ printf '\000'; cat "$e"; } | sha >"$t/node"; at=$2 last=$((size - 1))  # 2. from the entry up to the root (RFC 9162, 2.1.3.2)
[ "$at" -le "$last" ] || no "$p"
while read -r side; do
  [ "$last" -gt 0 ] || no "$p"; bits "$side" >"$t/side"; [ "$(wc -c <"$t/side")" = 32 ] || no "$p"
  if [ $((at % 2)) = 1 ] || [ "$at" = "$last" ]; then
    { printf '\001'; cat "$t/side" "$t/node"; } | sha >"$t/up"
    while [ $((at % 2)) = 0 ] && [ "$at" -gt 0 ]; do at=$((at / 2)) last=$((last / 2)); done
  else { printf '\001'; cat "$t/node" "$t/side"; } | sha >"$t/up"; fi
  mv "$t/up" "$t/node"; at=$((at / 2)) last=$((last / 2))
done <"$t/path"
[ "$last" = 0 ] && [ "$(base64 <"$t/node")" = "$root" ] || no "entry $2 does not lead to the root of $size"
divide "$e"; signed "$1/officers.vkeys" "$e"                      # 3. everybody named under the entry did sign it
[ "$known$other" != 0 ] || no "nobody signed $e"
[ -z "$other" ] || unsure "no key in officers.vkeys for$other"
cat "$t/text"; cut -d' ' -f2 "$t/lines"
echo "HOLDS / SAH: entry $2 of $size; $known signatures hold under the keys of officers.vkeys"

#!/bin/sh
# Checks the signatures under a signed note (an entry, a checkpoint) with OpenSSL and coreutils alone: docs/spec/02-note.md.
# Memeriksa tanda tangan di bawah satu catatan (entri, titik periksa) hanya dengan OpenSSL dan program dasar.
#     sh check-note.sh NOTE KEYS        KEYS: officers.vkeys of an export, or a trust file
# Tells of each line whether it holds. Ends with 0: one holds and none is false, 3: altered, 4: nobody signed whose key is in KEYS.
set -u; export LC_ALL=C
t=$(mktemp -d) || exit 4; trap 'rm -rf "$t"' EXIT
no() { echo "ALTERED / DIUBAH: $*"; exit 3; }
bits() { printf %s "$1" | base64 -d 2>/dev/null; }
at=$(grep -an '^$' "$1" | tail -n 1 | cut -d: -f1)                 # the last empty line: text above, signatures below
[ "${at:-1}" -gt 1 ] || no "$1 is no signed note"
head -n $((at - 1)) "$1" >"$t/text"
tail -n +$((at + 1)) "$1" >"$t/lines"
sed 's/^log \([^ ]*\).*/\1/' "$2" >"$t/keys"                       # a key is NAME+ID+BASE64, in a trust file behind `log`
held=0
while read -r dash name line; do                                   # a line is a dash, NAME, and in base64 ID and signature
  [ "$dash" = — ] && [ "$(bits "$line" | base64 -w 0)" = "$line" ] || no "the line of $name in $1"
  id=$(bits "$line" | head -c 4 | od -An -tx1 | tr -d ' ')
  public=
  while read -r key; do case $key in "$name+$id+"*) public=${key#"$name+$id+"};; esac; done <"$t/keys"
  [ -n "$public" ] || { echo "UNKNOWN / TIDAK DIKENAL: $name"; continue; }
  { printf '\060\052\060\005\006\003\053\145\160\003\041\000'; bits "$public" | tail -c 32; } >"$t/public"  # as OpenSSL wants it
  bits "$line" | tail -c +5 >"$t/signature"
  openssl pkeyutl -verify -pubin -keyform DER -inkey "$t/public" -rawin -in "$t/text" -sigfile "$t/signature" >"$t/told" 2>&1 ||
    no "the signature of $name in $1"
  echo "HOLDS / SAH: $name"
  held=$((held + 1))
done <"$t/lines"
[ "$held" -gt 0 ] || { echo "NOT DECIDED / TIDAK DAPAT DIPUTUSKAN: nobody in $2 signed $1"; exit 4; }

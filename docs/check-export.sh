#!/bin/sh
# Checks that an entry of an export stands in the tree that the ledger signed, and shows who signed it: docs/spec/03-tree.md, 25-export.md.
# Memeriksa satu entri ekspor: apakah ada di dalam pohon yang ditandatangani buku besar, dan siapa yang menandatanganinya.
#     sh check-export.sh EXPORT-FOLDER INDEX TRUST-FILE      needs OpenSSL, the usual small programs, and check-note.sh beside it
# Ends with 0: holds, 3: altered, 4: cannot be decided. Whether the signers were allowed to, and what witnesses saw, it does not ask.
set -u; export LC_ALL=C; t=$(mktemp -d) || exit 4; trap 'rm -rf "$t"' EXIT
no() { echo "ALTERED / DIUBAH: $*"; exit 3; }
unsure() { echo "NOT DECIDED / TIDAK DAPAT DIPUTUSKAN: $*"; exit 4; }
signed() { sh "$(dirname "$0")/check-note.sh" "$1" "$2" >"$t/told" || { code=$?; cat "$t/told"; exit $code; }; }
entry=$1/proofs/$2.entry proof=$1/proofs/$2.tlog-proof seen=
ls "$entry" "$proof" "$1/log/checkpoint" "$1/officers.vkeys" "$3" >"$t/files" || unsure "a file is missing / ada berkas yang kurang"
[ "$(head -n 2 "$proof" | tr '\n' ' ')" = "c2sp.org/tlog-proof@v1 index $2 " ] || no "$proof"
sed '1,2d; /^$/,$d' "$proof" >"$t/path"; sed '1,/^$/d' "$proof" >"$t/head"     # hashes of the way up, and the head that it leads to
for head in "$1/log/checkpoint" "$t/head"; do                                  # 1. the ledger signed the published head, and that one
  signed "$head" "$3"; { read -r origin; read -r size; read -r root; read -r end; } <"$head"
  grep -qxF "HOLDS / SAH: $origin" "$t/told" && [ "$end$(grep -ac '^$' "$head")" = 1 ] || no "$head"
  case ${seen:=$size $root} in "$size $root") ;; "$size "*) no "two heads of size $size";; esac
done
{ printf '\000'; cat "$entry"; } | openssl dgst -sha256 -binary >"$t/node"     # 2. the way leads from the entry to the root
at=$2 last=$((size - 1)); exec 3<"$t/path"; [ "$at" -le "$last" ] || no "$proof"
while [ "$last" -gt 0 ]; do
  if [ $((at % 2)) = 1 ]; then pair="side node"; elif [ "$at" -lt "$last" ]; then pair="node side"; else pair=; fi
  at=$((at / 2)) last=$((last / 2)); [ -n "$pair" ] || continue                # alone at the end of its row, it goes up as it is
  read -r side <&3; echo "$side" | base64 -d >"$t/side"
  (cd "$t" && { printf '\001'; cat $pair; } | openssl dgst -sha256 -binary >up && mv up node)
done
[ "$(base64 -w 0 <"$t/node")" = "$root" ] && ! read -r side <&3 || no "entry $2 does not lead to the root of $size"
signed "$entry" "$1/officers.vkeys"; cat "$t/told"                             # 3. all who are named under the entry signed it
! grep -q '^UNKNOWN' "$t/told" || unsure "a key that is not in officers.vkeys / kunci yang tidak ada di officers.vkeys"
head -n 2 "$entry"; echo "HOLDS / SAH: entry $2 of $size"

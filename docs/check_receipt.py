"""Checks a receipt or the proof inside a report with nothing of custody: only Python's own library and the program openssl.

Memeriksa tanda terima, atau bukti di dalam laporan, tanpa custody: hanya Python dan openssl.

    python3 check_receipt.py RECEIPT.tlog-proof TRUST-FILE
    python3 check_receipt.py report.tlog-proof TRUST-FILE ledger.excerpt      (both files out of the PDF, see pdfdetach)
    python3 check_receipt.py RECEIPT.tlog-proof TRUST-FILE "pps-1+b0bd9b53+AX…"      (and the key of a person, as many as you know)

What it does is what docs/spec/05-proof.md says: the ledger's signature over the checkpoint, then the way from the entry up to its root.
It says nothing of the pages of a PDF: what is drawn there can be anything, and the proof beside it still right. It prints the entry, so
that a person can read it; what a report was drawn from is the file facts.json, whose sha256 stands there as "facts". The signatures of
persons under the entry are checked for those keys only that you name, and otherwise said not to be; whose a key is, it cannot know.
Nor does it look at witnesses: where the trust file asks for them it says so, and the answer is "not decided" (4).
"""

import base64
import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

DER = bytes.fromhex("302a300506032b6570032100")  # what openssl wants in front of a raw Ed25519 key


def holds(key: bytes, signature: bytes, text: bytes) -> bool:
    """Whether openssl finds the signature valid. / Apakah tanda tangan sah menurut openssl."""
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder) / name for name in ("key", "signature", "text")}
        for name, data in (("key", DER + key), ("signature", signature), ("text", text)):
            files[name].write_bytes(data)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", files["key"], "-rawin"]
        return subprocess.run([*command, "-in", files["text"], "-sigfile", files["signature"]], capture_output=True).returncode == 0


def root_of(entry: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    """Climb from the entry to the root, as RFC 9162, section 2.1.3.2. / Naik dari entri ke akar."""
    at, last, found = index, size - 1, hashlib.sha256(b"\0" + entry).digest()
    if not 0 <= index < size:
        return b""
    for beside in proof:
        if last == 0:
            return b""
        if at & 1 or at == last:
            found = hashlib.sha256(b"\1" + beside + found).digest()
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\1" + found + beside).digest()
        at, last = at >> 1, last >> 1
    return found if last == 0 else b""


def entry_in(excerpt: bytes, index: int) -> bytes:
    """The entry of that number in the excerpt out of a report. / Entri bernomor itu dalam petikan."""
    _, _, rest = excerpt.partition(b"entry %d " % index)
    length, _, rest = rest.partition(b"\n")
    return rest[: int(length)]


def plain(text: str) -> str:
    """Text that cannot steer the screen. / Teks yang tidak dapat mengendalikan layar."""
    return "".join(one if one.isprintable() or one == "\n" else "?" for one in text)


def persons(entry: bytes, keys: list[str]) -> bool:
    """Tell of each signature under the entry whether it holds; False if one does not. / Tanda tangan orang di bawah entri."""
    text, _, lines = entry.rpartition(b"\n\n")
    known, whole = [key.split("+", 2) for key in keys], True
    for words in (line.split(" ") for line in lines.decode("utf-8", "replace").splitlines()):
        name, packed = words[1], base64.b64decode(words[2])
        named = [base64.b64decode(key)[1:] for one, number, key in known if one == name and number == packed[:4].hex()]
        good = any(holds(key, packed[4:], text + b"\n") for key in named)
        whole = whole and (good or not named)
        said = ("OK" if good else "NO") if named else "NOT CHECKED, key not named to this program / TIDAK DIPERIKSA, kuncinya tidak disebut"
        print(plain(f"signature of {name} / tanda tangan {name}: {said}"))
    return whole


def main(proof_file: str, trust_file: str, *more: str) -> int:
    """Print the entry and the answer. / Menampilkan entri dan jawabannya."""
    given, excerpt_file = [one for one in more if one.count("+") > 1], "".join(one for one in more if one.count("+") < 2)
    head, _, checkpoint = Path(proof_file).read_bytes().partition(b"\n\n")
    lines = head.decode().split("\n")[1:]
    extra = lines.pop(0).removeprefix("extra ") if lines[0].startswith("extra ") else ""
    index, proof = int(lines[0].removeprefix("index ")), [base64.b64decode(line) for line in lines[1:]]
    entry = entry_in(Path(excerpt_file).read_bytes(), index) if excerpt_file else base64.b64decode(extra)

    text, _, signatures = checkpoint.decode().rpartition("\n\n")
    text += "\n"
    origin, size, root = text.split("\n")[:3]
    rules = [line.split() for line in Path(trust_file).read_text("utf-8-sig").splitlines()]
    logs = [rule[1].split("+", 2) for rule in rules if rule[:1] == ["log"]]
    keys = [base64.b64decode(key)[1:] for name, _, key in logs if name == origin]
    packed = [line.split(" ")[2] for line in signatures.splitlines() if line.split(" ")[1] == origin]
    signed = any(holds(key, base64.b64decode(one)[4:], text.encode()) for key in keys for one in packed)
    witnessed = ["quorum", "none"] in rules

    print(plain(entry.decode("utf-8", "replace")), end="\n\n")
    print(plain(f"entry {index} of {size}, ledger {origin}"))
    print("sha256 of the statement (sid):", hashlib.sha256(entry.rpartition(b"\n\n")[0] + b"\n").hexdigest())
    print("checkpoint signed by the trusted ledger / titik periksa ditandatangani buku besar:", "OK" if signed else "NO")
    included = root_of(entry, index, int(size), proof) == base64.b64decode(root)
    print("entry stands under that checkpoint / entri ada di bawah titik periksa itu:", "OK" if included else "NO")
    whole = persons(entry, given) if signed and included else False
    if not witnessed:
        print("witnesses that the trust file asks for / saksi yang diminta berkas kepercayaan: NOT CHECKED / TIDAK DIPERIKSA")
    print("This is about the entry above alone. The PAGES of a PDF were NOT looked at: they may say something else.")
    print("Ini hanya tentang entri di atas. HALAMAN sebuah PDF TIDAK dilihat: isinya dapat lain.")
    return 3 if not (signed and included and whole) else 0 if witnessed else 4


if __name__ == "__main__":
    if len(sys.argv) < 3:
        print(__doc__)
        sys.exit(2)
    sys.exit(main(*sys.argv[1:]))

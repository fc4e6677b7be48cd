"""Requests over HTTP that a device key signs: one strict form of HTTP Message Signatures (RFC 9421; spec chapter 24, NET-1 to NET-3).

What is signed is a text that is built anew from the request as it came; nothing that the header claims to cover is believed. Trusted with:
that the holder of this key asked for exactly this, at about this time. Not with: what the body holds, which proves itself (chapter 23).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from custody.core.errors import Malformed
from custody.core.note import ED25519, VerifierKey, decode_base64, encode_base64

LABEL = "custody"
TAG = "custody/v1"
EMPTY = sha256().digest()

_COVERED = ("@method", "@path", "@query", "content-digest")
_FIELDS = "(" + " ".join(f'"{one}"' for one in _COVERED) + ")"
_INPUT = re.compile(
    re.escape(f"{LABEL}={_FIELDS}")
    + r';created=(0|[1-9][0-9]{0,11});nonce="([0-9a-f]{32})";keyid="([!#-\[\]-~]{1,200})";alg="ed25519";tag="'
    + re.escape(TAG)
    + '"'
)
_SIGNATURE = re.compile(rf"{LABEL}=:([A-Za-z0-9+/]{{86}}==):")
_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")


class Asked(NamedTuple):
    """A request as it came. path: from the first slash on; query: what follows the question mark; digest: SHA-256 of the body, 32 bytes."""

    method: str
    path: str
    query: str
    digest: bytes = EMPTY

    def text(self, params: str) -> bytes:
        """The signature base of RFC 9421, chapter 2.5."""
        values = (self.method, self.path, f"?{self.query}", digest_header(self.digest), params)
        names = (*_COVERED, "@signature-params")
        return "\n".join(f'"{name}": {value}' for name, value in zip(names, values, strict=True)).encode()


class Claim(NamedTuple):
    """Who says that he asks, and when: not yet verified. created: seconds since 1970 UTC."""

    key: VerifierKey
    created: int
    nonce: str
    signature: bytes
    text: bytes

    def verify(self) -> None:
        """:raises BadSignature: `note.signature`."""
        self.key.verify(self.text, self.signature)


def signed(asked: Asked, key: VerifierKey, sign: Callable[[bytes], bytes], created: int, nonce: str) -> dict[str, str]:
    """The header fields of a request. :param created: seconds since 1970 UTC. :param nonce: 32 hex digits, never used before."""
    params = f'{_FIELDS};created={created};nonce="{nonce}";keyid="{key}";alg="ed25519";tag="{TAG}"'
    signature = encode_base64(sign(asked.text(params))).decode()
    return {
        "content-digest": digest_header(asked.digest),
        "signature-input": f"{LABEL}={params}",
        "signature": f"{LABEL}=:{signature}:",
    }


def claimed(method: str, path: str, query: str, content_digest: str, signature_input: str, signature: str) -> tuple[Asked, Claim]:
    """What a request asks and who claims to; nothing is verified yet.

    :raises Malformed: `network.unsigned` for fields that are missing or of another form; `key.…`.
    """
    params, line, digest = _INPUT.fullmatch(signature_input), _SIGNATURE.fullmatch(signature), _DIGEST.fullmatch(content_digest)
    if params is None or line is None or digest is None:
        raise Malformed("network.unsigned")
    key = VerifierKey.parse(params[3])
    if key.kind != ED25519:
        raise Malformed("network.unsigned")
    asked = Asked(method, path, query, decode_base64(digest[1].encode(), "network.unsigned"))
    bare = signature_input[len(LABEL) + 1 :]
    return asked, Claim(key, int(params[1]), params[2], decode_base64(line[1].encode(), "network.unsigned"), asked.text(bare))


def digest_header(digest: bytes) -> str:
    """The value of `Content-Digest` (RFC 9530)."""
    return f"sha-256=:{encode_base64(digest).decode()}:"

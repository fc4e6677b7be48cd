"""A time stamp of RFC 3161 over a checkpoint: a stranger's clock beside those of the witnesses (docs/spec/26-witnesses.md, Time stamps).

Trusted with: that the bytes of this checkpoint were there at that time, by the word of an authority whose certificate the judge chose.
"""

from datetime import UTC

from cryptography import x509

from custody.core.errors import Malformed, Undecided

MOST = 65_536  # bytes of a request or an answer


def request(note: bytes) -> bytes:
    """What a time stamping authority is sent: the SHA-512 of the note, byte for byte, and a wish for its certificate (RFC 3161, 2.4.1)."""
    from rfc3161_client import TimestampRequestBuilder

    return TimestampRequestBuilder().data(note).build().as_bytes()


def read(note: bytes, response: bytes, roots: bytes) -> int:
    """The time that a stamp proves for this note, in seconds since 1970 UTC.

    :param response: the answer (RFC 3161, 2.4.2). :param roots: the authority's root certificates, PEM.
    :raises Malformed: `timestamp.form`, `timestamp.certificate`. :raises Undecided: `timestamp.unproven` for an answer that is refused,
        for another note, or under another root.
    """
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        trusted = x509.load_pem_x509_certificates(roots)
    except (ValueError, x509.InvalidVersion):
        raise Malformed("timestamp.certificate") from None
    try:
        answer = decode_timestamp_response(response)
    except ValueError:
        raise Malformed("timestamp.form") from None
    builder = VerifierBuilder(roots=list(trusted))
    try:
        builder.build().verify_message(answer, note)
    except (VerificationError, ValueError) as error:
        raise Undecided("timestamp.unproven", why=str(error).splitlines()[0][:120]) from None
    return int(answer.tst_info.gen_time.replace(tzinfo=UTC).timestamp())

"""Private rows encrypted to one device, in the age format with a recipient of type ssh-ed25519 (spec chapter 23, BUNDLE-13; C2SP age)."""

from base64 import b64encode

from custody.core.errors import KeyTrouble, Malformed
from custody.core.note import VerifierKey

_KIND = b"ssh-ed25519"
_MOST_HEAD = 4_096  # bytes; the library takes time with the square of its lines


def sealed(to: VerifierKey, data: bytes) -> bytes:
    """An age file that only the private half of `to` opens. :raises Malformed: `device.key` for a key that age does not take."""
    import pyrage
    from pyrage import ssh

    blob = b"".join(len(part).to_bytes(4, "big") + part for part in (_KIND, to.public))
    try:
        whom = ssh.Recipient.from_str(f"{_KIND.decode()} {b64encode(blob).decode()} {to.name}")
        return bytes(pyrage.encrypt(data, [whom]))
    except (pyrage.RecipientError, pyrage.EncryptError):
        raise Malformed("device.key", name=to.name) from None


def opened(data: bytes, key_file: bytes) -> bytes:
    """What is in an age file. :param key_file: the unencrypted OpenSSH key. :raises KeyTrouble: `device.sealed`."""
    import pyrage
    from pyrage import ssh

    if data.find(b"\n---", 0, _MOST_HEAD) < 0:
        raise KeyTrouble("device.sealed")
    try:
        return bytes(pyrage.decrypt(data, [ssh.Identity.from_buffer(key_file)]))
    except (pyrage.DecryptError, pyrage.IdentityError):
        raise KeyTrouble("device.sealed") from None

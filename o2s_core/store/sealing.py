"""How a value is made unreadable at rest: AES-GCM, bound to the very cell that holds it."""

import base64
import hashlib
import hmac
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from o2s_core.kernel.context import Context, Place
from o2s_core.kernel.errors import StoreError
from o2s_core.store.keys import keys

FORMAT: Final = "v1"
NONCE: Final = 12


def seal(at: Context | Place, text: str, aad: str) -> str:
    """Seal a text as `v1|key|nonce|ciphertext`.

    `aad` names the cell, `table:column:id`: moved to another row, it opens no more.
    """
    ring = keys(at)
    kid = ring.current
    return f"{FORMAT}|{kid}|{encrypt(ring.derive(kid, 'seal'), text.encode(), aad)}"


def unseal(at: Context | Place, sealed: str, aad: str) -> str:
    """Open what `seal` made for the same cell; anything altered is refused."""
    try:
        version, kid, rest = sealed.split("|", 2)
    except ValueError:
        raise _damaged() from None
    if version != FORMAT:
        raise _damaged()
    return decrypt(keys(at).derive(kid, "seal"), rest, aad).decode()


def blind_index(at: Context | Place, text: str, purpose: str) -> str:
    """Return what finds equal sealed values without opening them (`purpose`: table:column)."""
    key = keys(at).first(f"blind {purpose}")
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]


def encrypt(key: bytes, data: bytes, aad: str) -> str:
    """Return `nonce|ciphertext`, both in URL-safe base 64."""
    nonce = secrets.token_bytes(NONCE)
    sealed = AESGCM(key).encrypt(nonce, data, aad.encode())
    return "|".join(base64.urlsafe_b64encode(part).decode() for part in (nonce, sealed))


def decrypt(key: bytes, text: str, aad: str) -> bytes:
    """Open `nonce|ciphertext`; refuse what was altered or belongs elsewhere."""
    try:
        nonce, sealed = (base64.urlsafe_b64decode(part) for part in text.split("|"))
        return AESGCM(key).decrypt(nonce, sealed, aad.encode())
    except (ValueError, InvalidTag):
        raise _damaged() from None


def _damaged() -> StoreError:
    return StoreError(
        "Une donnée scellée ne s'ouvre pas : elle a été altérée ou scellée par une autre clé. "
        "Restaurez la dernière sauvegarde ou remettez le bon fichier de clés."
    )

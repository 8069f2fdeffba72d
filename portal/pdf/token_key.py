"""A key in a token: a hardware module, or SoftHSM2, by PKCS#11. The only module that knows it.

The place is an RFC 7512 address: `pkcs11:token=NAME;object=LABEL?module-path=/usr/lib/….so`. A session is opened for
each signature, and the library begins anew after a failure, so that a token that was away is found again.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, cast
from urllib.parse import unquote

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.util.ec import encode_ec_public_key, encode_ecdsa_signature, encode_named_curve_parameters
from pkcs11.util.rsa import encode_rsa_public_key

from portal.pdf.certificates import SealKeyError

_PARTS: Final = {"token", "object", "module-path"}
_WRONG_PIN: Final = (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange, pkcs11.PinLocked, pkcs11.PinExpired)
_alone = threading.Lock()
"""Whoever logs in does so for all threads of the process."""


class TokenKey:
    """A private key in a token, by its label."""

    def __init__(self, place: str, secret: Callable[[str], str]) -> None:
        path, _, query = place.removeprefix("pkcs11:").partition("?")
        given = [part.partition("=") for part in (*path.split(";"), *query.split("&")) if part]
        self._where = {name: unquote(value) for name, _, value in given}
        if self._where.keys() != _PARTS or not all(self._where.values()):
            raise SealKeyError("a token's address is pkcs11:token=NAME;object=LABEL?module-path=/path/to/module.so")
        self._secret = secret
        self._refused = ""
        self._is_stale = False

    async def sign(self, data: bytes) -> bytes:
        """Return the signature of the data; raise `SealKeyError`."""
        with self._session() as session:
            found = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=self._where["object"])
            key = cast("Any", found)  # what signs is mixed in, which its types do not say
            if key.key_type == KeyType.EC:
                digest = hashlib.sha256(data).digest()
                return encode_ecdsa_signature(key.sign(digest, mechanism=Mechanism.ECDSA))
            signature: bytes = key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS)
            return signature

    async def public_key(self) -> bytes:
        """Return the public key, DER; raise `SealKeyError`."""
        with self._session() as session:
            found = session.get_key(object_class=ObjectClass.PUBLIC_KEY, label=self._where["object"])
            key = cast("pkcs11.PublicKey", found)
            encode = encode_ec_public_key if key.key_type == KeyType.EC else encode_rsa_public_key
            return bytes(encode(key))

    def make(self) -> bool:
        """Make the key in the token, never to leave it, unless it is there; return whether it was made."""
        with self._session(writes=True) as session:
            label = self._where["object"]
            if any(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.LABEL: label})):
                return False
            curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
            parameters = session.create_domain_parameters(KeyType.EC, curve, local=True)
            hidden = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}
            parameters.generate_keypair(store=True, label=label, private_template=hidden)
            return True

    @contextmanager
    def _session(self, *, writes: bool = False) -> Iterator[pkcs11.Session]:
        # A PIN that was refused is not tried again by this process: a token locks itself after some tries.
        if self._refused:
            raise SealKeyError(self._refused)
        name = self._where["token"]
        try:
            with _alone:
                library = pkcs11.lib(self._where["module-path"])
                if self._is_stale:
                    library.reinitialize()
                token = library.get_token(token_label=name)
                self._is_stale = False
                with token.open(user_pin=self._secret("pin"), rw=writes) as session:
                    yield session
        except _WRONG_PIN as error:
            self._refused = f"token {name} refuses the PIN ({type(error).__name__}); it is not tried again"
            raise SealKeyError(self._refused) from error
        except (pkcs11.PKCS11Error, RuntimeError) as error:
            self._is_stale = True  # a library does not find by itself what was taken out and put back
            raise SealKeyError(f"token {name}: {type(error).__name__} {error}".rstrip()) from error

"""The key that the tool signs with: made here, kept outside every repository, readable by its owner alone."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from grader.errors import UserError

_BITS = 2048
_PROJECT = Path(__file__).resolve().parents[3]
"""This project, which may be a copy without its `.git`."""


@dataclass(frozen=True)
class SigningKey:
    """An RSA key; `kid` is its thumbprint (RFC 7638), so that nothing but the key need be kept."""

    private: RSAPrivateKey
    kid: str

    def public_jwk(self) -> dict[str, Any]:
        """What Canvas asks for as “Public JWK”."""
        return {**_jwk(self.private), "kid": self.kid, "alg": "RS256", "use": "sig"}

    def public_pem(self) -> str:
        """What Moodle asks for as “Public key”."""
        return (
            self.private.public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            .decode("ascii")
        )


def read_key(path: Path) -> SigningKey:
    """The private key in a PEM file.

    Raises UserError: no such file, inside a repository, readable by others, no RSA key of 2048 bits or more.
    """
    _outside_repositories(path)
    try:
        mode, data = path.stat().st_mode, path.read_bytes()
    except FileNotFoundError:
        raise UserError(
            f"{path}: there is no such key; make one with grader export --to lti --new-key {path}"
        ) from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); check its permissions") from None
    if mode & 0o077:
        raise UserError(f"{path}: others on this machine can read this key; run chmod 600 {path}")
    try:
        private = serialization.load_pem_private_key(data, password=None)
    except (ValueError, TypeError):
        raise UserError(
            f"{path}: no private key in PEM form without a password; make one with --new-key"
        ) from None
    if not isinstance(private, RSAPrivateKey) or private.key_size < _BITS:
        raise UserError(f"{path}: LTI asks for an RSA key of {_BITS} bits or more; make one with --new-key")
    return SigningKey(private, _thumbprint(private))


def new_key(path: Path) -> tuple[SigningKey, Path, Path]:
    """Make a key at `path`; beside it, its public halves for Canvas (.jwk.json) and Moodle (.pub.pem).

    Raises UserError: inside a repository, or something is there already.
    """
    _outside_repositories(path)
    private = generate_private_key(public_exponent=65537, key_size=_BITS)
    key = SigningKey(private, _thumbprint(private))
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
    except FileExistsError:
        raise UserError(f"{path}: is there already; name a new file, or go on with that key") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({error.strerror}); name another place") from None
    jwk, public = path.with_name(path.name + ".jwk.json"), path.with_name(path.name + ".pub.pem")
    jwk.write_text(json.dumps(key.public_jwk(), indent=2) + "\n", "utf-8")
    public.write_text(key.public_pem(), "ascii")
    return key, jwk, public


def _outside_repositories(path: Path) -> None:
    for folder in path.absolute().resolve().parents:
        if (folder / ".git").exists() or folder == _PROJECT:
            raise UserError(
                f"{path}: lies inside {folder}, from where a key gets shared by accident; "
                f"keep it elsewhere, in ~/.config/grader/lti.pem say"
            )


def _jwk(private: RSAPrivateKey) -> dict[str, Any]:
    return {name: RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)[name] for name in ("e", "kty", "n")}


def _thumbprint(private: RSAPrivateKey) -> str:
    canonical = json.dumps(_jwk(private), sort_keys=True, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(hashlib.sha256(canonical).digest()).rstrip(b"=").decode()

"""A login token counts when the shop signed it for this house and this moment, and no other way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from onethread.identity.logins import LONGEST_S, LoginKeys, LoginKeysInvalid, LoginRefused

NOW = 1_790_000_000.0
SECRET = "a secret that shop and house share, long enough"
AUDIENCE = "onethread"
RSA_KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def claims(**changed: Any) -> dict[str, Any]:
    usual = {"sub": "c-7", "aud": AUDIENCE, "exp": int(NOW) + 300, "iat": int(NOW)}
    return {name: value for name, value in (usual | changed).items() if value is not None}


def signed(key: Any = SECRET, algorithm: str = "HS256", kid: str | None = None, **changed: Any) -> str:
    return jwt.encode(claims(**changed), key, algorithm, headers={"kid": kid} if kid else None)


@pytest.fixture
def shop() -> LoginKeys:
    return LoginKeys.of_secret(SECRET, AUDIENCE)


@pytest.fixture
def public(tmp_path: Path) -> LoginKeys:
    keys = [
        {**RSAAlgorithm.to_jwk(RSA_KEY.public_key(), as_dict=True), "kid": "r", "alg": "RS256"},
        {**ECAlgorithm.to_jwk(EC_KEY.public_key(), as_dict=True), "kid": "e"},
    ]
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps({"keys": keys}), "utf-8")
    return LoginKeys.of_file(path, AUDIENCE)


def test_a_genuine_token_says_who_it_is(shop: LoginKeys) -> None:
    login = shop.read(
        signed(
            name="Ana",
            email="ana@example.com",
            email_verified=True,
            phone_number="+15551230001",
            phone_number_verified=True,
        ),
        NOW,
    )
    assert (login.subject, login.name, login.email, login.phone) == (
        "c-7",
        "Ana",
        "ana@example.com",
        "+15551230001",
    )


def test_what_the_shop_did_not_verify_is_not_taken(shop: LoginKeys) -> None:
    login = shop.read(signed(email="ana@example.com", phone_number="+15551230001"), NOW)
    assert (login.email, login.phone) == (None, None)


@pytest.mark.parametrize(("key", "algorithm", "kid"), [(RSA_KEY, "RS256", "r"), (EC_KEY, "ES256", "e")])
def test_a_token_signed_with_a_public_key_of_the_file_counts(
    public: LoginKeys, key: Any, algorithm: str, kid: str
) -> None:
    assert public.read(signed(key, algorithm, kid), NOW).subject == "c-7"


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "another-house"},
        {"aud": None},
        {"exp": None},
        {"exp": "soon"},
        {"exp": int(NOW) - 60},
        {"exp": int(NOW) + LONGEST_S + 60},
        {"nbf": int(NOW) + 120},
        {"iat": int(NOW) + 120},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 201},
    ],
)
def test_a_token_for_somebody_else_or_another_time_is_refused(
    shop: LoginKeys, changed: dict[str, Any]
) -> None:
    with pytest.raises(LoginRefused):
        shop.read(signed(**changed), NOW)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "e30.e30.", "x" * 5_000])
def test_what_is_no_token_is_refused(shop: LoginKeys, token: str) -> None:
    with pytest.raises(LoginRefused):
        shop.read(token, NOW)


def test_a_token_without_a_signature_is_refused(shop: LoginKeys, public: LoginKeys) -> None:
    unsigned = jwt.encode(claims(), "", "none")
    for keys in (shop, public):
        with pytest.raises(LoginRefused):
            keys.read(unsigned, NOW)


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_only_the_one_algorithm_counts(shop: LoginKeys, algorithm: str) -> None:
    with pytest.raises(LoginRefused):
        shop.read(signed(SECRET * 2, algorithm), NOW)


def test_another_key_counts_for_nothing(shop: LoginKeys) -> None:
    with pytest.raises(LoginRefused):
        shop.read(signed("another secret of the same length, or longer"), NOW)


def test_a_public_key_used_as_a_secret_is_refused(public: LoginKeys) -> None:
    """The old trick: the verifier is led to take its public key for an HMAC secret."""
    header = {"alg": "HS256", "typ": "JWT", "kid": "r"}
    body = [jwt.utils.base64url_encode(json.dumps(part).encode()).decode() for part in (header, claims())]
    secret = json.dumps(RSAAlgorithm.to_jwk(RSA_KEY.public_key(), as_dict=True)).encode()
    seal = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(
        ".".join(body).encode(), secret
    )
    with pytest.raises(LoginRefused):
        public.read(".".join([*body, jwt.utils.base64url_encode(seal).decode()]), NOW)


def test_an_unknown_key_id_is_refused(public: LoginKeys) -> None:
    with pytest.raises(LoginRefused):
        public.read(signed(RSA_KEY, "RS256", "of-somebody-else"), NOW)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"keys": []}', '{"keys": [{"kty": "oct", "k": "AAAA"}]}']
)
def test_a_file_without_usable_keys_is_told_of(tmp_path: Path, content: str) -> None:
    path = tmp_path / "jwks.json"
    path.write_text(content, "utf-8")
    with pytest.raises(LoginKeysInvalid):
        LoginKeys.of_file(path, AUDIENCE)


def test_a_short_secret_is_not_taken() -> None:
    with pytest.raises(LoginKeysInvalid):
        LoginKeys.of_secret("x" * 31, AUDIENCE)

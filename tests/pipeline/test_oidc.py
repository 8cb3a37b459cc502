"""OpenID Connect: whose tokens are believed, for how long, and whom they make a caller."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from matcher.bootstrap import Service
from matcher.domain.access import LOCAL_OPERATOR, Principal, Right, Role
from matcher.domain.errors import Forbidden, InvalidInput, IssuerUnavailable, Unauthorized
from matcher.domain.listing import Achievement
from matcher.pipeline.access import ClaimNames, IssuerKeys, OpenIdTokens, authenticate, create_key
from matcher.pipeline.access.issuer_keys import LIFESPAN, PAUSE
from matcher.pipeline.idempotency import Request
from matcher.pipeline.lists import writing
from matcher.pipeline.lists.parks import add_park, list_parks
from matcher.settings import Settings
from matcher.store.database import Database
from tests.pipeline.given import NOON
from tests.pipeline.issuer import AUDIENCE, Issuer, ec_key, ed_key, issuing, rsa_key

CLAIMS = ClaimNames("matcher_role", "matcher_parks", "matcher_subject")


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture(scope="module")
def running() -> Iterator[Issuer]:
    with issuing() as issuer:
        yield issuer


@pytest.fixture
def issuer(running: Issuer) -> Issuer:
    running.keys = {"rsa-1": running.keys.get("rsa-1") or (rsa_key(), "RS256")}
    running.down, running.named, running.asked = False, None, 0
    return running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(issuer: Issuer, clock: Clock) -> OpenIdTokens:
    return OpenIdTokens(issuer.url, AUDIENCE, IssuerKeys(issuer.url, None, clock), CLAIMS)


@pytest.fixture
def district(database: Database) -> Database:
    for code in ("jia", "yi"):
        add_park(database, LOCAL_OPERATOR, code, f"{code}园", "", NOON)
    return database


def park_codes(database: Database, principal: Principal) -> list[str]:
    return [park.code for park in list_parks(database, principal.scope).items]


def test_a_genuine_token_is_an_operator_of_the_parks_it_names(
    tokens: OpenIdTokens, issuer: Issuer, district: Database
) -> None:
    caller = authenticate(district, issuer.token(), NOON, tokens)
    assert (caller.name, caller.account, caller.role) == ("示例赵明", "8a1f-0001", Role.OPERATOR)
    assert park_codes(district, caller) == ["jia"]
    assert caller.expires_at is not None
    assert caller.key_id is None
    assert caller.may(Right.WORK_LEDGER)
    assert not caller.may(Right.ADMINISTER)


@pytest.mark.parametrize(
    ("kid", "make", "algorithm"),
    [("ec-1", ec_key, "ES256"), ("ed-1", ed_key, "EdDSA"), ("ps-1", rsa_key, "PS256")],
)
def test_elliptic_curves_and_pss_are_believed_too(
    tokens: OpenIdTokens, issuer: Issuer, district: Database, kid: str, make: Any, algorithm: str
) -> None:
    issuer.keys[kid] = (make(), algorithm)
    assert tokens.principal(district, issuer.token(kid)).name == "示例赵明"


WRONG: dict[str, dict[str, Any]] = {
    "another audience": {"aud": "payroll"},
    "no audience": {"aud": None},
    "another issuer": {"iss": "https://login.other.example"},
    "no issuer": {"iss": None},
    "expired": {"iat": int(time.time()) - 900, "exp": int(time.time()) - 600},
    "no end": {"exp": None},
    "an end beyond every calendar": {"exp": 10**17},
    "an end that is no number": {"exp": "soon"},
    "no beginning": {"iat": None},
    "issued in the future": {"iat": int(time.time()) + 3600, "exp": int(time.time()) + 7200},
    "not valid yet": {"nbf": int(time.time()) + 3600},
    "nobody": {"sub": None},
    "an empty subject": {"sub": ""},
    "a subject longer than the standard allows": {"sub": "x" * 256},
}


@pytest.mark.parametrize("what", WRONG)
def test_a_token_that_says_something_else_is_refused(
    tokens: OpenIdTokens, issuer: Issuer, district: Database, what: str
) -> None:
    with pytest.raises(Unauthorized):
        tokens.principal(district, issuer.token(**WRONG[what]))


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _encoded(part: Any) -> str:
    return _base64(json.dumps(part).encode())


def forged(issuer: Issuer, what: str) -> str:
    genuine = issuer.token()
    head, claims, signature = genuine.split(".")
    key = issuer.keys["rsa-1"][0]
    pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    hs_head = _encoded({"alg": "HS256", "kid": "rsa-1", "typ": "JWT"})
    mac = hmac.new(pem, f"{hs_head}.{claims}".encode(), hashlib.sha256).digest()
    return {
        "alg none": f"{_encoded({'alg': 'none', 'kid': 'rsa-1'})}.{claims}.",
        "no signature": f"{head}.{claims}.",
        "HS256 with the public key": f"{hs_head}.{claims}.{_base64(mac)}",
        "other claims": f"{head}.{_encoded(issuer.claims(matcher_role='admin'))}.{signature}",
        "another key under a known id": jwt.encode(
            issuer.claims(), rsa_key(), algorithm="RS256", headers={"kid": "rsa-1"}
        ),
        "another algorithm of the same key": jwt.encode(
            issuer.claims(), key, algorithm="RS512", headers={"kid": "rsa-1"}
        ),
        "no key id": jwt.encode(issuer.claims(), key, algorithm="RS256"),
        "an unknown key": jwt.encode(issuer.claims(), rsa_key(), algorithm="RS256", headers={"kid": "x"}),
        "no token": "not.a.token",
        "one word": "nonsense",
    }[what]


@pytest.mark.parametrize(
    "what",
    [
        "alg none",
        "no signature",
        "HS256 with the public key",
        "other claims",
        "another key under a known id",
        "another algorithm of the same key",
        "no key id",
        "an unknown key",
        "no token",
        "one word",
    ],
)
def test_a_forged_token_is_refused(
    tokens: OpenIdTokens, issuer: Issuer, district: Database, what: str
) -> None:
    with pytest.raises(Unauthorized):
        tokens.principal(district, forged(issuer, what))


def test_a_shared_secret_among_the_issuers_keys_opens_nothing(
    tokens: OpenIdTokens, issuer: Issuer, district: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = b"x" * 32
    shared = {"kty": "oct", "kid": "oct-1", "k": _base64(secret)}
    published = issuer.answer
    monkeypatch.setattr(
        issuer, "answer", lambda path: {**published(path), "keys": [shared, *published(path).get("keys", [])]}
    )
    token = jwt.encode(issuer.claims(), secret, algorithm="HS256", headers={"kid": "oct-1"})
    with pytest.raises(Unauthorized):
        tokens.principal(district, token)


def test_keys_are_asked_for_once_and_again_when_they_rotate(
    tokens: OpenIdTokens, issuer: Issuer, district: Database, clock: Clock
) -> None:
    for _ in range(3):
        tokens.principal(district, issuer.token())
    assert issuer.asked == 1
    issuer.keys = {"rsa-2": (rsa_key(), "RS256")}
    clock.seconds += PAUSE
    assert tokens.principal(district, issuer.token("rsa-2")).name == "示例赵明"
    assert issuer.asked == 2


def test_made_up_key_ids_do_not_make_the_service_ask_again_and_again(
    tokens: OpenIdTokens, issuer: Issuer, district: Database, clock: Clock
) -> None:
    tokens.principal(district, issuer.token())
    for _ in range(5):
        with pytest.raises(Unauthorized):
            tokens.principal(district, forged(issuer, "an unknown key"))
    assert issuer.asked == 1
    clock.seconds += PAUSE
    with pytest.raises(Unauthorized):
        tokens.principal(district, forged(issuer, "an unknown key"))
    assert issuer.asked == 2


def test_a_key_the_issuer_has_dropped_is_believed_for_an_hour_at_most(
    tokens: OpenIdTokens, issuer: Issuer, district: Database, clock: Clock
) -> None:
    token = issuer.token()
    tokens.principal(district, token)
    issuer.keys = {"rsa-2": (rsa_key(), "RS256")}
    clock.seconds += LIFESPAN
    with pytest.raises(Unauthorized):
        tokens.principal(district, token)


def test_an_issuer_that_is_down_stops_no_one_whose_key_is_known(
    tokens: OpenIdTokens, issuer: Issuer, district: Database, clock: Clock
) -> None:
    tokens.principal(district, issuer.token())
    issuer.down = True
    clock.seconds += PAUSE
    assert tokens.principal(district, issuer.token()).name == "示例赵明"


def test_an_issuer_that_is_down_is_said_to_be_and_keys_work_on(
    tokens: OpenIdTokens, issuer: Issuer, district: Database, clock: Clock
) -> None:
    issuer.down = True
    for _ in range(2):
        with pytest.raises(IssuerUnavailable, match="use an API key"):
            authenticate(district, issuer.token(), NOON, tokens)
    key = create_key(district, name="脚本", role=Role.READER, park_codes=["jia"], now=NOON).key
    assert authenticate(district, key, NOON, tokens).name == "脚本"
    issuer.down = False
    clock.seconds += PAUSE
    assert authenticate(district, issuer.token(), NOON, tokens).name == "示例赵明"


def test_a_discovery_document_of_another_issuer_is_not_followed(
    tokens: OpenIdTokens, issuer: Issuer, district: Database
) -> None:
    issuer.named = "https://login.other.example"
    with pytest.raises(IssuerUnavailable):
        tokens.principal(district, issuer.token())
    assert issuer.asked == 0


def test_the_address_of_the_keys_may_be_set(issuer: Issuer, district: Database) -> None:
    keys = IssuerKeys("https://login.park.example", f"{issuer.url}/certs")
    tokens = OpenIdTokens("https://login.park.example", AUDIENCE, keys, CLAIMS)
    assert tokens.principal(district, issuer.token(iss="https://login.park.example")).role is Role.OPERATOR


@pytest.mark.parametrize(
    ("said", "role"),
    [
        ("reader", Role.READER),
        (["offline_access", "batch"], Role.BATCH),
        ("openid technology_manager", Role.TECHNOLOGY_MANAGER),
        (["operator", "operator"], Role.OPERATOR),
    ],
)
def test_the_role_may_stand_alone_or_among_others(
    tokens: OpenIdTokens, issuer: Issuer, district: Database, said: Any, role: Role
) -> None:
    token = issuer.token(matcher_role=said, matcher_subject="示例周岚")
    assert tokens.principal(district, token).role is role


@pytest.mark.parametrize(
    "said", [None, "", "superuser", "embed", ["operator", "admin"], {"operator": True}, 7]
)
def test_a_token_without_exactly_one_role_of_ours_may_not_come_in(
    tokens: OpenIdTokens, issuer: Issuer, district: Database, said: Any
) -> None:
    with pytest.raises(Forbidden, match="exactly one role"):
        tokens.principal(district, issuer.token(matcher_role=said))


def test_claims_may_lie_within_claims(issuer: Issuer, district: Database) -> None:
    names = ClaimNames("realm_access.roles", "https://park.example/parks", "matcher_subject")
    tokens = OpenIdTokens(issuer.url, AUDIENCE, IssuerKeys(issuer.url, None), names)
    said: dict[str, Any] = {"realm_access": {"roles": ["reader"]}, "https://park.example/parks": "jia, yi"}
    caller = tokens.principal(district, issuer.token(**said))
    assert caller.role is Role.READER
    assert park_codes(district, caller) == ["jia", "yi"]


@pytest.mark.parametrize(
    ("role", "parks", "seen"),
    [
        ("operator", None, []),
        ("operator", ["yi", "nowhere"], ["yi"]),
        ("operator", "*", []),
        ("admin", None, []),
        ("admin", "*", ["jia", "yi"]),
        ("batch", ["*"], ["jia", "yi"]),
        ("admin", ["jia"], ["jia"]),
    ],
)
def test_a_token_opens_the_parks_it_names_and_no_other(
    tokens: OpenIdTokens, issuer: Issuer, district: Database, role: str, parks: Any, seen: list[str]
) -> None:
    caller = tokens.principal(district, issuer.token(matcher_role=role, matcher_parks=parks))
    assert park_codes(district, caller) == seen
    assert caller.may(Right.ADMINISTER) == (role == "admin" and parks == "*")


def test_a_research_unit_sees_its_own_achievements_and_no_park(
    tokens: OpenIdTokens, issuer: Issuer, district: Database
) -> None:
    for title, unit in (("隔膜", "示例 研究院"), ("填料", "示例大学")):
        listing = Achievement(title=title, organisation=unit)
        writing.create_listing(district, LOCAL_OPERATOR, listing, NOON)
    token = issuer.token(matcher_role="research_unit", matcher_parks="*", matcher_subject="示例研究院")
    caller = tokens.principal(district, token)
    assert caller.scope.parks == frozenset()
    assert caller.scope.organisations == frozenset({"示例 研究院"})


@pytest.mark.parametrize("role", ["research_unit", "technology_manager"])
def test_a_role_with_rows_of_its_own_must_say_whose(
    tokens: OpenIdTokens, issuer: Issuer, district: Database, role: str
) -> None:
    with pytest.raises(Forbidden, match="matcher_subject"):
        tokens.principal(district, issuer.token(matcher_role=role))


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({}, "示例赵明"),
        ({"preferred_username": None, "email": "zhao@example.com"}, "zhao@example.com"),
        ({"preferred_username": "", "email": None}, "8a1f-0001"),
        ({"preferred_username": "长" * 500}, "长" * 100),
    ],
)
def test_the_log_shows_who(
    tokens: OpenIdTokens, issuer: Issuer, district: Database, said: dict[str, Any], name: str
) -> None:
    assert tokens.principal(district, issuer.token(**said)).name == name


def test_two_people_of_one_name_do_not_share_repeated_requests(
    tokens: OpenIdTokens, issuer: Issuer, district: Database
) -> None:
    callers = [tokens.principal(district, issuer.token(sub=sub)) for sub in ("8a1f-0001", "8a1f-0002")]
    assert len({one.name for one in callers}) == 1
    assert len({Request(one, NOON).caller for one in callers}) == 2


def test_without_an_issuer_no_token_is_believed(issuer: Issuer, district: Database) -> None:
    with pytest.raises(Unauthorized):
        authenticate(district, issuer.token(), NOON)
    assert issuer.asked == 0


def test_an_issuer_and_an_audience_go_together(tmp_path: Path) -> None:
    alone = (
        (Settings(data_dir=tmp_path, oidc_issuer="https://login.park.example"), "MATCHER_OIDC_AUDIENCE"),
        (Settings(data_dir=tmp_path, oidc_audience=AUDIENCE), "MATCHER_OIDC_ISSUER"),
    )
    for settings, missing in alone:
        with pytest.raises(InvalidInput) as refused:
            Service(settings)
        assert refused.value.field == missing
    with pytest.raises(ValueError, match="oidc_issuer"):
        Settings(data_dir=tmp_path, oidc_issuer="file:///etc/passwd", oidc_audience=AUDIENCE)

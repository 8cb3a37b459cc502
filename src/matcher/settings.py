"""Configuration from `MATCHER_*` environment variables; read by bootstrap and Alembic's env only."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal

from pydantic import Field, Json, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_WEB_ADDRESS = r"^https?://[^\s/]+\S*$"


class Settings(BaseSettings):
    """Every setting, its unit and its default; immutable once read."""

    model_config = SettingsConfigDict(
        env_prefix="MATCHER_", frozen=True, extra="forbid", hide_input_in_errors=True
    )

    data_dir: Path = Field(
        default=Path("var"), description="Folder of all state: the SQLite file, index caches and locks."
    )
    database_url: str | None = Field(
        default=None,
        repr=False,
        description="Database URL, postgresql://user:password@host/name; SQLite in the data folder if unset.",
    )
    encoder: str | None = Field(
        default=None,
        description="A model folder or a hub id with revision (name@revision); if unset, what "
        "`matcher encoder use` chose, else the bundled model.",
    )
    encoder_query_prompt: str | None = Field(
        default=None,
        description="What such a model is told before a demand; its own or its family's if unset.",
    )
    encoder_document_prompt: str | None = Field(
        default=None, description="What it is told before an achievement; its own or its family's if unset."
    )
    encoder_dimension: int | None = Field(
        default=None, ge=1, description="Dimensions kept of its vectors (Matryoshka models); all if unset."
    )
    encoder_device: str = Field(default="cpu", description="torch device for a model other than the bundled.")
    encoder_batch_size: int = Field(default=32, ge=1, description="Texts encoded at once.")
    reranker: str | None = Field(
        default=None,
        description="A cross-encoder that reads the best 50 again: a folder or name@revision; none if unset.",
    )
    reranker_weight: float = Field(
        default=0.5, gt=0, lt=1, description="Its part of the score where no learned scoring is in use."
    )
    top_k: int = Field(default=10, ge=1, le=50, description="Matches kept for each demand and achievement.")
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on.")
    root_path: str = Field(
        default="",
        pattern=r"^(/[A-Za-z0-9._~-]+)*$",
        description="Path that a proxy serves this under, such as `/matcher`; the root if unset.",
    )
    trusted_proxies: str = Field(
        default="127.0.0.1,::1",
        description="Addresses or networks of proxies whose X-Forwarded-For, -Host and -Proto are believed.",
    )
    change_interval: float = Field(
        default=10.0,
        ge=0,
        description="Seconds between looks for changed lists while serving; 0 leaves matching to the batch.",
    )
    max_upload_mb: int = Field(default=64, ge=1, description="Largest list file accepted over REST, in MB.")
    remind_to: Json[dict[str, tuple[str, ...]]] = Field(
        default={},
        validate_default=False,
        description='Who gets a park\'s brief by e-mail, as JSON: `{"hydrogen": ["office@example.com"]}`.',
    )
    smtp_host: str | None = Field(default=None, description="Mail server that takes the briefs.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Its port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the connection to it is encrypted: starttls, tls or none."
    )
    smtp_user: str | None = Field(default=None, description="User at the mail server; none signs in as none.")
    smtp_password: SecretStr | None = Field(default=None, description="That user's password.")
    smtp_from: str | None = Field(default=None, description="Sender's address of the briefs.")
    webhook_url: SecretStr | None = Field(
        default=None, description="Address that every park's brief is posted to as JSON."
    )
    webhook_secret: SecretStr | None = Field(
        default=None,
        description="What the posts are signed with (Standard Webhooks): whsec_ and Base64 of 24–64 bytes.",
    )

    oidc_issuer: str | None = Field(
        default=None,
        pattern=_WEB_ADDRESS,
        description="Issuer of OpenID Connect bearer tokens, as their iss claim has it; no tokens if unset.",
    )
    oidc_audience: str | None = Field(
        default=None, min_length=1, description="What the aud claim of those tokens must name: this service."
    )
    oidc_jwks_url: str | None = Field(
        default=None,
        repr=False,
        pattern=_WEB_ADDRESS,
        description="Address of the issuer's public keys; the one its discovery document names if unset.",
    )
    oidc_role_claim: str = Field(
        default="matcher_role",
        min_length=1,
        description="Claim with the caller's role, or a list with one; a.b is claim b within claim a.",
    )
    oidc_parks_claim: str = Field(
        default="matcher_parks",
        min_length=1,
        description="Claim with the caller's park codes; * is every park, to an admin and the batch alone.",
    )
    oidc_subject_claim: str = Field(
        default="matcher_subject",
        min_length=1,
        description="Claim with a technology manager's name or a research unit's organisation.",
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        _networks(value)
        return value

    @property
    def proxy_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks of the proxies that are believed."""
        return _networks(self.trusted_proxies)

    @property
    def resolved_database_url(self) -> str:
        """The URL in use, with PostgreSQL on the psycopg driver."""
        if self.database_url is None:
            return f"sqlite:///{self.data_dir.resolve() / 'matcher.db'}"
        scheme, separator, rest = self.database_url.partition("://")
        driver = "postgresql+psycopg" if scheme in {"postgres", "postgresql"} else scheme
        return f"{driver}{separator}{rest}"


def _networks(names: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(name.strip()) for name in names.split(",") if name.strip())

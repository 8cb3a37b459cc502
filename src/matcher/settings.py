"""Configuration from `MATCHER_*` environment variables; read by bootstrap and Alembic's env only."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting, its unit and its default; immutable once read."""

    model_config = SettingsConfigDict(env_prefix="MATCHER_", frozen=True, extra="forbid")

    data_dir: Path = Field(
        default=Path("var"), description="Folder of all state: the SQLite file, index caches and locks."
    )
    database_url: str | None = Field(
        default=None,
        description="Database URL, postgresql://user:password@host/name; SQLite in the data folder if unset.",
    )
    encoder: str | None = Field(
        default=None,
        description="A model folder or a hub id with revision (name@revision); the bundled model if unset.",
    )
    encoder_device: str = Field(default="cpu", description="torch device for a model other than the bundled.")
    encoder_batch_size: int = Field(default=32, ge=1, description="Texts encoded at once.")
    top_k: int = Field(default=10, ge=1, le=50, description="Matches kept for each demand and achievement.")
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on.")
    change_interval: float = Field(
        default=10.0,
        ge=0,
        description="Seconds between looks for changed lists while serving; 0 leaves matching to the batch.",
    )
    max_upload_mb: int = Field(default=64, ge=1, description="Largest list file accepted over REST, in MB.")

    @property
    def resolved_database_url(self) -> str:
        """The URL in use, with PostgreSQL on the psycopg driver."""
        if self.database_url is None:
            return f"sqlite:///{self.data_dir.resolve() / 'matcher.db'}"
        scheme, separator, rest = self.database_url.partition("://")
        driver = "postgresql+psycopg" if scheme in {"postgres", "postgresql"} else scheme
        return f"{driver}{separator}{rest}"

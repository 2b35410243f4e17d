"""The settings: the only code that reads the environment."""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.encryption_key import decode_key

DEVELOPMENT_FILE = ".perennial/environment"
"""Where `perennial dev` writes how to reach what it runs, for as long as it runs."""


class SettingsError(Exception):
    """Settings are missing or wrong; the message names every one of them."""


def _checked_key(key: SecretStr) -> SecretStr:
    decode_key(key.get_secret_value())
    return key


class Settings(BaseSettings):
    """Everything the API and the worker take from the environment, or from `.env` beside the code."""

    model_config = SettingsConfigDict(env_file=(DEVELOPMENT_FILE, ".env"), extra="ignore", env_ignore_empty=True)

    host: str = Field(default="127.0.0.1", description="Address the API listens on.")
    port: int = Field(default=3000, ge=1, le=65535, description="Port the API listens on.")
    database_url: SecretStr = Field(description="PostgreSQL, e.g. postgresql://user:password@host:5432/perennial.")
    mongodb_uri: SecretStr = Field(description="MongoDB with the database's name, e.g. mongodb://host:27017/perennial.")
    temporal_address: str = Field(default="127.0.0.1:7233", description="Temporal's gRPC address, host:port.")
    temporal_namespace: str = Field(default="default", description="Temporal namespace.")
    openai_api_key: SecretStr = Field(description="OpenAI API key.")
    openai_base_url: str | None = Field(default=None, description="Another Responses-compatible server.")
    openai_model: str = Field(default="gpt-6-luna", description="Model of companies that name none.")
    whatsapp_graph_url: str = Field(default="https://graph.facebook.com", description="Graph API.")
    whatsapp_api_version: str = Field(default="v25.0", pattern=r"^v\d+\.\d+$", description="Graph API version.")
    whatsapp_app_secret: SecretStr | None = Field(
        default=None, description="Secret of the Meta app; webhooks are refused without it."
    )
    whatsapp_verify_token: SecretStr | None = Field(
        default=None, description="Token of your choice for the webhook's verification."
    )
    perennial_admin_key: SecretStr = Field(min_length=16, description="Key that may act for every company.")
    perennial_encryption_key: Annotated[SecretStr, AfterValidator(_checked_key)] | None = Field(
        default=None, description="32 bytes in base64, for companies' credentials: openssl rand -base64 32."
    )
    perennial_simulator: bool = Field(default=False, description="Serve the simulator page at /simulator.")
    perennial_simulated_brain: bool = Field(
        default=False, description="The model is our simulated server, which costs nothing."
    )
    temporal_ui_url: str | None = Field(default=None, description="Temporal's Web UI, linked from the console.")
    worker_cached_agents: int = Field(default=10_000, ge=10, description="Agents a worker keeps in memory.")

    @property
    def perennial_brain_label(self) -> str:
        """What people are told the brain is."""
        return "simulated" if self.perennial_simulated_brain else f"OpenAI {self.openai_model}"


def load() -> Settings:
    """The settings; raises `SettingsError` with all that is missing or wrong at once."""
    try:
        return Settings()  # pyright: ignore[reportCallIssue]
    except ValidationError as error:
        faults = [_fault(str(each["loc"][0]), each["type"], each["msg"]) for each in error.errors()]
        raise SettingsError("\n".join(["These settings are missing or wrong:", *faults])) from None


def _fault(field: str, kind: str, message: str) -> str:
    description = Settings.model_fields[field].description
    problem = "is not set" if kind == "missing" else message.removeprefix("Value error, ")
    return f"  {field.upper()} {problem}. {description}"

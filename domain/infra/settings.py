"""Settings, read once from the environment. README lists each one; a test compares."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

# Redis counts in floating point, exactly up to here.
_MAX_DIGITS = 12

# The modes of `documents`.
OPEN = "open"
PERSISTED = "persisted"


class InvalidSetting(ValueError):
    """A setting is missing or malformed; the message names the variable and says what it must be."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What somebody may use: at most `capacity` points at once, of which `per_s` come back each second."""

    capacity: int
    per_s: int

    def __str__(self) -> str:
        return f"{self.capacity}+{self.per_s}"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a process can be told. The environment variable of a field is its name in capitals."""

    database_url: str = field(
        metadata={"about": "PostgreSQL, as `postgresql+asyncpg://…`. `matchpoint up` starts one when absent."}
    )
    redis_url: str = field(
        metadata={"about": "Valkey or Redis, as `redis://…` or `unix://…`. `matchpoint up` starts one when absent."}
    )
    secret_key: str = field(
        repr=False,
        metadata={"about": "At least 32 characters. Encrypts signing keys at rest. `matchpoint up` makes one."},
    )
    public_url: str = field(
        default="http://127.0.0.1:8000", metadata={"about": "Where clients reach the server; issuer of its tokens."}
    )
    allowed_origins: tuple[str, ...] = field(
        default=(), metadata={"about": "Origins of other sites whose pages may call the API, comma-separated."}
    )
    trusted_proxies: tuple[str, ...] = field(
        default=(),
        metadata={
            "about": "Addresses and networks of balancers whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed,"
            " comma-separated. Empty: nobody's. Behind a balancer that is not listed, all users share the limits of "
            "its address."
        },
    )
    user_points: Allowance = field(
        default=Allowance(1000, 100),
        metadata={
            "about": "What a signed-in user may ask for, as `capacity+restored each second` in points (see Limits)."
        },
    )
    address_points: Allowance = field(
        default=Allowance(5000, 500),
        metadata={"about": "The same for everybody together who is not signed in, by address (IPv6: by /64 network)."},
    )
    database_pool_size: int = field(default=10, metadata={"about": "Connections to PostgreSQL per process."})
    connections_per_address: int = field(
        default=500,
        metadata={
            "about": "TCP connections that an address may have open at once, sockets and idle ones too, per process."
            " Those of trusted proxies are not counted."
        },
    )
    sockets_per_user: int = field(
        default=20,
        metadata={
            "about": "WebSocket connections a user may have open at once, per process; and as many event streams."
        },
    )
    sockets_per_address: int = field(
        default=200,
        metadata={
            "about": "The same for an address (of IPv6, a /64); its event streams count when nobody is signed in."
        },
    )
    documents: str = field(
        default=OPEN,
        metadata={
            "about": "Who may send documents of their own: `open` (everybody, within the limits) or `persisted`"
            " (administrators only). Applications with an API key send registered ones in either."
        },
    )
    access_token_ttl_s: int = field(default=600, metadata={"about": "Seconds an access token is valid."})
    refresh_token_ttl_s: int = field(
        default=30 * 24 * 3600, metadata={"about": "Seconds a session lives without being refreshed."}
    )
    signing_key_ttl_s: int = field(
        default=30 * 24 * 3600, metadata={"about": "Seconds after which a new signing key takes over."}
    )
    smtp_url: str = field(
        default="",
        repr=False,
        metadata={
            "about": "Mail server, as `smtp://user:password@host:port`. Empty: mail is only noted in the log, "
            "with its text at `LOG_LEVEL=DEBUG`."
        },
    )
    mail_from: str = field(default="Matchpoint <no-reply@localhost>", metadata={"about": "Sender of mail."})
    http_status_profile: str = field(
        default="audit",
        metadata={
            "about": "Statuses of GraphQL over HTTP: `audit`, as its audit suite asks, or `draft`, as the working draft"
            " of August 2026 does (422 for what cannot run, 294 for data with errors)."
        },
    )
    log_format: str = field(default="json", metadata={"about": "`json` or `console`."})
    log_level: str = field(default="INFO", metadata={"about": "`DEBUG`, `INFO`, `WARNING` or `ERROR`."})
    otel_exporter_otlp_endpoint: str = field(
        default="", metadata={"about": "OpenTelemetry collector (OTLP over HTTP). Empty: no traces."}
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """The settings of this process.

        Raises:
            InvalidSetting: one is missing or malformed.
        """
        environment = os.environ if environment is None else environment
        given: dict[str, Any] = {}
        for spec in fields(cls):
            variable = spec.name.upper()
            if environment.get(variable):
                given[spec.name] = _parsed(variable, environment[variable], str(spec.type))
        missing = [name.upper() for name in ("database_url", "redis_url", "secret_key") if name not in given]
        if missing:
            raise InvalidSetting(f"Set {', '.join(missing)}, or use `matchpoint up`, which sets them.")
        settings = cls(**given)
        if len(settings.secret_key) < 32:
            raise InvalidSetting("SECRET_KEY needs at least 32 characters.")
        if settings.http_status_profile not in ("audit", "draft"):
            raise InvalidSetting("HTTP_STATUS_PROFILE must be audit or draft.")
        if settings.log_format not in ("json", "console"):
            raise InvalidSetting("LOG_FORMAT must be json or console.")
        if settings.log_level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise InvalidSetting("LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR.")
        if settings.documents not in (OPEN, PERSISTED):
            raise InvalidSetting(f"DOCUMENTS must be {OPEN} or {PERSISTED}.")
        for proxy in settings.trusted_proxies:
            _check_network(proxy)
        return settings


def _parsed(variable: str, text: str, kind: str) -> Any:
    if kind == "int":
        try:
            number = int(text)
        except ValueError:
            raise InvalidSetting(f"{variable} must be a whole number, not {text!r}.") from None
        if number <= 0:
            raise InvalidSetting(f"{variable} must be positive.")
        return number
    if kind == "Allowance":
        return _allowance(variable, text)
    if kind.startswith("tuple"):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text


def _allowance(variable: str, text: str) -> Allowance:
    capacity, _, per_s = text.partition("+")
    if not (_is_count(capacity) and _is_count(per_s)):
        raise InvalidSetting(f"{variable} must be two positive whole numbers such as 1000+100, not {text!r}.")
    return Allowance(int(capacity), int(per_s))


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS and int(text) > 0


def _check_network(text: str) -> None:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        raise InvalidSetting(
            f"TRUSTED_PROXIES must list addresses and networks such as 10.0.0.0/8; {text!r} is neither."
        ) from None

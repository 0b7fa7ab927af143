"""`matchpoint seed`: the first account, which may do everything."""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
from pathlib import Path

from domain import accounts, registry
from domain.infra.db import Database, WriteSession
from domain.infra.settings import InvalidSetting, Settings

EMAIL = "admin@matchpoint.local"
USERNAME = "admin"
PASSWORD_FILE = "admin-password"  # noqa: S105  (the name of a file)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of `matchpoint seed`."""
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=Path(os.environ.get("MATCHPOINT_DATA_DIR", ".matchpoint")),
        help="where a generated password is kept (default: %(default)s, or MATCHPOINT_DATA_DIR)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Makes the administrator unless there is one. The password is ADMIN_PASSWORD, or made up and written to a file.

    Raises:
        InvalidSetting: a setting is missing or malformed, or the file cannot be written.
        DomainError: ADMIN_PASSWORD is too weak, or somebody else is called `admin`.
    """
    settings = Settings.from_environment()
    if asyncio.run(_seed(settings, arguments.data_dir)):
        where = "as ADMIN_PASSWORD says" if _given() else f"in {arguments.data_dir / PASSWORD_FILE}"
        print(f"Administrator {EMAIL}, password {where}.")
    return 0


async def _seed(settings: Settings, data_dir: Path) -> bool:
    """Whether an administrator was made."""
    db = Database(settings.database_url, pool_size=1, within=registry.WITHIN)
    try:
        async with db.read() as session:
            user = await accounts.user_by_username(session, USERNAME)
        if user is not None and user.email == EMAIL:
            return False
        # Written first, so that no account exists whose password nobody knows.
        password = _given() or _kept_password(data_dir / PASSWORD_FILE)

        async def work(session: WriteSession) -> None:
            await accounts.ensure_admin(session, EMAIL, password, USERNAME)

        await db.transaction(work)
        return True
    finally:
        await db.close()


def _given() -> str | None:
    return os.environ.get("ADMIN_PASSWORD") or None


def _kept_password(path: Path) -> str:
    """The password in the file, made up and written there the first time; readable by its owner only."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            fresh = path.with_name(f"{path.name}.new")
            fresh.unlink(missing_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(18))
                file.flush()
                os.fsync(file.fileno())
            fresh.rename(path)
        return path.read_text()
    except OSError as error:
        raise InvalidSetting(f"cannot keep a password in {path}: {error.strerror}.") from error

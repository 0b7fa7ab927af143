"""Settings that are more than a text or a number."""

from __future__ import annotations

import pytest

from domain.infra.settings import Allowance, InvalidSetting, Settings

NEEDED = {"DATABASE_URL": "postgresql+asyncpg:///x", "REDIS_URL": "redis://x", "SECRET_KEY": "s" * 32}


def test_an_allowance_is_a_capacity_and_what_comes_back_each_second() -> None:
    settings = Settings.from_environment({**NEEDED, "USER_POINTS": "2000+200"})
    assert (settings.user_points, settings.address_points) == (Allowance(2000, 200), Allowance(5000, 500))


@pytest.mark.parametrize(
    "text", ["1000", "1000+", "+100", "0+100", "1000+0", "-1+5", "1e3+1", "1+1+1", "1" * 13 + "+1"]
)
def test_another_form_is_refused_and_the_right_one_is_shown(text: str) -> None:
    with pytest.raises(InvalidSetting, match=r"ADDRESS_POINTS must be two positive whole numbers such as 1000\+100"):
        Settings.from_environment({**NEEDED, "ADDRESS_POINTS": text})


def test_documents_are_open_or_persisted() -> None:
    assert Settings.from_environment({**NEEDED, "DOCUMENTS": "persisted"}).documents == "persisted"
    with pytest.raises(InvalidSetting, match="DOCUMENTS must be open or persisted"):
        Settings.from_environment({**NEEDED, "DOCUMENTS": "closed"})

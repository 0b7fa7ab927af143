"""Who counts as one when attempts are counted."""

from __future__ import annotations

import pytest

from domain.accounts.rules.attempts import LOG_IN_BY_ADDRESS, LOG_IN_BY_NAME, network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("", ""),
        ("not an address", "not an address"),
    ],
)
def test_the_network_behind_an_address(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_key_ignores_case_and_differs_by_limit() -> None:
    assert LOG_IN_BY_NAME.key("Zoe") == LOG_IN_BY_NAME.key("zOE")
    assert LOG_IN_BY_NAME.key("zoe") != LOG_IN_BY_NAME.key("zoes")
    assert LOG_IN_BY_NAME.key("zoe") != LOG_IN_BY_ADDRESS.key("zoe")
    assert b"zoe" not in LOG_IN_BY_NAME.key("zoe")
    assert len(LOG_IN_BY_NAME.key("\ud800\0")) == 32

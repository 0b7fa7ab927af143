"""The table: every fact in it exists, every name is unique and says whose it is."""

from __future__ import annotations

from collections import Counter

from domain import registry
from workers.reactions import BY_EVENT, BY_NAME, REACTIONS


def test_every_fact_exists() -> None:
    assert {kind.name: kind for kind in REACTIONS} == {name: registry.EVENTS[name] for name in BY_EVENT}


def test_every_name_is_unique() -> None:
    names = Counter(one.name for reactions in REACTIONS.values() for one in reactions)
    assert [name for name, count in names.items() if count > 1] == []
    assert set(BY_NAME) == set(names)


def test_a_name_is_a_context_and_a_function_of_its_face() -> None:
    contexts = {context.__name__.removeprefix("domain."): context for context in registry.CONTEXTS}
    for name in BY_NAME:
        context, _, function = name.partition(".")
        assert callable(getattr(contexts[context], function))


def test_what_depends_on_order_has_a_lane() -> None:
    assert {name: one.lane for name, one in BY_NAME.items() if one.lane} == {
        "matches.rate": "ratings",
        "matches.rate_again": "ratings",
        "matches.rate_restored": "ratings",
        "matches.unrate": "ratings",
    }


def test_what_calls_others_is_not_inside_a_transaction() -> None:
    assert {name for name, one in BY_NAME.items() if one.is_outside} == {
        "accounts.forget_changed_roles",
        "accounts.forget_revoked_session",
        "accounts.send_email_verification",
        "accounts.send_password_reset",
    }

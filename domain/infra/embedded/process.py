"""Child processes that end when their owner does, in sessions of their own so that Ctrl-C reaches only the owner."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from domain.infra.embedded.errors import StartFailed
from domain.infra.embedded.identity import OURSELVES, Identity, enter_user_namespace

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class Process:
    """A running child, leader of its own process group."""

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        self._popen = popen

    @property
    def pid(self) -> int:
        """Its number."""
        return self._popen.pid

    def poll(self) -> int | None:
        """The exit status, or None while it runs. What an ended child leaves in its group is killed."""
        if self._popen.returncode is None and self._has_ended():
            self._signal_group(signal.SIGKILL)
            self._popen.wait()
        return self._popen.returncode

    def stop(self, first: signal.Signals, limit_s: float) -> None:
        """Asks it to end by `first`, waits up to `limit_s`, then kills it and its group."""
        if self.poll() is not None:
            return
        # Not Popen.send_signal, which may reap the child and with it our chance to end its group.
        os.kill(self.pid, first)
        if not wait_until(lambda: self.poll() is not None, limit_s):
            self._signal_group(signal.SIGKILL)
            self._popen.wait()

    def _has_ended(self) -> bool:
        if sys.platform == "darwin":
            return self._popen.poll() is not None
        # WNOWAIT leaves the child a zombie, so that its pid, and thereby the group's number, stays taken.
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def _signal_group(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)


def spawn(
    argv: Sequence[str | Path],
    *,
    log: Path,
    death_signal: signal.Signals,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    identity: Identity = OURSELVES,
    inherited: Sequence[int] = (),
) -> Process:
    """Starts a child whose output is appended to `log` and which gets `death_signal` when we die (on Linux).

    The file descriptors `inherited` stay open in it, under the same numbers; all others are closed.

    Raises: StartFailed; RuntimeError outside the main thread, whose end would be the child's end.
    """
    _require_main_thread()
    with log.open("ab") as output:
        try:
            popen = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                start_new_session=True,
                user=identity.uid,
                group=identity.gid,
                extra_groups=None if identity.uid is None else [],
                pass_fds=inherited,
                preexec_fn=_preparation(identity, death_signal),
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise StartFailed(f"Cannot start {argv[0]}: {error}") from error
    return Process(popen)


def run(argv: Sequence[str | Path], *, env: Mapping[str, str], identity: Identity, limit_s: float) -> tuple[int, str]:
    """Runs a short program to its end and gives its exit status and its output, standard error included.

    Raises: PermissionError and FileNotFoundError when the program cannot be reached; StartFailed.
    """
    _require_main_thread()
    try:
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=env,
            cwd="/",
            timeout=limit_s,
            check=False,
            start_new_session=True,
            user=identity.uid,
            group=identity.gid,
            extra_groups=None if identity.uid is None else [],
            preexec_fn=_preparation(identity, signal.SIGKILL),
        )
    except subprocess.TimeoutExpired as error:
        raise StartFailed(f"{argv[0]} did not end within {limit_s:.0f} s.") from error
    return done.returncode, done.stdout.decode(errors="replace")


def wait_until(condition: Callable[[], bool], limit_s: float) -> bool:
    """Waits until `condition` holds; False when it did not within `limit_s`."""
    deadline = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.01)
    return True


def die_with_parent(number: signal.Signals = signal.SIGKILL) -> None:
    """Asks the kernel to send this process `number` when the thread that forked it ends. Linux only."""
    if sys.platform.startswith("linux"):
        _libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def end_orphan(pid: int, directory: Path, program: str, number: signal.Signals, limit_s: float) -> None:
    """Waits for a server whose owner died to end, and asks it to when it stays.

    Only a process that runs `program` in `directory` counts; any other is left alone. The caller holds the lock on
    the directory, so no living owner is robbed.

    Raises: StartFailed when it does not go.
    """

    def gone() -> bool:
        return not _serves(pid, directory, program)

    # On Linux its owner's death already told it to stop.
    if wait_until(gone, limit_s if sys.platform.startswith("linux") else 0):
        return
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
    if not wait_until(gone, limit_s):
        raise StartFailed(f"Another {program} (pid {pid}) serves {directory} and does not stop; end it and try again.")


def is_alive(pid: int) -> bool:
    """Whether some process has this pid, whoever runs it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _serves(pid: int, directory: Path, program: str) -> bool:
    if not sys.platform.startswith("linux"):
        shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return program in shown.stdout and str(directory) in shown.stdout
    try:
        command_line = Path(f"/proc/{pid}/cmdline").read_bytes()
        return program.encode() in command_line and os.path.samefile(f"/proc/{pid}/cwd", directory)
    except (FileNotFoundError, PermissionError, ProcessLookupError):
        # A process that we may not look at runs as somebody else, so it is not a server of ours.
        return False


def _preparation(identity: Identity, death_signal: signal.Signals) -> Callable[[], None]:
    owner = os.getpid()

    def prepare() -> None:
        if identity.inner_uid is not None:
            enter_user_namespace(identity.inner_uid)
        # A change of user clears the death signal, so it comes last; an owner that died before it is noticed here.
        die_with_parent(death_signal)
        if os.getppid() != owner:
            os._exit(1)

    return prepare


def _require_main_thread() -> None:
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("start servers from the main thread: on Linux they die with the thread that started them")

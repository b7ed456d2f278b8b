"""Ctrl-C ends a command within two seconds, whatever runs.

The first one stops what has asked to be told (engines end their sandboxes, and with them what their
threads wait for) and raises `KeyboardInterrupt` where the command is. What cannot be stopped so, a
long computation in another thread, is given up with the process: sandboxes notice that by
themselves, and grades are written whole or not at all.
"""

import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

SECONDS = 1.0
"""How long an orderly end may take."""
CLEAN_SECONDS = 0.5
"""How long it may take to remove temporary folders, if there was no orderly end."""
SHOW_CURSOR = "\x1b[?25h"
"""A progress bar has hidden it."""
STATUS = 128 + signal.SIGINT

_lock = threading.RLock()  # the handler may come while its own thread holds it
_at_stop: list[Callable[[], None]] = []
_at_end: list[Callable[[], None]] = []
_stopped = threading.Event()


def run(command: Callable[[], object]) -> None:
    """Run a whole command, which Ctrl-C ends."""
    _stopped.clear()
    signal.signal(signal.SIGINT, _stop)
    try:
        command()
    except (KeyboardInterrupt, SystemExit):
        if not _stopped.is_set():
            raise
    if _stopped.is_set():
        print("Stopped. What is done is kept: run the command again to go on.", file=sys.stderr)
        end_children()
        _flush()
        os._exit(STATUS)  # the interpreter's own end may take seconds, and nothing depends on it


def end_children() -> None:
    """Kill the workers of this process's pools: alone they would wait for work for ever."""
    for child in multiprocessing.active_children():
        child.kill()


@contextmanager
def told(stop: Callable[[], None]) -> Generator[None]:
    """Call `stop` when Ctrl-C comes meanwhile. It must be quick, and may be called in any place."""
    with _registered(_at_stop, stop):
        yield


@contextmanager
def temporary_folder(prefix: str) -> Generator[Path]:
    """A temporary folder that is removed even where the process has to be given up."""
    with (
        tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as name,
        _registered(_at_end, partial(shutil.rmtree, name, ignore_errors=True)),
    ):
        yield Path(name)


@contextmanager
def _registered(listed: list[Callable[[], None]], function: Callable[[], None]) -> Generator[None]:
    with _lock:
        listed.append(function)
    try:
        yield
    finally:
        with _lock:
            listed.remove(function)


def _stop(_number: int, _frame: Any) -> None:
    if not _stopped.is_set():
        _stopped.set()
        threading.Thread(target=_give_up, name="giving-up", daemon=True).start()
        threading.Thread(target=_tell_all, name="stopping", daemon=True).start()
    raise KeyboardInterrupt


def _tell_all() -> None:
    for stop in list(_at_stop):
        with suppress(Exception):  # the others must be told, too
            stop()


def _give_up() -> None:
    time.sleep(SECONDS)
    end_children()
    last = threading.Thread(target=_clean_up, name="cleaning-up", daemon=True)
    last.start()
    last.join(CLEAN_SECONDS)
    os._exit(STATUS)


def _clean_up() -> None:
    for clean_up in list(_at_end):
        clean_up()
    _flush()


def _flush() -> None:
    with suppress(OSError, ValueError):
        if sys.stdout.isatty():
            print(SHOW_CURSOR, end="")
        sys.stdout.flush()
        sys.stderr.flush()

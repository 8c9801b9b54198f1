"""The loop of a worker process: the same body on the game clock (in lockstep) and on the real one."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection

from game.clock import ClockKind
from game.workers.messages import Advance, Begin, Body, Loading, Ready

_POLL_S = 0.004
_HEARTBEAT_S = 0.5
_LOADING_EVERY_S = 2.0


def serve(pipe: Connection, build: Callable[[], Body], clock: ClockKind, niceness: int) -> None:
    """Builds the body, says `Ready`, waits for `Begin`, and works until the game ends. While it builds, it
    says `Loading` now and then.

    The keyboard's Ctrl-C goes to the parent alone, and so does a terminal that closes: it ends the evening,
    and a worker that had died of it would be taken for a fault.
    """
    for one in ("SIGINT", "SIGHUP"):
        if hasattr(signal, one):  # Windows has no terminal that hangs up.
            signal.signal(getattr(signal, one), signal.SIG_IGN)
    built = threading.Event()
    loading = threading.Thread(target=_tell_loading, args=(pipe, built), daemon=True)
    loading.start()
    try:
        body = build()
    finally:
        built.set()
        loading.join()  # From here on nobody else writes to the pipe.
    if hasattr(os, "nice"):
        # The picture comes first: whoever draws must get a core when it asks for one. Not while loading: a
        # processor that also draws would keep the player waiting for a voice.
        os.nice(niceness)
    try:
        pipe.send(Ready(what=body.what))
        begin = pipe.recv()
        if isinstance(begin, Begin):
            if clock is ClockKind.GAME:
                _lockstep(pipe, body)
            else:
                _free(pipe, body, begin.epoch_s)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass  # The game is over; there is nobody to tell.
    finally:
        body.close()
    # Native libraries that are torn down with the interpreter can panic; all that matters is closed by now.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _tell_loading(pipe: Connection, built: threading.Event) -> None:
    while not built.wait(_LOADING_EVERY_S):
        try:
            pipe.send(Loading(cpu_s=time.process_time()))
        except OSError:
            return  # The game is over.


def _lockstep(pipe: Connection, body: Body) -> None:
    while True:
        message = pipe.recv()
        if not isinstance(message, Advance):
            return
        body.receive(message)
        pipe.send(body.work(message.until_s))


def _free(pipe: Connection, body: Body, epoch_s: float) -> None:
    told_s = 0.0
    while True:
        while pipe.poll(_POLL_S):
            message = pipe.recv()
            if not isinstance(message, Advance):
                return
            body.receive(message)
        now_s = time.monotonic() - epoch_s
        report = body.work(now_s)
        if report.observations or report.clips or report.faults or now_s - told_s > _HEARTBEAT_S:
            pipe.send(report)
            told_s = now_s

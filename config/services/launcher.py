"""A launcher and its supervisor, two processes of which each clears up when the other is killed."""

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from config.services import children

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SECONDS_TO_END = 15


def accompanied(work: Callable[[], int]) -> int:
    """Run `work` in a supervisor, forked from this process, and give back its exit code.

    Whatever ends this process, Ctrl-C in the terminal or kill -9, reaches `work` as a KeyboardInterrupt. If it is the
    supervisor that is killed, this process ends all that it had started.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    children.adopt_orphans()
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)  # until each of the two knows what to do about them
    launcher = os.getpid()
    supervisor = os.fork()
    if supervisor == 0:
        supervise(work, launcher)
    handle(lambda *_: os.kill(supervisor, signal.SIGTERM))
    status = wait_for(supervisor)
    handle(signal.SIG_IGN)
    children.end_orphans(SECONDS_TO_END)
    if os.WIFSIGNALED(status):
        how = signal.Signals(os.WTERMSIG(status)).name
        print(f"The demo's supervisor was ended by {how}, and all that it had started is stopped.", file=sys.stderr)
        return 1
    return os.waitstatus_to_exitcode(status)


def supervise(work: Callable[[], int], launcher: int) -> None:
    """Run `work`, and leave without what the launcher has yet to do, such as letting the servers go."""
    os.setpgid(0, 0)  # so that Ctrl-C comes once, from the launcher, and not from the terminal, too
    children.tie(signal.SIGTERM, launcher)()
    handle(signal.default_int_handler)
    code = 1
    try:
        code = work()
    except Exception:
        traceback.print_exc()
        raise
    finally:
        os._exit(code)


def handle(handler: children.Handler) -> None:
    """Have the signals that end a program handled by `handler` from now on; what nohup has us ignore stays ignored."""
    for number in SIGNALS:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)


def wait_for(supervisor: int) -> int:
    """How the supervisor ended; it is told to, when `uv run` is killed, through which most people start us."""
    parent = os.getppid()
    started_by_uv = Path("".join(children.command(parent)[:1])).name == "uv"
    while True:
        ended, status = os.waitpid(-1, os.WNOHANG)  # the orphans that we adopt are to leave no zombies
        if ended == supervisor:
            return status
        if started_by_uv and os.getppid() != parent:
            os.kill(supervisor, signal.SIGTERM)
            started_by_uv = False
        time.sleep(0.1)

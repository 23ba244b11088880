"""Ctrl-C ends a command at once, whatever it is doing.

Python turns the signal into an exception in whatever runs next: in a callback of jax it is
swallowed, and while threads compute it tears down what they use. A thread of our own ends the
process instead. Files are moved to their place whole, so that nothing half written is left.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

INTERRUPTED = 130
_SHOW_CURSOR = "\x1b[?25h"


@contextmanager
def ended_by_interrupt() -> Iterator[None]:
    """While this lasts, an interrupt ends the process with code 130 and one word on stderr.

    Where interrupts are ignored, as in a command that a script runs in the background, they stay
    so.
    """
    is_ours = threading.current_thread() is threading.main_thread()
    if not is_ours or signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        yield
        return
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    handler = signal.signal(signal.SIGINT, lambda *_: None)
    wakeup = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    threading.Thread(target=_wait_for_interrupt, args=(reader,), daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(wakeup)
        signal.signal(signal.SIGINT, handler)
        os.close(writer)


def _wait_for_interrupt(reader: int) -> None:
    """End the process at the first interrupt; end the wait when the other end is closed."""
    while number := os.read(reader, 1):
        if number[0] == signal.SIGINT:
            _leave()
    os.close(reader)


def _leave() -> None:
    from endplate.files.output import discard_drafts

    discard_drafts()
    try:
        # A bar of progress hides the cursor of its terminal and leaves its line open.
        sys.stderr.write(f"{_SHOW_CURSOR}\n" if sys.stderr.isatty() else "")
        sys.stderr.write("interrupted\n")
        sys.stderr.flush()
    finally:
        os._exit(INTERRUPTED)

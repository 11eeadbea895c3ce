"""A worker ends with the process that started it, even if that was killed."""

from __future__ import annotations

import multiprocessing
import os
import threading


def end_with_the_parent() -> None:
    """Watch the process that started this one, and end when it is gone.

    Workers of a pool wait for work on a queue whose other end their siblings hold open too: by
    themselves they would wait for ever, with gigabytes of memory.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_and_end, args=(parent,), daemon=True, name="parent").start()


def _wait_and_end(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)

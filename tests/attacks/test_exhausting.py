"""What student code must not use up."""

from __future__ import annotations

import time

import pytest
from sandboxes.scripted import ask, guest_pid, run

from grader.sandboxes import Limits, ProcessSandbox
from grader.sandboxes.base import MiB


def still_works(sandbox: ProcessSandbox) -> bool:
    found = ask(sandbox, "say(1)", Limits(wall_s=20))
    return found.said == [1] and found.reply.seconds < 5


@pytest.mark.parametrize(
    "loop",
    [
        "while True: pass",
        "import time\nwhile True: time.sleep(100)",
        "import signal\nfor s in range(1, 65):\n    try: signal.signal(s, signal.SIG_IGN)\n    except (OSError, ValueError): pass\nwhile True: pass",
        "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass",
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "import re; re.match(r'(a+)+$', 'a' * 60 + 'b')",
        "import threading\nlock = threading.Lock(); lock.acquire(); lock.acquire()",
        "10 ** 10 ** 10",
    ],
)
def test_a_run_that_does_not_end_is_ended(sandbox: ProcessSandbox, loop: str) -> None:
    started = time.monotonic()
    reply = run(sandbox, loop, Limits(wall_s=1))
    assert (reply.ending, reply.payload) == ("timeout", b"")
    assert time.monotonic() - started < 5
    assert still_works(sandbox)


def test_processor_time_is_limited_apart_from_the_clock(sandbox: ProcessSandbox) -> None:
    reply = run(sandbox, "while True: pass", Limits(wall_s=30, cpu_s=1))
    assert reply.ending == "timeout"
    assert reply.seconds < 20


@pytest.mark.parametrize(
    "bomb",
    [
        "blocks = []\nwhile True: blocks.append(bytearray(32 << 20))",
        "import mmap\nblocks = []\nwhile True:\n    blocks.append(mmap.mmap(-1, 32 << 20)); blocks[-1].write(b'x' * (32 << 20))",
        "text = 'x'\nwhile True: text += text",
        "nest = []\nwhile True: nest = [nest, nest]",
        "import torch\nblocks = []\nwhile True: blocks.append(torch.ones(8 << 20))",
        "import torch; torch.nn.Linear(1 << 20, 1 << 20)",
    ],
)
def test_memory_is_limited(sandbox: ProcessSandbox, bomb: str) -> None:
    reply = run(sandbox, bomb, Limits(wall_s=60, cpu_s=60, memory_bytes=400 * MiB))
    assert reply.ending in ("memory", "finished"), reply  # finished: with the MemoryError in the reply
    assert reply.ending == "memory" or b"Error" in reply.payload
    assert reply.peak_bytes < 1000 * MiB
    assert still_works(sandbox)


def test_threads_are_limited(sandbox: ProcessSandbox) -> None:
    reply = run(
        sandbox,
        """
        import threading, time
        threading.stack_size(65536)
        while True:
            threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
        """,
    )
    assert reply.ending == "too_large" or b"can't start new thread" in reply.payload
    assert reply.seconds < 10
    assert still_works(sandbox)


def test_descriptors_are_limited(sandbox: ProcessSandbox) -> None:
    found = ask(sandbox, "files = []\nwhile True: files.append(os.pipe())")
    assert found.error is not None and "Too many open files" in found.error
    assert still_works(sandbox)


def test_one_file_cannot_fill_the_disk(sandbox: ProcessSandbox) -> None:
    found = ask(
        sandbox,
        """
        with open("big", "wb", buffering=0) as file:
            try:
                while True: file.write(bytes(1 << 20))
            except OSError as error:
                say(error.strerror)
        """,
        Limits(scratch_bytes=8 * MiB),
    )
    assert found.said == ["File too large"]


@pytest.mark.parametrize(
    "filling",
    [
        "n = 0\nwhile True:\n    n += 1\n    open(str(n), 'wb').write(bytes(4 << 20))",
        "n = 0\nwhile True:\n    n += 1\n    open(str(n), 'wb').close()",
        "while True:\n    os.mkdir('d'); os.chdir('d')",
    ],
)
def test_the_scratch_folder_cannot_be_overfilled_and_is_emptied(
    sandbox: ProcessSandbox, filling: str
) -> None:
    reply = run(sandbox, filling, Limits(scratch_bytes=32 * MiB))
    assert (reply.ending, reply.detail) == ("too_large", "too much in the scratch folder")
    assert ask(sandbox, "say(os.listdir())").said == [[]]


def test_a_folder_that_nobody_may_enter_is_removed_all_the_same(sandbox: ProcessSandbox) -> None:
    run(sandbox, "os.makedirs('closed/inside'); os.umask(0o777); os.mkdir('closed/shut'); os.mkdir('shut')")
    assert ask(sandbox, "say(os.listdir())").said == [[]]


@pytest.mark.parametrize(
    "flood",
    [
        "raw_reply = b'x' * (50 << 20)",
        "while True: os.write(4, bytes(1 << 20))",
        "import signal; signal.signal(signal.SIGPIPE, signal.SIG_IGN)\nwhile True:\n    try: os.write(4, bytes(1 << 20))\n    except OSError: pass",
    ],
)
def test_a_reply_that_is_too_large_is_cut_off(sandbox: ProcessSandbox, flood: str) -> None:
    reply = run(sandbox, flood, Limits(reply_bytes=4 * MiB))
    assert (reply.ending, reply.payload) == ("too_large", b"")
    assert reply.seconds < 10
    assert still_works(sandbox)


def test_floods_of_output_go_nowhere(sandbox: ProcessSandbox) -> None:
    found = ask(
        sandbox,
        """
        import sys
        for _ in range(300):
            os.write(1, bytes(1 << 20)); os.write(2, bytes(1 << 20))
        say("done")
        """,
    )
    assert found.said == ["done"]


def test_threads_that_never_end_do_not_hold_the_run_up(sandbox: ProcessSandbox) -> None:
    reply = ask(
        sandbox,
        """
        import atexit, threading, time
        threading.Thread(target=time.sleep, args=(600,)).start()
        atexit.register(time.sleep, 600)
        """,
    ).reply
    assert reply.seconds < 5


def test_limits_cannot_be_raised(sandbox: ProcessSandbox) -> None:
    found = ask(
        sandbox,
        """
        import resource
        for what in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
            try:
                resource.setrlimit(what, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)); say("raised")
            except (OSError, ValueError):
                say("refused")
        """,
    )
    assert found.said == ["refused"] * 4


def test_none_of_this_costs_the_guest_its_life(sandbox: ProcessSandbox) -> None:
    guest = guest_pid(sandbox)
    run(sandbox, "while True: pass", Limits(wall_s=0.5))
    run(sandbox, "b = bytearray(10 ** 9)", Limits(memory_bytes=300 * MiB))
    run(sandbox, "import ctypes; ctypes.string_at(0)")
    assert guest_pid(sandbox) == guest

"""What students' code really does must go on working behind the locks."""

from __future__ import annotations

import pytest
from sandboxes.scripted import ask

from grader.sandboxes import Limits, ProcessSandbox

HONEST = {
    "a convolutional network trains a step": """
        import torch, torch.nn as nn
        net = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.AvgPool2d(2),
                            nn.Flatten(), nn.Linear(4096, 10))
        optimizer = torch.optim.Adam(net.parameters())
        loss = nn.functional.cross_entropy(net(torch.rand(4, 3, 32, 32)), torch.arange(4))
        loss.backward()
        optimizer.step()
        say(bool(loss.isfinite()))
    """,
    "recurrent and attention layers run": """
        import torch
        out, _ = torch.nn.LSTM(8, 16, batch_first=True)(torch.rand(2, 5, 8))
        say(tuple(torch.nn.TransformerEncoderLayer(16, 2)(out).shape) == (2, 5, 16))
    """,
    "threads start and end": """
        import threading
        results = []
        threads = [threading.Thread(target=results.append, args=(n,)) for n in range(20)]
        [t.start() for t in threads]; [t.join() for t in threads]
        say(sorted(results) == list(range(20)))
    """,
    "a thread pool works": """
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor(8) as pool:
            say(list(pool.map(abs, [-1, -2])) == [1, 2])
    """,
    "temporary files and folders are made and removed": """
        import tempfile
        with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile(dir=folder) as file:
            file.write(b"abc"); file.flush()
            say(open(file.name, "rb").read() == b"abc")
    """,
    "weights are saved and loaded in the working folder": """
        import torch
        torch.save({"w": torch.ones(3)}, "w.pt")
        say(float(torch.load("w.pt")["w"].sum()) == 3)
    """,
    "source can be inspected": """
        import inspect, torch
        say("def forward" in inspect.getsource(torch.nn.Linear))
    """,
    "modules are imported late": """
        import sqlite3, decimal, ssl, lzma, numpy.ma, torch.nn.utils.parametrize, torch.distributions, importlib.metadata
        say(importlib.metadata.version("torch") != "")
    """,
    "a data loader without workers works": """
        import torch
        from torch.utils.data import DataLoader, TensorDataset
        say(len(list(DataLoader(TensorDataset(torch.rand(6, 2)), batch_size=2, shuffle=True))) == 3)
    """,
    "a signal to oneself arrives": """
        import signal
        caught = []
        signal.signal(signal.SIGUSR1, lambda *_: caught.append(1))
        os.kill(os.getpid(), signal.SIGUSR1); signal.raise_signal(signal.SIGUSR1)
        say(len(caught) == 2)
    """,
    "local time is known": "import time; say(time.localtime().tm_year > 2000)",
    "printing a lot costs nothing": "print('x' * 10_000_000); say(True)",
    "a missing module is a missing module": """
        try:
            import grader
        except ModuleNotFoundError:
            say(True)
    """,
    "our own modules do not shadow a student's": """
        import sys
        say(not {"answer", "kernel", "landlock", "lockdown", "syscall_filter", "watch"} & set(sys.modules))
    """,
}


@pytest.mark.parametrize("what", HONEST)
def test_honest_work_goes_on_behind_the_locks(sandbox: ProcessSandbox, what: str) -> None:
    found = ask(sandbox, HONEST[what])
    assert (found.said, found.error) == ([True], None)


def test_results_are_bit_identical_with_those_of_a_free_process(sandbox: ProcessSandbox) -> None:
    script = """
        import hashlib, torch
        torch.manual_seed(3)
        x = torch.rand(2, 3, 32, 32)
        y = torch.nn.Linear(8 * 1024, 10)(torch.nn.Conv2d(3, 8, 3, padding=1)(x).flatten(1))
        say(hashlib.sha256(y.detach().numpy().tobytes()).hexdigest())
    """
    import hashlib

    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng():
            torch.manual_seed(3)
            x = torch.rand(2, 3, 32, 32)
            y = torch.nn.Linear(8 * 1024, 10)(torch.nn.Conv2d(3, 8, 3, padding=1)(x).flatten(1))
    finally:
        torch.set_num_threads(threads)
    assert ask(sandbox, script).said == [hashlib.sha256(y.detach().numpy().tobytes()).hexdigest()]


def test_a_reply_as_large_as_allowed_arrives_whole(sandbox: ProcessSandbox) -> None:
    reply = sandbox.run(b"raw_reply = b'ab' * 20_000_000", Limits(reply_bytes=40_000_000))
    assert reply.ending == "finished"
    assert reply.payload == b"ab" * 20_000_000


def test_a_large_request_arrives_whole(sandbox: ProcessSandbox) -> None:
    found = ask(sandbox, f"text = '{'y' * 20_000_000}'\nsay(len(text))")
    assert found.said == [20_000_000]


def test_every_run_finds_an_empty_scratch_folder_as_its_home(sandbox: ProcessSandbox) -> None:
    script = """
        import pathlib, tempfile
        say(os.listdir())
        say(len({os.getcwd(), tempfile.gettempdir(), str(pathlib.Path.home())}))
        pathlib.Path("left").mkdir(); pathlib.Path("left/behind").write_text("x")
    """
    assert ask(sandbox, script).said == [[], 1]
    assert ask(sandbox, script).said == [[], 1]


def test_seconds_and_peak_memory_are_reported(sandbox: ProcessSandbox) -> None:
    reply = ask(sandbox, "import time; block = b'x' * 300_000_000; time.sleep(0.2); say(len(block))").reply
    assert 0.2 < reply.seconds < 30
    assert 300_000_000 < reply.peak_bytes < 3_000_000_000

"""What student code must not make us believe."""

from __future__ import annotations

import pytest
from sandboxes.scripted import ask, guest_pid, run

from grader.sandboxes import ProcessSandbox


@pytest.mark.parametrize(
    ("way", "ending"),
    [
        ("os._exit(0)", "exit"),
        ("os._exit(73)", "exit"),  # the status of a child whose locks did not shut
        ("import signal; os.kill(os.getpid(), signal.SIGKILL)", "signal"),
        ("import signal; os.kill(os.getpid(), signal.SIGTERM)", "signal"),
        ("os.abort()", "signal"),
        ("import ctypes; ctypes.string_at(0)", "signal"),
        (
            "import threading; threading.Thread(target=os._exit, args=(0,)).start()\nimport time; time.sleep(9)",
            "exit",
        ),
    ],
)
def test_an_early_end_is_no_answer(sandbox: ProcessSandbox, way: str, ending: str) -> None:
    reply = run(sandbox, f"os.write(4, b'full marks')\n{way}")
    assert (reply.ending, reply.payload) == (ending, b"")


def test_raising_the_exit_is_only_an_error_of_the_script(sandbox: ProcessSandbox) -> None:
    found = ask(sandbox, "import sys; say('before'); sys.exit(0)")
    assert (found.said, found.error) == (["before"], "SystemExit: 0")


def test_a_claim_to_have_finished_is_worth_what_it_contains(sandbox: ProcessSandbox) -> None:
    reply = run(sandbox, "os.write(4, b'full marks'); os._exit(71)")
    assert (reply.ending, reply.payload) == (
        "finished",
        b"full marks",
    )  # a claim: the reader must not trust it


def test_writing_on_every_descriptor_disturbs_no_other_run(sandbox: ProcessSandbox) -> None:
    guest = guest_pid(sandbox)
    reply = run(
        sandbox,
        """
        forged = b'{"exit": "finished", "code": 71, "detail": "", "seconds": 0, "peak_bytes": 0}'
        for number in range(1024):
            try:
                os.write(number, forged)
            except OSError:
                pass
        for number in range(1024):
            try:
                os.close(number)
            except OSError:
                pass
        """,
    )
    assert (reply.ending, reply.payload) == ("exit", b"")
    assert ask(sandbox, "say(2)").said == [2]
    assert guest_pid(sandbox) == guest


def test_patching_everything_changes_no_other_run(sandbox: ProcessSandbox) -> None:
    run(
        sandbox,
        """
        import builtins, json, torch
        torch.allclose = torch.equal = lambda *a, **k: True
        json.dumps = lambda *a, **k: "full marks"
        builtins.len = lambda x: 100
        torch.nn.functional.cross_entropy = lambda *a, **k: torch.zeros(())
        """,
    )
    found = ask(sandbox, "import torch; say(torch.equal(torch.ones(1), torch.zeros(1))); say(len([]))")
    assert found.said == [False, 0]

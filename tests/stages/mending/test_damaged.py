"""Whatever is handed in, and wherever it stopped: proposals are made without an error of ours."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from mending import course, handed_in

from grader.records.graph import Capture, Crash, Problem
from grader.stages.excerpts import cut
from grader.stages.mending import Situation, proposals

LIBRARY = Path(__file__).parents[2] / "submissions"
MESSAGES = (
    ("NameError", "name 'x' is not defined"),
    ("NameError", "name 'nn' is not defined"),
    ("UnboundLocalError", "cannot access local variable 'out' where it is not associated with a value"),
    ("AttributeError", "'VGG' object has no attribute 'conv'"),
    ("AttributeError", "module 'torch.nn' has no attribute 'conv2d'"),
    ("AttributeError", "'Tensor' object has no attribute 'avg_pool2d'"),
    ("AttributeError", "cannot assign module before Module.__init__() call"),
    ("TypeError", "VGG.__init__() missing 1 required positional argument: 'num_classes'"),
    ("TypeError", "VGG.forward() takes 1 positional argument but 2 were given"),
    ("TypeError", "Conv2d.__init__() got an unexpected keyword argument 'pad'"),
    ("TypeError", "ReLU.forward() missing 1 required positional argument: 'input'"),
    ("TypeError", "'builtin_function_or_method' object is not subscriptable"),
    ("TypeError", "'NoneType' object is not callable"),
    ("TypeError", "cannot unpack non-iterable Conv2d object"),
    ("RuntimeError", "expected scalar type Double but found Float"),
    ("ModuleNotFoundError", "No module named 'troch'"),
    ("FileNotFoundError", "[Errno 2] No such file or directory: 'vgg.pth'"),
    ("SystemExit", "0"),
    ("EOFError", "EOF when reading a line"),
)


@pytest.mark.parametrize("exercise", ["base", "skip", "dense", "ca", "combo"])
def test_a_crash_at_any_line_of_any_submission_makes_no_error_of_ours(exercise: str) -> None:
    draw = random.Random(exercise)
    asked = course()[exercise].assignment
    made = 0
    for path in sorted(LIBRARY.glob(f"*/{exercise}/*.py"))[::3]:
        source = path.read_text(encoding="utf-8")
        submission = handed_in(source)
        excerpt = cut(submission, asked.classes, exercise)
        for error, message in draw.sample(MESSAGES, 6):
            line = draw.randrange(1, source.count("\n") + 2)
            for phase in ("construct", "forward"):
                crash = Crash.model_validate(
                    {
                        "phase": phase,
                        "error": error,
                        "message": message,
                        "line": {"file": "model.py", "line": line},
                        "traceback": "",
                    }
                )
                made += len(proposals(Situation(submission, asked, excerpt, Capture(crash=crash))))
    assert made > 20


@pytest.mark.parametrize("exercise", ["base", "skip", "dense", "ca", "combo"])
def test_a_damaged_source_makes_no_error_of_ours(exercise: str) -> None:
    draw = random.Random(exercise)
    asked = course()[exercise].assignment
    made = 0
    for path in sorted(LIBRARY.glob(f"*/{exercise}/*.py"))[::3]:
        source = path.read_text(encoding="utf-8")
        at = draw.randrange(len(source))
        for damaged in (
            source[:at],
            source[at:],
            source[:at] + draw.choice("([{\"'\\\t:）\0\r") + source[at:],
        ):
            submission = handed_in(damaged)
            made += len(
                proposals(Situation(submission, asked, cut(submission, asked.classes, exercise), None))
            )
    assert made > 5


@pytest.mark.parametrize("code", ["not-a-tensor", "depends-on-batch", "unrolled", "ended", "timeout"])
def test_a_reply_that_is_no_graph_makes_no_error_of_ours(code: str) -> None:
    asked = course()["base"].assignment
    submission = handed_in(course()["base"].solution)
    excerpt = cut(submission, asked.classes, "base")
    problem = Problem.model_validate({"code": code, "detail": "NoneType"})
    proposals(Situation(submission, asked, excerpt, Capture(problem=problem)))

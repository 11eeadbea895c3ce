"""Capture in this process: the guest's own code on the student's own machine, where there is nobody to protect."""

from __future__ import annotations

import _thread
import contextlib
import functools
import importlib
import json
import random
import sys
import threading
import time
import types
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
import torch.utils.checkpoint

from grader.records.graph import Capture, Problem
from grader.records.submission import Excerpt
from grader.stages.capture import request_for, understood
from grader.stages.capture.claims import Claims, whole

GUEST = Path(__file__).resolve().parents[1] / "guest"
CPU_S, WALL_S = 20.0, 120.0
"""Processor time as in the sandbox; the clock stops only those who sleep: a laptop may be busy."""
LOOK_EVERY_S = 0.2


class TimeIsUp(Exception):
    """Student code was stopped."""


@functools.cache
def guest() -> types.ModuleType:
    """The guest's `answer`, loaded as loose modules by path, as it is in a sandbox.

    Their names (`files`, `load` …) are the student's to use: what was there before comes back.
    """
    own = {path.stem for path in GUEST.glob("*.py")}
    theirs = {name: sys.modules.pop(name) for name in own if name in sys.modules and name != "__main__"}
    sys.path.insert(0, str(GUEST))
    try:
        return importlib.import_module("answer")
    finally:
        sys.path.remove(str(GUEST))
        for name in own - {"__main__", "__init__"}:
            sys.modules.pop(name, None)
        sys.modules.update(theirs)


def capture_here(excerpt: Excerpt, image: Sequence[int]) -> Capture:
    """The graph of an excerpt, or why there is none; student code that does not end is interrupted.

    Call it in the main thread: only there Python can be interrupted.
    """
    request = json.loads(request_for(excerpt, image))
    answer = guest()
    try:
        with as_before(), warnings.catch_warnings(), interrupted_when_over():
            warnings.simplefilter("ignore")
            reply = answer.respond(request)
    except TimeIsUp:
        return Capture(problem=Problem(code="timeout", detail=f"{CPU_S:.0f} s"))
    tensors = reply.pop("tensors", {})
    try:
        claims = Claims.model_validate(reply)
        claims = claims.model_copy(update={"traces": whole(claims.traces)})
    except ValueError as error:
        return Capture(problem=Problem(code="meddled", detail=str(error)[:200]))
    return understood(claims, tensors, excerpt, image)


@contextlib.contextmanager
def interrupted_when_over() -> Iterator[None]:
    """Raise `TimeIsUp` where the block had to be stopped; Ctrl+C of a person stays one."""
    over, done = threading.Event(), threading.Event()
    cpu, wall = time.process_time(), time.monotonic()

    def look() -> None:
        while not done.wait(LOOK_EVERY_S):
            if time.process_time() - cpu > CPU_S or time.monotonic() - wall > WALL_S:
                over.set()
                _thread.interrupt_main()
                return

    watch = threading.Thread(target=look, daemon=True)
    watch.start()
    try:
        yield
    except KeyboardInterrupt:
        if not over.is_set():
            raise
    finally:
        done.set()
        watch.join()
    if over.is_set():
        raise TimeIsUp


@contextlib.contextmanager
def as_before() -> Iterator[None]:
    """Undo whatever a guest, which usually ends after one answer, changes in its process."""
    places: list[tuple[Any, str]] = [
        (torch, "compile"),
        (torch.nn.Module, "cuda"),
        (torch.nn.Module, "to"),
        (torch.autograd.Function, "apply"),
        (torch.utils.checkpoint, "checkpoint"),
        *((torch.jit, name) for name in ("script", "trace", "script_method", "script_if_tracing", "freeze",
                                         "optimize_for_inference", "export", "ScriptModule")),
    ]  # fmt: skip
    absent = object()
    before = [(owner, name, vars(owner).get(name, absent)) for owner, name in places]
    argv, meta_path, modules = sys.argv, list(sys.meta_path), dict(sys.modules)
    dice, torch_dice = random.getstate(), torch.get_rng_state()
    dtype, grad = torch.get_default_dtype(), torch.is_grad_enabled()
    try:
        yield
    finally:
        for owner, name, value in before:
            if value is not absent:
                setattr(owner, name, value)
            elif name in vars(owner):
                delattr(owner, name)
        sys.argv, sys.meta_path[:] = argv, meta_path
        for name in [name for name in sys.modules if name == "submission" or name in modules]:
            if name in modules:
                sys.modules[name] = modules[name]
            else:
                del sys.modules[name]
        random.setstate(dice)
        torch.set_rng_state(torch_dice)
        torch.set_default_dtype(dtype)
        torch.set_grad_enabled(grad)

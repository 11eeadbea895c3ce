"""The guest's reply is a claim."""

from __future__ import annotations

import json

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save

from grader.stages.capture.claims import Unbelievable
from grader.stages.capture.reply import read

EMPTY = {"phase": "done", "error": None, "cuda": False, "layers": [], "values": [], "traces": [], "calls": []}

NODE = {"op": "aten.relu.default", "args": [{"value": 0}], "kwargs": {}, "outputs": [-1], "shapes": [[2, 3]],
        "module": "", "line": None, "grad": True}  # fmt: skip
TRACE = {"batch": 2, "mode": "train", "nodes": [NODE], "output": -1, "returned": "tensor"}


def payload(document: object, tensors: bytes | None = None) -> bytes:
    text = json.dumps(document).encode()
    return len(text).to_bytes(8, "big") + text + (save({}) if tensors is None else tensors)


def test_a_well_formed_reply_is_read() -> None:
    claims, tensors = read(payload(EMPTY, save({"value1": torch.ones(2)})))
    assert claims.phase == "done" and tensors["value1"].tolist() == [1.0, 1.0]


def test_a_trace_that_repeats_another_has_its_nodes() -> None:
    twin = {**TRACE, "mode": "eval", "nodes": [], "twin": 0}
    claims, _ = read(payload({**EMPTY, "traces": [TRACE, twin]}))
    assert claims.traces[1].nodes == claims.traces[0].nodes != ()
    assert (claims.traces[1].mode, claims.traces[1].twin) == ("eval", None)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff" * 8,
        payload(EMPTY)[:-3],
        payload({**EMPTY, "phase": "passed"}),
        payload({**EMPTY, "score": 100}),
        payload({**EMPTY, "values": [{"kind": "input"}]}),
        payload(
            {**EMPTY, "layers": [{"name": "x", "kind": "conv", "in_channels": "many", "out_channels": 1}]}
        ),
        payload({**EMPTY, "traces": [{**TRACE, "twin": 0}]}),
        payload({**EMPTY, "traces": [TRACE, {**TRACE, "twin": -1}]}),
        payload(EMPTY, b"\x10\x00\x00\x00\x00\x00\x00\x00not a header"),
        payload(EMPTY, b"\xff\xff\xff\xff\xff\xff\xff\x7f"),
    ],
)
def test_anything_else_is_unbelievable(raw: bytes) -> None:
    with pytest.raises(Unbelievable):
        read(raw)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_are_unbelievable_and_nothing_worse(raw: bytes) -> None:
    with pytest.raises(Unbelievable):
        read(raw)

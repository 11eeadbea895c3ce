"""One request, one reply: run the student's definitions, build the module, trace its `forward`.

A request is JSON: `class_name`, `cells`, `modules`, `input_shape`, `traces` (a list of
`{"batch": 2, "mode": "train"}`), `calls` (`{"batch": 100, "mode": "train"}`, see `shapes`) and `whole` (null: run
the cells as they are, stop at the first error; else how to run them statement by statement: `files`, `path`,
`package`, `until`, `stand_ins`, `statement_s`). A reply is the length of a JSON document in eight bytes
(big-endian), the document, and a safetensors file with the tensors that it names.
"""

from __future__ import annotations

import functools
import json
import random
import sys
import types
import warnings
from typing import Any

import compilers
import functions
import hooks as hooks_of
import shapes
import torch
import torch.utils.checkpoint
from cpu_only import CpuOnly
from load import make_torchvision_importable, namespace_of
from one_by_one import OneByOne
from recorder import Recorder, Values, children_of
from stand_ins import StandIns
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.nn.parameter import is_lazy

MESSAGE_LIMIT = 2_000
"""Characters of an error message that are sent along."""


def warm() -> None:
    """Import, compile and run once whatever a submission will need, before any fork.

    The first convolution also reads /proc/cpuinfo to choose its kernels; a locked-down child could
    not, would choose others, and results would differ in the last digits.
    """
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    warnings.simplefilter("ignore")
    request = {
        "class_name": "Warm",
        "cells": [{"label": "warm.py", "text": WARM}],
        "modules": [],
        "whole": None,
        "input_shape": [3, 32, 32],
        "traces": [{"batch": 2, "mode": "train"}, {"batch": 2, "mode": "eval"}],
        "calls": [{"batch": 100, "mode": "train"}],
    }
    meta_path = list(sys.meta_path)
    reply = respond(request)
    sys.meta_path[:] = meta_path
    sys.modules.pop("submission", None)
    if reply.get("error"):
        raise RuntimeError(reply["error"])
    torch.randn(4, 8, requires_grad=True).matmul(torch.randn(8, 2)).sum().backward()  # type: ignore[no-untyped-call]


WARM = """
import torch, torch.nn as nn, torch.nn.functional as F
class Warm(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.fc = nn.Conv2d(3, 8, 3, padding=1), nn.Linear(8 * 16 * 16, 10)
        self.norm = nn.BatchNorm2d(8)
    def forward(self, x):
        x = F.max_pool2d(F.avg_pool2d(torch.relu(self.norm(self.conv(x))), 1), 2)
        x = torch.cat([x[:, :4], x[:, 4:]], dim=1) * torch.sigmoid(x.mean((2, 3), keepdim=True))
        return self.fc(F.dropout(x.flatten(1), 0.0, self.training))
"""


def prepare_for_whole_files() -> None:
    """Import what most files import, before a fork, so that all later children have it."""
    make_torchvision_importable()


def answer(request: bytes) -> tuple[Any, ...]:
    """The reply to one request, in pieces; a student's mistake is in the reply, never raised."""
    reply = respond(json.loads(request))
    tensors: dict[str, torch.Tensor] = reply.pop("tensors", {})
    document = json.dumps(reply).encode()
    return len(document).to_bytes(8, "big"), document, *safetensors(tensors)


DTYPES = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16",
    torch.int64: "I64", torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8",
    torch.bool: "BOOL", torch.complex64: "C64",
}  # fmt: skip


def safetensors(tensors: dict[str, torch.Tensor]) -> list[Any]:
    """Contiguous tensors as the pieces of a safetensors file, the tensors' own memory among them.

    The library's `save` copies everything twice, and a network has 10 MB.
    """
    header, pieces, end = {}, [], 0
    for name, tensor in tensors.items():
        start, end = end, end + tensor.numel() * tensor.element_size()
        header[name] = {
            "dtype": DTYPES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [start, end],
        }
        if end > start:
            pieces.append(tensor.flatten().view(torch.uint8).numpy().data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return [len(text).to_bytes(8, "little"), text, *pieces]


def respond(request: dict[str, Any]) -> dict[str, Any]:
    """The reply as a dict; `tensors` holds real tensors."""
    own_files = {cell["label"] for cell in request["cells"]}
    own_files |= {cell["label"] for module in request["modules"] for cell in module["cells"]}
    reply: dict[str, Any] = {
        "phase": "import",
        "error": None,
        "cuda": False,
        "layers": [],
        "values": [],
        "traces": [],
        "alone": None,
        "failed": [],
        "stand_ins": [],
        "touched": [],
        "calls": [],
    }
    whole = request["whole"]
    stand_ins, one_by_one = StandIns(), OneByOne(whole["statement_s"] if whole else 0.0)
    cpu = CpuOnly()
    cpu.patch_modules()
    compilers.leave_out()
    torch.autograd.Function.apply = classmethod(functions.apply)  # type: ignore[method-assign,assignment]
    # saving memory by computing twice is no part of it either, and the first time runs without gradients
    torch.utils.checkpoint.checkpoint = lambda function, *args, **_: function(*args)
    try:
        with cpu:
            namespace = namespace_of(request, stand_ins, one_by_one)
            reply["phase"] = "construct"
            stand_ins.building = True
            module = construct(namespace, request["class_name"])
            reply["phase"] = "forward"
            trace_all(module, request, own_files, reply)
            for wanted in request["calls"]:
                like = next(t for t in reply["traces"] if t["mode"] == wanted["mode"])
                like = reply["traces"][like["twin"]] if "twin" in like else like
                make = functools.partial(construct, namespace, request["class_name"])
                reply["calls"].append(shapes.call(make, wanted, request["input_shape"], own_files, like))
            reply["phase"] = "done"
    except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt are the student's too
        reply["error"] = told(error, own_files)
    reply["cuda"] = cpu.used
    reply["failed"] = one_by_one.failed
    reply["stand_ins"], reply["touched"] = sorted(stand_ins.packages), sorted(stand_ins.touched)
    return reply


class NotAModule(TypeError):
    """The class is there but is no `torch.nn.Module`."""


def construct(namespace: dict[str, Any], class_name: str) -> torch.nn.Module:
    """Instantiate the exercise's class without arguments."""
    made = namespace[class_name]()
    if not isinstance(made, torch.nn.Module):
        raise NotAModule(f"{class_name} is not a subclass of torch.nn.Module")
    made.train  # noqa: B018  - raises AttributeError where super().__init__() was forgotten
    vars(made)["_modules"]
    return made


def trace_all(
    module: torch.nn.Module, request: dict[str, Any], own_files: set[str], reply: dict[str, Any]
) -> None:
    """Trace the module as the request asks, into `reply`."""
    shape = request["input_shape"]

    def images(
        batch: int,
    ) -> torch.Tensor:  # one batch size, one set of images: a second call is given the same
        return torch.rand(batch, *shape, generator=torch.Generator().manual_seed(batch))

    try:
        if any(
            is_lazy(p) for p in module.parameters()
        ):  # LazyConv2d and LazyLinear get their shapes from a call
            with torch.no_grad():
                module(images(2))
    finally:
        reply["layers"] = layers_of(module)
    values = Values(module, torch.rand(1, *shape))
    initial = {f"value{n}": t.detach().clone().contiguous() for n, t in enumerate(values.tensors) if n}
    paths = {id(child): name for name, child in modules_of(module)}
    try:
        for number, wanted in enumerate(request["traces"]):
            image = images(wanted["batch"])
            trace = {
                "batch": wanted["batch"],
                "mode": wanted["mode"],
                "nodes": [],
                "output": None,
                "returned": None,
                "drew": False,
                "gradients": wanted.get("gradients", True),
            }
            reply["traces"].append(trace)
            module.train(wanted["mode"] == "train")
            with torch.no_grad():  # running averages: every trace starts as the first did
                for number_, entry in enumerate(values.entries):
                    if entry["kind"] == "buffer":
                        values.tensors[number_].copy_(initial[f"value{number_}"])
            initial[f"input{number}"] = image.clone()
            recorder = Recorder(values, image, own_files, paths)
            hooks = [
                register_module_forward_pre_hook(recorder.enter_module),
                register_module_forward_hook(recorder.leave_module),
            ]
            functions.listening.append(recorder.apply)
            dice = outside_torch()
            try:
                with torch.set_grad_enabled(wanted.get("gradients", True)), recorder:
                    output = module(image)
            finally:
                functions.listening.clear()
                trace["drew"] = outside_torch() != dice
                for hook in hooks:
                    hook.remove()
                trace["nodes"] = recorder.nodes
            trace["returned"] = kind_of(output)
            if wanted["mode"] == "train":
                for tensor, entry in zip(values.tensors, values.entries, strict=True):
                    # train() and forward may freeze what was free
                    entry["requires_grad"] = entry["requires_grad"] and tensor.requires_grad
                    entry["hooked"] = entry["hooked"] or hooks_of.change(tensor)
                for tensor in recorder.alive:
                    if (node := recorder.maker.get(id(tensor))) is not None and (
                        how := hooks_of.change(tensor)
                    ):
                        node["hooked"] = how
            if isinstance(output, torch.Tensor):
                trace["output"] = recorder.reference(output)
                initial[f"output{number}"] = output.detach().clone().contiguous()
        reply["alone"], answer = of_one_image(module, images(2)[:1], own_files)
        if answer is not None:
            initial["alone"] = answer.clone().contiguous()
    finally:
        point_at_twins(reply["traces"])
        reply["values"] = values.entries
        for number, entry in enumerate(values.entries):
            if f"value{number}" not in initial and number:
                initial[f"value{number}"] = values.tensors[number].detach().clone().contiguous()
                entry["late"] = True
        reply["tensors"] = initial


def of_one_image(
    module: torch.nn.Module, image: torch.Tensor, own_files: set[str]
) -> tuple[dict[str, Any], torch.Tensor | None]:
    """What the student's own Python makes of one image in eval mode: what two were traced to cannot tell.

    A side of 1 may be dropped on the way, and who reads shapes may go another way then.
    """
    module.eval()
    try:
        with torch.no_grad():
            output = module(image)
    except BaseException as error:  # noqa: BLE001 - as in `respond`
        return {"error": told(error, own_files), "returned": None}, None
    claim = {"error": None, "returned": kind_of(output)}
    return claim, output.detach() if isinstance(output, torch.Tensor) else None


def outside_torch() -> list[Any]:
    """The state of Python's and NumPy's random numbers: whoever draws one changes it."""
    states: list[Any] = [random.getstate()]
    if numpy_random := sys.modules.get("numpy.random"):
        _, words, position, *_ = numpy_random.get_state()
        states += [words.tobytes(), position]
    return states


def point_at_twins(traces: list[dict[str, Any]]) -> None:
    """Say of a trace that repeats an earlier one, as most do, only which: half of a reply's text."""
    for number, trace in enumerate(traces):
        for earlier in range(number):
            if {**traces[earlier], "mode": trace["mode"], "drew": trace["drew"]} == trace:
                trace.update(nodes=[], twin=earlier)
                break


def kind_of(output: Any) -> str:
    """What `forward` returned, in a word."""
    if isinstance(output, torch.Tensor):
        return "tensor"
    if isinstance(output, tuple | list):
        return f"{type(output).__name__} of {len(output)}"
    return type(output).__name__


def modules_of(module: torch.nn.Module) -> list[tuple[str, torch.nn.Module]]:
    """All modules that can be reached, with the paths of those in plain containers too."""
    found = {id(child): (name, child) for name, child in module.named_modules()}
    walked: set[int] = set()

    def walk(thing: Any, path: str, depth: int) -> None:
        if depth > 6:
            return
        if isinstance(thing, torch.nn.Module):
            if id(thing) in walked:
                return
            walked.add(id(thing))
            found.setdefault(id(thing), (path, thing))
            for name, child in children_of(thing):
                walk(child, f"{path}.{name}" if path else name, depth + 1)
        elif isinstance(thing, dict):
            for key, child in thing.items():
                walk(child, f"{path}[{key!r}]", depth + 1)
        elif isinstance(thing, list | tuple):
            for index, child in enumerate(thing):
                walk(child, f"{path}[{index}]", depth + 1)

    walk(module, "", 0)
    return list(found.values())


def layers_of(module: torch.nn.Module) -> list[dict[str, Any]]:
    """Convolutions and fully connected layers as they are declared."""
    registered = {id(child) for child in module.modules()}
    layers = []
    for name, child in modules_of(module):
        if isinstance(child, torch.nn.Conv2d):
            padding = child.padding if isinstance(child.padding, tuple) else (child.padding,)
            layer = {
                "kind": "conv", "in_channels": child.in_channels, "out_channels": child.out_channels,
                "kernel": list(child.kernel_size), "stride": list(child.stride),
                "padding": [p if isinstance(p, int) else -1 for p in padding],
                "dilation": list(child.dilation), "groups": child.groups,
            }  # fmt: skip
            if isinstance(child.padding, str):  # "same" and "valid", as torch itself resolves them
                same = child.padding == "same"
                layer["padding"] = [
                    d * (k - 1) // 2 if same else 0
                    for k, d in zip(child.kernel_size, child.dilation, strict=True)
                ]
        elif isinstance(child, torch.nn.Linear):
            layer = {"kind": "linear", "in_channels": child.in_features, "out_channels": child.out_features}
        else:
            continue
        layers.append(
            {"name": name, "bias": child.bias is not None, "registered": id(child) in registered, **layer}
        )
    return layers


def told(error: BaseException, own_files: set[str]) -> dict[str, Any]:
    """An exception as data: type, message, and the frames that are the student's own."""
    frames = []
    step: types.TracebackType | None = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename in own_files:
            frames.append({"file": step.tb_frame.f_code.co_filename, "line": step.tb_lineno,
                           "function": step.tb_frame.f_code.co_name})  # fmt: skip
        step = step.tb_next
    if isinstance(error, SyntaxError) and error.filename in own_files:
        frames.append({"file": error.filename, "line": error.lineno or 1, "function": "<module>"})
    name = getattr(error, "name", None)  # of an ImportError or NameError: what is missing
    return {
        "type": type(error).__name__,
        "message": str(error)[:MESSAGE_LIMIT],
        "frames": frames[-20:],
        "name": name if isinstance(name, str) else None,
    }

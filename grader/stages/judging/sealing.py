"""Hashes of what a network does: equality can be told with them, and nothing else.

Numbers are rounded to six digits of the largest of them before they are hashed: two styles of one
network differ in the fifteenth, on any machine.
"""

from __future__ import annotations

import base64
import hashlib
import math

import torch
from torch import Tensor

from grader.networks.weights import Key
from grader.records.sealed import Locked
from grader.stages.judging.fingerprint import Portrait, largest

STEPS = 1_000_000


def seal(*tensors: Tensor) -> str:
    """A hash of numbers; "" where some are not finite, which is equal to nothing."""
    rounded = []
    for numbers in tensors:
        scale = largest(numbers)
        if not math.isfinite(scale):
            return ""
        steps = (numbers.detach().flatten() / max(scale, 1e-12) * STEPS).round().tolist()
        rounded.append((f"{scale:.5e}", [int(step) for step in steps]))
    return hashlib.sha256(repr(rounded).encode()).hexdigest()


def seal_gradient(key: Key, rank: int, gradient: Tensor | None, bias: Tensor | None) -> str:
    """A hash of what one layer learns: the size of its gradient, and how it is spread."""
    parts = [torch.zeros(1) if side is None else _sketch(side) for side in (gradient, bias)]
    return hashlib.sha256(f"{key} {rank} {seal(parts[0])} {seal(parts[1])}".encode()).hexdigest()


def _sketch(gradient: Tensor) -> Tensor:
    flat = gradient.detach().flatten()
    waves = torch.arange(1, flat.numel() + 1, dtype=flat.dtype)
    return torch.stack([flat.norm(), flat @ torch.sin(waves * 0.7321), flat @ torch.cos(waves * 1.1729)])


def seal_outputs(likeness: Portrait) -> str:
    """What a network answers in eval mode, with both kinds of numbers."""
    return seal(likeness.outputs, likeness.loud_outputs)


def lock(words: str, fingerprint: str) -> Locked:
    """Words that `unlock` gives back to whoever has a network of this fingerprint."""
    return Locked(name=_name(fingerprint), box=base64.b64encode(_mixed(words.encode(), fingerprint)).decode())


def unlock(locked: tuple[Locked, ...], fingerprint: str) -> str | None:
    """What is said of the network with this fingerprint; None: nothing."""
    name = _name(fingerprint)
    box = next((one.box for one in locked if one.name == name), None)
    return None if box is None else _mixed(base64.b64decode(box), fingerprint).decode()


def _name(fingerprint: str) -> str:
    return hashlib.sha256(f"name {fingerprint}".encode()).hexdigest()[:32]


def _mixed(data: bytes, fingerprint: str) -> bytes:
    stream = hashlib.shake_256(f"words {fingerprint}".encode()).digest(len(data))
    return bytes(a ^ b for a, b in zip(data, stream, strict=True))

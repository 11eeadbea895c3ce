"""The guest's reply as typed records: size-limited and schema-checked before anything is believed."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor

from grader.stages.capture.claims import Claims, Unbelievable, whole

MAX_DOCUMENT_BYTES = 32 * 2**20
"""A forward of 20,000 operators, traced six times, takes about 25 MB."""

_CLAIMS = TypeAdapter(Claims)


def read(payload: bytes) -> tuple[Claims, dict[str, Tensor]]:
    """Parse a reply.

    Raises:
        Unbelievable: it is not well-formed.
    """
    length = int.from_bytes(payload[:8], "big")
    if len(payload) < 8 or length > min(MAX_DOCUMENT_BYTES, len(payload) - 8):
        raise Unbelievable("the reply is cut short")
    try:
        claims = _CLAIMS.validate_json(payload[8 : 8 + length])
        tensors = load(payload[8 + length :])
    except (
        ValidationError,
        SafetensorError,
        KeyError,
        ValueError,
        RuntimeError,
        MemoryError,
        RecursionError,
    ) as error:
        raise Unbelievable(f"the reply is malformed: {str(error)[:200]}") from error
    return claims.model_copy(update={"traces": whole(claims.traces)}), tensors

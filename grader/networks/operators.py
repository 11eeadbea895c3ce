"""The operators that a student's network may consist of: one row each.

A row stands for all overloads of an ATen operator and for its in-place twin (`add` for `add_` too).
An operator that is not here is never run on the trusted side.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple

import torch

Family = Literal["layer", "norm", "pool", "pointwise", "join", "reduce", "shape", "make", "random"]


class Operator(NamedTuple):
    """What judging needs to know of an operator."""

    family: Family
    keeps_channels: bool
    """Result channel c depends on channel c of the first operand alone (N×C×… in, N×C×… out)."""


_ROWS: dict[Family, str] = {
    "layer": "convolution addmm mm bmm baddbmm addmv mv dot linear matmul",
    "norm": "native_batch_norm _native_batch_norm_legit _native_batch_norm_legit_no_training "
    "_batch_norm_with_update cudnn_batch_norm native_layer_norm native_group_norm linalg_vector_norm _weight_norm_interface",
    "pool": "avg_pool2d max_pool2d_with_indices _adaptive_avg_pool2d adaptive_max_pool2d "
    "upsample_nearest2d upsample_bilinear2d upsample_bicubic2d max_pool2d adaptive_avg_pool2d "
    "avg_pool1d max_pool1d _adaptive_avg_pool3d avg_pool3d",
    "pointwise": "relu sigmoid tanh leaky_relu elu gelu silu hardtanh hardsigmoid hardswish mish softplus "
    "threshold clamp clamp_min clamp_max relu6 celu selu prelu _prelu_kernel log_sigmoid_forward "
    "add sub rsub mul div neg abs exp log sqrt rsqrt pow square reciprocal maximum minimum sign "
    "where eq ne gt ge lt le logical_and logical_or logical_not addcmul addcdiv lerp nan_to_num "
    "fill zero copy masked_fill index_put fmax fmin floor ceil round remainder bitwise_and bitwise_not isnan",
    "join": "cat stack",
    "reduce": "mean sum amax amin max min prod var std var_mean std_mean nansum median sort topk _softmax _log_softmax argmax cumsum logsumexp any all",
    "shape": "view _unsafe_view reshape _reshape_alias t transpose permute squeeze unsqueeze expand select slice "
    "split split_with_sizes unbind chunk narrow flip roll repeat constant_pad_nd reflection_pad2d "
    "replication_pad2d clone detach alias lift_fresh lift_fresh_copy _to_copy contiguous as_strided index_select "
    "index slice_scatter select_scatter gather diagonal diag_embed unfold im2col col2im index_copy index_add scatter scatter_add "
    "pixel_shuffle pixel_unshuffle tril triu",
    "make": "zeros zeros_like ones ones_like full full_like empty empty_like new_zeros new_ones new_full new_empty "
    "arange scalar_tensor eye linspace empty_strided new_empty_strided",
    "random": "bernoulli native_dropout rand rand_like randn randn_like uniform normal randperm randint "
    "rrelu_with_noise rrelu_with_noise_functional",
}
_KEEP_CHANNELS: str = (
    "native_batch_norm _native_batch_norm_legit _native_batch_norm_legit_no_training _batch_norm_with_update "
    "avg_pool2d max_pool2d_with_indices _adaptive_avg_pool2d adaptive_max_pool2d upsample_nearest2d "
    "upsample_bilinear2d clone detach alias contiguous _to_copy constant_pad_nd native_dropout bernoulli rrelu_with_noise rrelu_with_noise_functional"
)
OPERATORS: dict[str, Operator] = {
    name: Operator(family, family == "pointwise" or name in _KEEP_CHANNELS.split())
    for family, names in _ROWS.items()
    for name in names.split()
}


def base_name(op: str) -> str:
    """ "aten.add_.Tensor" → "add"."""
    name = op.split(".")[1]
    return name[:-1] if name.endswith("_") and not name.endswith("__") else name


def find(op: str) -> Operator | None:
    """The row of an operator such as "aten.convolution.default"; None: students may not use it."""
    parts = op.split(".")
    if len(parts) != 3 or parts[0] != "aten" or parts[2].endswith("out"):
        return None
    return OPERATORS.get(base_name(op))


@lru_cache(maxsize=4096)
def overload(op: str) -> torch._ops.OpOverload:
    """The callable of an operator that `find` knows.

    Raises:
        KeyError: the operator is not in the table, or torch has no such overload.
    """
    if find(op) is None:
        raise KeyError(op)
    _, name, which = op.split(".")
    packet = getattr(torch.ops.aten, name, None)
    if packet is None or which not in packet.overloads():
        raise KeyError(op)
    found = getattr(packet, which)
    assert isinstance(found, torch._ops.OpOverload)
    return found

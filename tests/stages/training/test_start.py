import math

import pytest
import torch
from torch import nn

from grader.stages.training.start import STARTS, he_start, pytorch_start

LAYERS = [
    (torch.empty(256, 128, 3, 3), torch.empty(256)),
    (torch.empty(512, 4096), None),
    (torch.empty(10, 256), torch.empty(10)),
]


def test_he_start_has_variance_two_over_fan_in_and_zero_biases():
    (conv, conv_bias), (linear, no_bias), (_last, last_bias) = he_start(LAYERS, seed=1)
    assert conv.std().item() == pytest.approx(math.sqrt(2 / (128 * 9)), rel=0.01)
    assert linear.std().item() == pytest.approx(math.sqrt(2 / 4096), rel=0.01)
    assert abs(conv.mean().item()) < 0.001
    assert no_bias is None and conv_bias is not None and last_bias is not None
    assert not conv_bias.any() and not last_bias.any()


def test_he_start_makes_the_last_layer_small():
    assert he_start(LAYERS, seed=1)[-1][0].std().item() == pytest.approx(0.01, rel=0.05)


def test_pytorch_start_is_distributed_like_a_new_layer_of_torch():
    torch.manual_seed(0)
    own = nn.Linear(4096, 512)
    ((weight, bias),) = pytorch_start([(own.weight, own.bias)], seed=1)
    assert bias is not None
    assert weight.std().item() == pytest.approx(own.weight.std().item(), rel=0.01)
    assert weight.abs().max() <= 1 / 64 and bias.abs().max() <= 1 / 64
    assert bias.std().item() == pytest.approx(1 / 64 / math.sqrt(3), rel=0.1)


@pytest.mark.parametrize("start", STARTS.values())
def test_a_start_follows_from_its_seed_alone(start):
    first, again, other = start(LAYERS, 1), start(LAYERS, 1), start(LAYERS, 2)
    assert all(torch.equal(a, b) for (a, _), (b, _) in zip(first, again, strict=True))
    assert not any(torch.equal(a, b) for (a, _), (b, _) in zip(first, other, strict=True))


@pytest.mark.parametrize("start", STARTS.values())
def test_a_layer_draws_the_same_numbers_whatever_the_others_are(start):
    shape = LAYERS[0]
    alone = start([shape, LAYERS[2]], 5)[0][0]
    among_others = start([shape, LAYERS[1], LAYERS[2]], 5)[0][0]
    assert torch.equal(alone, among_others)


@pytest.mark.parametrize("start", STARTS.values())
def test_layers_of_one_shape_get_different_numbers(start):
    (first, _), (second, _) = start([LAYERS[0], LAYERS[0], LAYERS[2]], 3)[:2]
    assert not torch.equal(first, second)

"""Can the network learn at all from the starting weights that the student chose?

Judging and training use starting weights of our own, so that one initialisation is as good as another.
The exception is one from which nothing can be learned: all zero, every unit the same, ReLUs that are off
for good. Initialisations that look like torch's own, He's or Xavier's are not even tried.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from grader.networks.layers import Layer, Wiring, layers
from grader.networks.replay import Replay, load
from grader.records.graph import ModelGraph, ValueRef

LEARNING_RATE = 0.05
SPARE_STEPS = 2
"""More than the layers that a gradient may have to come through one by one, from a last layer that is zero."""


def cannot_learn(graph: ModelGraph, tensors: Mapping[str, Tensor]) -> tuple[str, ...]:
    """Names of the layers that stay as they are, or stay many times the same unit, however long one trains.

    Args:
        tensors: the numbers that came with the graph, "value<number>".
    """
    found = {layer.weight: layer for layer in layers(Wiring(graph, graph.train))}
    trained = [layer for layer in found.values() if graph.values[layer.weight].requires_grad]
    numbers = {n: tensors[f"value{n}"] for n in range(1, len(graph.values))}
    if not trained or (
        all(_is_usual(layer, numbers) for layer in trained) and not _others_are_zero(graph, found, numbers)
    ):
        return ()
    network = Replay(graph)
    load(network, numbers)
    network.train(True)
    images, wanted = _images(graph.values[0].shape[1:])
    still = {layer.weight for layer in trained}
    for _ in range(len(trained) + SPARE_STEPS):
        try:
            answer = network(images.clone())
            cross_entropy(answer, wanted % answer.shape[1]).backward()  # type: ignore[no-untyped-call]
        except (IndexError, RuntimeError):  # no answer for each image, or no backward pass: judging says so
            return ()
        gradients = {layer.weight: network.value(layer.weight).grad for layer in trained}
        if not all(g is None or bool(torch.isfinite(g).all()) for g in gradients.values()):
            break  # it has left the numbers that a float can hold; what was seen before that counts
        still -= {number for number, g in gradients.items() if g is not None and bool(g.any())}
        with torch.no_grad():
            for parameter in network.parameters():
                if parameter.grad is not None:
                    parameter.sub_(LEARNING_RATE * parameter.grad)
                    parameter.grad = None
        if not still and not any(_is_one_unit(layer, network.value(layer.weight)) for layer in trained):
            return ()
    return tuple(
        layer.name
        for layer in trained
        if layer.weight in still or _is_one_unit(layer, network.value(layer.weight))
    )


def _is_usual(layer: Layer, numbers: Mapping[int, Tensor]) -> bool:
    """Weights to both sides of zero, biases that turn no ReLU off: it can learn, as far as it matters."""
    if not numbers[layer.weight].numel():  # a layer without any unit
        return False
    low, high = (float(x) for x in numbers[layer.weight].aminmax())
    if not (low < 0 < high and abs(low + high) <= (high - low) / 2):
        return False
    if layer.bias is None:
        return True
    bound = max(0.3, 1 / math.sqrt(numbers[layer.weight].numel() / layer.out_channels))
    low, high = (float(x) for x in numbers[layer.bias].aminmax())
    return -bound <= low and high <= bound


def _others_are_zero(graph: ModelGraph, found: Mapping[int, Layer], numbers: Mapping[int, Tensor]) -> bool:
    """A factor or a normalisation's weight that is zero throughout."""
    biases = {layer.bias for layer in found.values()}
    used = {a.value for node in graph.train.nodes for a in node.args if isinstance(a, ValueRef)}
    return any(
        value.kind == "parameter" and len(value.shape) > 0 and not bool(numbers[number].any())
        for number, value in enumerate(graph.values)
        if number in used and number not in found and number not in biases
    )


def _images(image: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Dark and bright noise and two plain images, with a class for each."""
    noise = torch.rand(4, *image, generator=torch.Generator().manual_seed(0))
    brightness = torch.tensor([0.2, 0.5, 0.8, 1.0]).reshape(4, *(1 for _ in image))
    plain = torch.ones(2, *image) * torch.tensor([0.3, 1.0]).reshape(2, *(1 for _ in image))
    return torch.cat([noise * brightness, plain]), torch.arange(6)


def _is_one_unit(layer: Layer, weight: Tensor) -> bool:
    """Every output of the layer has the same weights."""
    rows = weight.detach().T if layer.input_first else weight.detach().flatten(1)
    return layer.out_channels > 1 and bool((rows == rows[:1]).all())

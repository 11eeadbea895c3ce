"""The embedded data set: ten classes of shapes and patterns, made by rule, the same on every machine.

An image is a figure on a darker background. The class is the figure's form: disc, square, triangle,
cross, ring, horizontal, vertical, rising and falling stripes, checkerboard. Colours, contrast,
position, area, phase of the pattern, a slope of light across the image and noise are drawn from the
same distribution for every class; all figures cover the same share of the image, so that neither a
mean colour nor a colour histogram says anything about the class. (The figure is always the lighter
part because without that a short training's outcome hangs on the seed: accuracies from 0.3 to 0.8
after 200 steps instead of 0.8 to 0.9.)

Only raw PCG64 output and operations that IEEE 754 rounds exactly (+ - * / sqrt, comparisons, floor)
are used, so the bytes do not depend on the version of numpy or on the processor.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Images = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.int64]

NAME = "synthetic-1"
"""Goes up whenever a byte changes: thresholds are bound to it."""

CLASSES = (
    "disc", "square", "triangle", "cross", "ring",
    "horizontal stripes", "vertical stripes", "rising stripes", "falling stripes", "checkerboard",
)  # fmt: skip

TRAIN_IMAGES, TEST_IMAGES = 4000, 2000
_TRAIN_SEED, _TEST_SEED = 12, 120
_SIDE = 32


def make() -> tuple[Images, Labels, Images, Labels]:
    """Training images (4000×3×32×32), their labels, test images (2000×3×32×32), their labels."""
    return *draw(TRAIN_IMAGES, _TRAIN_SEED), *draw(TEST_IMAGES, _TEST_SEED)


def draw(count: int, seed: int) -> tuple[Images, Labels]:
    """`count` images and their labels; the classes take turns, so every stretch of ten is balanced."""
    bits = np.random.PCG64(seed)
    labels = np.arange(count, dtype=np.int64) % len(CLASSES)
    figure = _figures(labels, bits)

    middle = 80 + 95 * _uniform(bits, count, 3)
    contrast = 15 + 55 * _uniform(bits, count, 3)
    slope = 40 * (_uniform(bits, count, 2) - 0.5)
    y, x = _grid()
    light = slope[:, :1, None] * y / _SIDE + slope[:, 1:, None] * x / _SIDE
    side = np.where(figure, 1.0, -1.0)
    clean = middle[:, :, None, None] + contrast[:, :, None, None] * side[:, None] + light[:, None]

    return np.floor(np.clip(clean + _noise(bits, count), 0, 255)).astype(np.uint8), labels


def _noise(bits: np.random.PCG64, count: int) -> Floats:
    """Between -32 and 32, triangular: the sum of two bytes; four values from one 64-bit number."""
    words = bits.random_raw((count, 3, _SIDE, _SIDE // 4, 1)) >> np.arange(0, 64, 16, dtype=np.uint64)
    values = (words & 0xFF).astype(np.float64) + (words >> 8 & 0xFF) - 255
    return (values / 8).reshape(count, 3, _SIDE, _SIDE)


def _figures(labels: Labels, bits: np.random.PCG64) -> Mask:
    """Which pixels belong to the figure (n×32×32)."""
    count = len(labels)
    window = 8.5 + 3.5 * _uniform(bits, count)
    area = math.pi / 2 * window * window  # of the figure, in pixels: half of its round window
    centre = 15.5 + (_uniform(bits, count, 2) - 0.5) * 2 * (15.5 - window[:, None])
    period = 4.5 + 2 * _uniform(bits, count)
    phase = _uniform(bits, count, 2)

    grid_y, grid_x = _grid()
    figure = np.zeros((count, _SIDE, _SIDE), dtype=bool)
    for kind, name in enumerate(CLASSES):
        these = np.flatnonzero(labels == kind)
        column = (these, None, None)
        figure[these] = _form(
            name,
            grid_y - centre[these, 0, None, None],
            grid_x - centre[these, 1, None, None],
            area[column],
            window[column],
            period[column],
            phase[these, 0, None, None],
            phase[these, 1, None, None],
        )
    return figure


def _form(
    name: str, y: Floats, x: Floats, area: Floats, window: Floats, period: Floats, a: Floats, b: Floats
) -> Mask:
    """One class's figure, in coordinates from its centre; `a` and `b` are phases in [0, 1)."""
    square_radius = x * x + y * y
    inside = square_radius < window * window
    up, down = (y + x) / math.sqrt(2), (y - x) / math.sqrt(2)
    form: Mask
    match name:
        case "disc":
            form = square_radius < area / math.pi
        case "square":
            form = np.maximum(np.abs(x), np.abs(y)) < np.sqrt(area) / 2
        case "triangle":
            height = np.sqrt(area)  # as wide as 2 × height
            low = y + height / 2  # 0 at the tip
            form = (np.abs(x) < low) & (low < height)
        case "cross":
            arm = np.sqrt(area * 9 / 20)  # three times as long as half its width
            form = (np.maximum(np.abs(x), np.abs(y)) < arm) & (np.minimum(np.abs(x), np.abs(y)) < arm / 3)
        case "ring":
            middle = np.sqrt(area / math.pi)
            form = np.abs(np.sqrt(square_radius) - middle) < middle / 4
        case "horizontal stripes":
            form = inside & _stripe(y, period, a)
        case "vertical stripes":
            form = inside & _stripe(x, period, a)
        case "rising stripes":
            form = inside & _stripe(up, period, a)
        case "falling stripes":
            form = inside & _stripe(down, period, a)
        case _:
            form = inside & (_stripe(y, period, a) ^ _stripe(x, period, b))
    return form


def _stripe(along: Floats, period: Floats, phase: Floats) -> Mask:
    turns = along / period + phase
    lit: Mask = turns - np.floor(turns) < 0.5
    return lit


def _grid() -> tuple[Floats, Floats]:
    ruler = np.arange(_SIDE, dtype=np.float64)
    return ruler[:, None], ruler[None, :]


def _uniform(bits: np.random.PCG64, *shape: int) -> Floats:
    """[0, 1), from the top 53 bits of raw output."""
    return (bits.random_raw(shape) >> 11).astype(np.float64) * 2.0**-53

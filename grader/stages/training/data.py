"""Images and labels to train and test on, held in memory as bytes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import torch

from grader.errors import DataError
from grader.records.base import Text
from grader.stages.training import cifar10, synthetic


@dataclass(frozen=True, eq=False)
class DataSet:
    """Ten classes of 3×32×32 images; images are uint8, labels int64 in 0 … 9."""

    name: str
    """What thresholds are bound to: "synthetic-1", "cifar10"."""
    train_images: torch.Tensor
    train_labels: torch.Tensor
    test_images: torch.Tensor
    test_labels: torch.Tensor
    notes: tuple[Text, ...] = ()
    """What the person running the grader should know of the files."""

    @cached_property
    def pixels(self) -> torch.Tensor:
        """Training images as float32 in [0, 1], n×32×32×3: 614 MB for CIFAR-10, so only made where asked for."""
        return (
            self.train_images.permute(0, 2, 3, 1)
            .to(torch.float32, memory_format=torch.contiguous_format)
            .div_(255)
        )

    def on(self, device: torch.device) -> DataSet:
        """The same, on a device: CIFAR-10 takes 184 MB there."""
        return replace(
            self,
            train_images=self.train_images.to(device),
            train_labels=self.train_labels.to(device),
            test_images=self.test_images.to(device),
            test_labels=self.test_labels.to(device),
        )


def load(source: str) -> DataSet:
    """The data set that `--data` names: "synthetic", "cifar10" (downloaded), or a folder.

    Raises DataError, one sentence with the fix, where it cannot be had.
    """
    match source:
        case "synthetic":
            train_images, train_labels, test_images, test_labels = map(torch.from_numpy, synthetic.make())
            return DataSet(synthetic.NAME, train_images, train_labels, test_images, test_labels)
        case "cifar10":
            folder = cifar10.download(cifar10.cache_folder())
        case _:
            folder = Path(source)
            if not folder.is_dir():
                raise DataError(
                    f"--data {source}: no such folder; give synthetic, cifar10 or a folder that holds "
                    f"{cifar10.FOLDER}"
                )
    train, test, notes = cifar10.read(folder)
    return DataSet("cifar10", *train, *test, notes)

"""CIFAR-10 from a `cifar-10-batches-py` folder or the network, through torchvision's own reader."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import tarfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch

from grader.errors import DataError
from grader.records.base import Text
from grader.stages.training.torchvision_import import torchvision_datasets

FOLDER = "cifar-10-batches-py"

Split = tuple[torch.Tensor, torch.Tensor]


def read(folder: Path) -> tuple[Split, Split, tuple[Text, ...]]:
    """Both splits (uint8 n×3×32×32, int64 n) from `folder` or its `cifar-10-batches-py`, and notes.

    Re-encoded images are welcome: a checksum that differs from the original's is a note.
    Raises DataError where files are missing or broken.
    """
    batches = folder if folder.name == FOLDER else folder / FOLDER
    reader = _reader()
    names = [name for name, _ in (*reader.train_list, *reader.test_list)]
    if missing := [name for name in names if not (batches / name).is_file()]:
        raise DataError(
            f"{batches}: no {missing[0]} there; give a {FOLDER} folder (five data_batch files and "
            "test_batch) or the folder that holds it, or use --data synthetic"
        )
    # torchvision takes the parent and looks for a folder of this name in it
    reader.base_folder = batches.name
    train, test = (_split(reader, batches, train=train) for train in (True, False))
    return train, test, _checksum_notes(reader, batches)


def download(cache: Path) -> Path:
    """The folder with CIFAR-10, fetched into `cache` unless it is there; DataError without a network."""
    folder = cache / FOLDER
    if (folder / "test_batch").is_file():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            _datasets().CIFAR10(cache, download=True)
    except (OSError, RuntimeError, tarfile.TarError) as error:
        raise DataError(
            f"CIFAR-10 could not be downloaded to {cache} ({error}); connect this machine to a network, "
            f"give a {FOLDER} folder with --data, or use --data synthetic"
        ) from error
    return folder


def cache_folder() -> Path:
    """Where downloads are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vgg-lab-grader"


def _datasets() -> Any:
    try:
        return torchvision_datasets()
    except ImportError as error:
        raise DataError(
            f"torchvision cannot be imported ({error}); install it beside torch, or use --data synthetic"
        ) from error


def _reader() -> Any:
    """torchvision's CIFAR10 without its checks of checksums, which refuse re-encoded files."""

    class Reader(_datasets().CIFAR10):  # type: ignore[misc]  # torchvision has no types
        def _check_integrity(self) -> bool:
            return True

        def _load_meta(self) -> None:
            """The class names are known; no need for batches.meta."""

    return Reader


def _split(reader: Any, batches: Path, *, train: bool) -> Split:
    name = "data_batch_1 to 5" if train else "test_batch"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the files of 2009 annoy numpy 2.4.0 to 2.4.4
            split = reader(batches.parent, train=train)
        images = torch.from_numpy(np.ascontiguousarray(split.data.transpose(0, 3, 1, 2)))
        labels = torch.tensor(split.targets)
    # whatever unpickling meets in a broken file
    except Exception as error:
        raise DataError(
            f"{batches}: {name} cannot be read ({type(error).__name__}: {error}); copy or download "
            "CIFAR-10 again"
        ) from error
    if (
        images.dtype != torch.uint8
        or labels.shape != images.shape[:1]
        or labels.is_floating_point()
        or sorted(set(labels.tolist())) != list(range(10))
    ):
        raise DataError(
            f"{batches}: {name} does not hold 32×32 colour images of the ten classes 0 to 9, one label "
            "each; copy or download CIFAR-10 again"
        )
    return images, labels.long()


def _checksum_notes(reader: Any, batches: Path) -> tuple[Text, ...]:
    differing = [name for name, md5 in (*reader.train_list, *reader.test_list) if _md5(batches / name) != md5]
    if not differing:
        return ()
    names = ", ".join(differing)
    return (
        Text(
            en=f"These files are not the original CIFAR-10 (checksums differ): {names}. "
            "They are used as they are; accuracies may differ slightly.",
            ko=f"원본 CIFAR-10 파일과 체크섬이 달라요: {names}. 그대로 쓰지만 정확도가 조금 다를 수 있어요.",
        ),
    )


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()

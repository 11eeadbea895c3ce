import pickle  # noqa: TID251 - the format of CIFAR-10's own files, written here for torchvision to read
import urllib.request
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pytest
import torch

from grader.errors import DataError
from grader.stages.training import cifar10
from grader.stages.training.data import DataSet, load
from grader.stages.training.torchvision_import import torchvision_datasets


def write_batches(folder: Path, labels: list[int] | None = None, side: int = 32) -> Path:
    """A small folder in CIFAR-10's layout: 20 images a file, image k all of the value k."""
    batches = folder / "cifar-10-batches-py"
    batches.mkdir(parents=True)
    labels = labels or [*range(10)] * 2
    rows = np.repeat(np.arange(len(labels), dtype=np.uint8)[:, None], 3 * side * side, axis=1)
    rows[:, : side * side] = 200  # the red plane comes first
    for name in [*(f"data_batch_{k}" for k in range(1, 6)), "test_batch"]:
        (batches / name).write_bytes(pickle.dumps({"labels": labels, "data": rows}))
    return batches


@pytest.fixture
def batches(tmp_path: Path) -> Path:
    return write_batches(tmp_path / "data")


def sentence(source: Path | str) -> str:
    with pytest.raises(DataError) as caught:
        load(str(source))
    return str(caught.value)


def test_a_folder_is_read_whether_it_is_the_batches_or_their_parent(batches: Path):
    for folder in (batches, batches.parent):
        data = load(str(folder))
        assert data.name == "cifar10"
        assert data.train_images.shape == (100, 3, 32, 32) and data.test_images.shape == (20, 3, 32, 32)
        assert data.train_images.dtype == torch.uint8 and data.train_labels.dtype == torch.int64
        assert data.test_labels.tolist() == [*range(10)] * 2


def test_colour_planes_stay_in_their_order(batches: Path):
    image = load(str(batches)).test_images[7]
    assert image[0].unique().tolist() == [200]
    assert image[1:].unique().tolist() == [7]


def test_files_that_are_not_the_originals_are_used_and_noted(batches: Path):
    (note,) = load(str(batches)).notes
    assert "data_batch_1, data_batch_2" in note.en and "test_batch" in note.en
    assert "checksums differ" in note.en and "체크섬" in note.ko


def test_a_renamed_batches_folder_is_named_with_the_fix(batches: Path):
    renamed = batches.rename(batches.with_name("cifar"))
    assert f"{renamed / 'cifar-10-batches-py'}: no data_batch_1 there; give a" in sentence(renamed)


def test_a_missing_file_is_named_with_the_fix(batches: Path):
    (batches / "data_batch_4").unlink()
    assert f"{batches}: no data_batch_4 there; give a cifar-10-batches-py folder" in sentence(batches)


def test_a_missing_folder_is_named_with_the_fix(tmp_path: Path):
    assert "no such folder; give synthetic, cifar10 or a folder" in sentence(tmp_path / "nowhere")


@pytest.mark.parametrize("broken", [b"", b"not a pickle at all", b"\x80\x04\x95half"])
def test_a_broken_file_is_one_sentence(batches: Path, broken: bytes):
    (batches / "test_batch").write_bytes(broken)
    found = sentence(batches)
    assert found.startswith(f"{batches}: test_batch cannot be read (") and "\n" not in found
    assert found.endswith("copy or download CIFAR-10 again")


@pytest.mark.parametrize(
    "labels", [[*range(11)], [0, 1, 2], [*range(10), 3.5]], ids=["eleven classes", "three", "a fraction"]
)
def test_labels_that_are_not_the_ten_classes_are_one_sentence(tmp_path: Path, labels: list[int]):
    assert "does not hold 32×32 colour images of the ten classes" in sentence(write_batches(tmp_path, labels))


def test_images_of_another_size_are_one_sentence(tmp_path: Path):
    assert "copy or download CIFAR-10 again" in sentence(write_batches(tmp_path, side=28))


def test_a_download_without_a_network_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def no_network(*args: object, **kwargs: object) -> None:
        raise URLError("Name or service not known")

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(urllib.request, "urlopen", no_network)
    found = sentence("cifar10")
    assert f"CIFAR-10 could not be downloaded to {tmp_path / 'vgg-lab-grader'}" in found
    assert "connect this machine to a network" in found and "\n" not in found


def test_a_download_made_before_is_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    write_batches(cifar10.cache_folder())
    assert len(load("cifar10").test_labels) == 20


def test_torchvision_can_be_imported_beside_this_torch():
    assert torchvision_datasets().CIFAR10.base_folder == "cifar-10-batches-py"
    assert torchvision_datasets() is torchvision_datasets()


def test_the_development_data_is_all_of_cifar10(cifar10_data: DataSet):
    assert cifar10_data.train_images.shape == (50_000, 3, 32, 32)
    assert torch.bincount(cifar10_data.test_labels).tolist() == [1000] * 10
    assert cifar10_data.train_images[:5000].float().mean() == pytest.approx(0.473 * 255, abs=3)

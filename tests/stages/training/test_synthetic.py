import hashlib

import numpy as np
import torch
from torch.nn import functional as F

from grader.stages.training import synthetic
from grader.stages.training.data import DataSet


def mean_colours(images: torch.Tensor) -> torch.Tensor:
    return images.float().mean((2, 3)) / 255


def colour_histograms(images: torch.Tensor) -> torch.Tensor:
    """Share of each channel's pixels in each of 32 bins, and spread per channel (n×99)."""
    rows = len(images) * 3
    bins = (images // 8).long().view(rows, 1024) + 32 * torch.arange(rows)[:, None]
    counts = torch.bincount(bins.flatten(), minlength=32 * rows).view(-1, 96) / 1024
    return torch.cat([counts, images.float().flatten(2).std(2) / 255], 1)


def nearest_mean_accuracy(train, train_labels, test, test_labels) -> float:
    means = torch.stack([train[train_labels == k].mean(0) for k in range(10)])
    return float((torch.cdist(test, means).argmin(1) == test_labels).float().mean())


def linear_accuracy(train, train_labels, test, test_labels) -> float:
    """Ridge regression on one-hot labels, a linear classifier with a closed form."""
    middle, scale = train.mean(0), train.std(0) + 1e-6
    train, test = ((x - middle) / scale for x in (train, test))
    gram = train.T @ train + 10 * torch.eye(train.shape[1])
    weights = torch.linalg.solve(gram, train.T @ (F.one_hot(train_labels, 10).float() - 0.1))
    return float(((test @ weights).argmax(1) == test_labels).float().mean())


def test_the_images_are_the_same_bytes_on_every_machine(synthetic_data: DataSet):
    digest = hashlib.sha256(synthetic_data.train_images.numpy().tobytes())
    digest.update(synthetic_data.test_images.numpy().tobytes())
    # a new digest means new images: raise the number in synthetic.NAME and calibrate again
    assert (synthetic.NAME, digest.hexdigest()[:16]) == ("synthetic-1", "e21c772ff0aa1f3f")


def test_images_are_bytes_of_ten_classes_in_turn(synthetic_data: DataSet):
    assert synthetic_data.train_images.shape == (4000, 3, 32, 32)
    assert synthetic_data.test_images.shape == (2000, 3, 32, 32)
    assert synthetic_data.train_images.dtype == torch.uint8
    assert synthetic_data.train_labels.dtype == torch.int64
    assert synthetic_data.test_labels[:20].tolist() == [*range(10)] * 2


def test_no_training_image_is_a_test_image(synthetic_data: DataSet):
    train = {image.tobytes() for image in synthetic_data.train_images.numpy()}
    assert len(train) == 4000
    assert not any(image.tobytes() in train for image in synthetic_data.test_images.numpy())


def test_figures_of_all_classes_cover_the_same_share_of_the_image():
    labels = np.arange(4000) % 10
    figures = synthetic._figures(labels, np.random.PCG64(1))
    shares = [figures[labels == k].mean() for k in range(10)]
    assert max(shares) - min(shares) < 0.01
    assert min(shares) > 0.1


def test_colour_alone_does_not_give_the_class(synthetic_data: DataSet):
    labels = synthetic_data.train_labels, synthetic_data.test_labels
    for features in (mean_colours, colour_histograms):
        train, test = features(synthetic_data.train_images), features(synthetic_data.test_images)
        assert nearest_mean_accuracy(train, labels[0], test, labels[1]) < 0.15
        assert linear_accuracy(train, labels[0], test, labels[1]) < 0.15

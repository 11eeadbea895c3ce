import os

import pytest

from grader.stages.training.data import DataSet, load


@pytest.fixture(scope="session")
def synthetic_data() -> DataSet:
    return load("synthetic")


@pytest.fixture(scope="session")
def cifar10_data() -> DataSet:
    folder = os.environ.get("GRADER_CIFAR10")
    if not folder:
        pytest.skip("set GRADER_CIFAR10 to a cifar-10-batches-py folder")
    return load(folder)

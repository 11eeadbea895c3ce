"""What fuzzing has kept is read again: nothing raises, nothing takes long."""

from __future__ import annotations

import random
import time
import zlib
from pathlib import Path

import pytest
from fuzzing.fuzzer import CORPUS, KINDS, SLOW_S


@pytest.mark.parametrize("kind", KINDS)
def test_the_corpus_gives_findings_and_nothing_else(kind: str) -> None:
    files = sorted((CORPUS / kind).glob("*.z"))
    assert len(files) >= 30
    words = set()
    for file in files:
        began = time.monotonic()
        words.add(KINDS[kind][2](zlib.decompress(file.read_bytes())))
        assert time.monotonic() - began < SLOW_S, file
    assert len(words) >= 10


@pytest.mark.parametrize("kind", KINDS)
def test_new_inputs_give_findings_and_nothing_else(kind: str) -> None:
    make, damage, read = KINDS[kind]
    good, draw = make(), random.Random(20_231)
    for _ in range(150):
        assert read(damage(good, draw))


def test_an_undamaged_reply_is_believed() -> None:
    make, _, read = KINDS["reply"]
    assert read(make()) == "graph"


def test_nothing_of_the_corpus_is_large() -> None:
    assert sum(file.stat().st_size for file in Path(CORPUS).rglob("*.z")) < 3 << 20

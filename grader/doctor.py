"""Is this machine fit to grade? Every answer is tried, not guessed."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from grader import container
from grader.course import read_course
from grader.errors import GraderError
from grader.records.base import Record, Text
from grader.sandboxes import SANDBOXES
from grader.sandboxes.probe import probe

TORCH = ((2, 11), (2, 13))
"""Oldest and newest that the project is tested with."""
PYTHON = ((3, 11), (3, 13))
FREE_BYTES = 2 << 30


class Check(Record):
    """One answer."""

    what: str
    grade: Literal["ok", "note", "problem"]
    """A problem keeps this machine from grading; a note is worth knowing."""
    said: Text


def examine(root: Path, data: str) -> Iterator[Check]:
    """Every check, in order; none of them raises.

    Args:
        root: the folder with `assignments/` and `reference/`.
        data: as `--data` takes it.
    """
    checks: tuple[tuple[str, Callable[[], Check]], ...] = (
        ("Python", _python),
        ("torch", _torch),
        ("torchvision", _torchvision),
        ("GPU", _gpu),
        ("sandbox", _sandbox),
        ("container", lambda: _container(root)),
        ("course", lambda: _course(root)),
        ("data", lambda: _data(data)),
        ("thresholds", lambda: _thresholds(root, data)),
        ("machine", lambda: _machine(root)),
    )
    for what, check in checks:
        try:
            yield check()
        except GraderError as error:
            yield _said(what, "problem", str(error), str(error))
        except Exception as error:  # noqa: BLE001  - the doctor sees every patient
            yield _said(
                what, "problem", f"{type(error).__name__}: {error}", f"{type(error).__name__}: {error}"
            )


def _said(what: str, grade: Literal["ok", "note", "problem"], en: str, ko: str) -> Check:
    return Check(what=what, grade=grade, said=Text(en=en, ko=ko))


def _python() -> Check:
    found = platform.python_version()
    if PYTHON[0] <= sys.version_info[:2] <= PYTHON[1]:
        return _said("Python", "ok", found, found)
    return _said("Python", "note", f"{found}; tested with 3.11 to 3.13", f"{found}; 3.11~3.13에서 시험했어요")


def _torch() -> Check:
    found = version("torch")
    import torch

    if TORCH[0] <= tuple(int(part) for part in found.split(".")[:2]) <= TORCH[1]:
        threads = f"{found}, {torch.get_num_threads()} threads"
        return _said("torch", "ok", threads, f"{found}, 스레드 {torch.get_num_threads()}개")
    return _said(
        "torch", "note", f"{found}; tested with 2.11 to 2.13. Thresholds may differ: grader calibrate",
        f"{found}; 2.11~2.13에서 시험했어요. 기준값이 다를 수 있으니 grader calibrate로 다시 만드세요",
    )  # fmt: skip


def _torchvision() -> Check:
    from grader.stages.training.torchvision_import import torchvision_datasets

    try:
        found = version("torchvision")
    except PackageNotFoundError:
        return _said("torchvision", "note", "not installed; real data sets cannot be read: pip install torchvision",
                     "설치되어 있지 않아서 실제 데이터를 읽을 수 없어요: pip install torchvision")  # fmt: skip
    torchvision_datasets()
    return _said("torchvision", "ok", found, found)


def _gpu() -> Check:
    import torch

    from grader.stages.training.cuda import unusable

    if why := unusable():
        return _said("GPU", "note", f"none: {why}", f"쓸 수 없어요: {why}")
    card = torch.cuda.get_device_properties(0)
    text = f"{card.name}, {card.total_memory / 2**30:.0f} GiB"
    return _said("GPU", "ok", text, text)


def _sandbox() -> Check:
    offers = probe()
    if problem := offers.problem():
        return _said("sandbox", "problem", problem, problem)
    with SANDBOXES["process"]() as opened:
        on = ", ".join(opened.protections)
    missing = [] if offers.namespaces else ["namespaces"]
    if "own user id" not in on:
        missing.append("own user id")
    rest = f"; not here: {', '.join(missing)}" if missing else ""
    korean = f"; 여기서는 안 됨: {', '.join(missing)}" if missing else ""
    return _said("sandbox", "ok", on + rest, on + korean)


def _container(root: Path) -> Check:
    if container.inside():
        return _said("container", "ok", "this is one", "지금 컨테이너 안이에요")
    engine, why = container.find_engine()
    if engine is None:
        return _said("container", "note", f"no engine ({why}); grading goes on in the process sandbox",
                     f"엔진이 없어요({why}). 프로세스 샌드박스에서 채점해요")  # fmt: skip
    name = container.image_name(root)
    if container.has_image(engine, name):
        return _said("container", "ok", f"{engine.name}, image {name}", f"{engine.name}, 이미지 {name}")
    return _said("container", "note", f"{engine.name}; the image {name} will be built by the first run",
                 f"{engine.name}. 이미지 {name}는 처음 실행할 때 만들어요")  # fmt: skip


def _course(root: Path) -> Check:
    names = ", ".join(read_course(root))
    return _said("course", "ok", names, names)


def _data(source: str) -> Check:
    from grader.stages.training import load

    found = load(source)
    size = f"{found.name}: {len(found.train_labels)} + {len(found.test_labels)}"
    return _said("data", "ok", size, size)


def _thresholds(root: Path, source: str) -> Check:
    from grader.stages.training import load

    name = load(source).name
    missing = []
    for exercise, described in read_course(root).items():
        if described.assignment.thresholds_of is not None:
            continue  # judged by another exercise's
        known = {(c.profile, c.data): c.recipe for c in described.calibrations}
        for profile, recipe in described.assignment.recipes.items():
            if known.get((profile, name)) != recipe:
                missing.append(f"{exercise}/{profile}")
    if not missing:
        return _said("thresholds", "ok", f"for every exercise on {name}", f"{name}: 모든 과제에 있어요")
    listed = ", ".join(missing)
    return _said("thresholds", "note", f"none on {name} for {listed}; make them with grader calibrate --data {source}",
                 f"{name}에서 {listed}의 기준값이 없어요. grader calibrate --data {source}로 만드세요")  # fmt: skip


def _machine(root: Path) -> Check:
    cpus = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    free = shutil.disk_usage(Path.cwd()).free
    text = f"{cpus} CPU, {memory:.0f} GiB, {free / 2**30:.0f} GiB free"
    korean = f"CPU {cpus}개, 메모리 {memory:.0f} GiB, 디스크 여유 {free / 2**30:.0f} GiB"
    if free < FREE_BYTES or memory < 3.5:
        return _said("machine", "problem", f"{text}; at least 4 GiB of memory and 2 GiB of disk are needed",
                     f"{korean}; 메모리 4 GiB, 디스크 2 GiB 이상이 필요해요")  # fmt: skip
    return _said("machine", "ok", text, korean)


def fit(checks: list[Check]) -> bool:
    """No problem among them."""
    return all(check.grade != "problem" for check in checks)

"""`--isolation`: whether this run goes into a container, and what is told about it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path

from grader import container
from grader.container import Mount
from grader.errors import UserError
from grader.records.base import Text


class Isolation(StrEnum):
    """Where student code is locked in."""

    auto = "auto"
    container = "container"
    process = "process"


def in_container(
    isolation: Isolation,
    root: Path,
    reads: Sequence[Path],
    writes: Path,
    data: str,
    gpu: bool,
    say: Callable[[Text], None],
    more: Sequence[str] = (),
) -> int | None:
    """Run this very command in a container; its exit code, or None where it is to run in this process.

    Args:
        more: arguments beside those that were typed: paths of course.yaml, which lies elsewhere in there.

    Raises:
        UserError: a container was asked for and cannot be had.
    """
    if isolation is Isolation.process or container.inside():
        return None
    if not all(path.exists() for path in reads):
        return None  # a mistake that the run itself tells best
    engine, why = container.find_engine()
    if engine is None:
        if isolation is Isolation.container:
            raise UserError(
                f"there is no container engine ({why}); install Docker or Podman, or use --isolation process"
            )
        say(
            Text(
                en="No container engine answers; grading in the process sandbox (more: grader doctor).",
                ko="컨테이너 엔진이 없어 프로세스 샌드박스로 채점해요 (자세히: grader doctor).",
            )
        )
        return None
    mounts = [Mount(path.absolute()) for path in reads]
    environment = {}
    if data == "cifar10":  # the container has no network
        from grader.stages.training.cifar10 import cache_folder, download

        download(cache_folder())
        mounts.append(Mount(cache_folder().absolute()))
        environment["XDG_CACHE_HOME"] = str(cache_folder().absolute().parent)
    writes.mkdir(parents=True, exist_ok=True)
    mounts.append(Mount(writes.absolute(), writable=True))
    try:
        image = container.ready_image(engine, root, say)
    except UserError as error:
        if isolation is Isolation.container:
            raise
        say(
            Text(
                en=f"{error}. Going on in the process sandbox.",
                ko=f"{error}. 프로세스 샌드박스로 이어서 채점해요.",
            )
        )
        return None
    return container.run_inside(engine, image, [*sys.argv[1:], *more], mounts, environment, gpu)

"""The references' graphs for benchmarks: traced here, or read from where they were traced.

    python benchmarks/references.py FOLDER     traces base, skip, dense and ca, and writes FOLDER/<name>.json

Tracing needs a machine that can lock code in. Where $GRADER_GRAPHS names such a folder, nothing is traced.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from grader.course import default_root
from grader.pipeline import reference_graphs
from grader.records.graph import ModelGraph

EXERCISES = ("base", "skip", "dense", "ca")


def references(names: Sequence[str] = EXERCISES) -> dict[str, ModelGraph]:
    """Graphs by exercise."""
    folder = os.environ.get("GRADER_GRAPHS")
    if folder:
        return {
            name: ModelGraph.model_validate_json((Path(folder) / f"{name}.json").read_bytes())
            for name in names
        }
    jobs = min(len(names), len(os.sched_getaffinity(0)))
    return {name: graph for name, (_, graph) in reference_graphs(default_root(), names, jobs).items()}


def main() -> None:
    """Trace and write."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, graph in references().items():
        (folder / f"{name}.json").write_text(graph.model_dump_json(), encoding="utf-8")


if __name__ == "__main__":
    main()

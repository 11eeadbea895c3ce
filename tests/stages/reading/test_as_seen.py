"""What is kept of a notebook for people to read."""

from __future__ import annotations

import json

from grader.stages.reading.as_seen import MOST_OUTPUT, MOST_TEXT, as_seen
from grader.stages.reading.notebooks import read_notebook

PNG = "iVBORw0KGgo="


def code(*outputs: object, source: object = "x = 1", **more: object) -> dict[str, object]:
    return {"cell_type": "code", "source": source, "outputs": list(outputs), "execution_count": 3, **more}


def outputs(*given: object) -> list[dict[str, object]]:
    return json.loads(as_seen([code(*given)]))["cells"][0]["outputs"]


def test_text_code_and_outputs_are_kept_in_their_order() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# 12주차\n", "실습"]},
        code({"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]}, source=["x = 1\r\n", "y"]),
        {"cell_type": "raw", "source": "raw"},
    ]
    text = json.dumps({"nbformat": 4, "cells": cells})
    [file] = read_notebook("lab.ipynb", text, ())
    kept = json.loads(file.as_seen)["cells"]
    assert [(cell["cell_type"], cell["source"]) for cell in kept] == [
        ("markdown", "# 12주차\n실습"), ("code", "x = 1\ny"), ("raw", "raw"),
    ]  # fmt: skip
    assert kept[1]["outputs"] == [{"output_type": "stream", "name": "stdout", "text": "a\nb"}]


def test_only_pictures_and_text_are_kept_of_what_a_cell_showed() -> None:
    data = {
        "image/png": PNG,
        "text/plain": "fig",
        "application/javascript": "alert(1)",
        "image/svg+xml": "<svg/>",
    }
    assert outputs({"output_type": "display_data", "data": data}) == [
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": PNG, "text/plain": "fig"}}
    ]
    assert outputs({"output_type": "display_data", "data": {"image/png": '"><script>'}}) == []
    assert outputs({"output_type": "pyout", "text": "old"}, "no output", {"output_type": "stream"}) == [
        {"output_type": "stream", "name": "stdout", "text": ""}
    ]


def test_what_is_too_much_is_left_out_and_said() -> None:
    long = {"output_type": "stream", "name": "stdout", "text": "x" * (2 * MOST_TEXT)}
    assert len(str(outputs(long)[0]["text"])) == MOST_TEXT + 2
    picture = {"output_type": "display_data", "data": {"image/png": "A" * (MOST_OUTPUT // 2)}}
    kinds = [found["output_type"] for found in outputs(picture, picture, long)]
    assert kinds == ["display_data", "stream", "stream"]


def test_cells_that_are_none_and_old_formats_are_read() -> None:
    kept = json.loads(
        as_seen([None, "x", {"cell_type": "heading", "source": "T"}, {"cell_type": "code", "input": "y"}])
    )
    assert [(cell["cell_type"], cell["source"]) for cell in kept["cells"]] == [
        ("markdown", "T"),
        ("code", "y"),
    ]

"""A notebook as a page: what can act in it is gone, what can be read stays."""

from __future__ import annotations

import json
import re

import pytest

from grader.review.notebooks import POLICY, notebook_page
from grader.stages.reading.as_seen import as_seen

PNG = "iVBORw0KGgo="


def page(*cells: object) -> str:
    return notebook_page(as_seen(cells), "lab.ipynb", "en")


def shown(html: str) -> str:
    return page(
        {
            "cell_type": "code",
            "source": "",
            "outputs": [{"output_type": "display_data", "data": {"text/html": html}}],
        }
    )


def test_text_code_tables_pictures_and_tracebacks_can_be_read() -> None:
    html = page(
        {"cell_type": "markdown", "source": "# Title\n\n|a|b|\n|-|-|\n|1|2|"},
        {
            "cell_type": "code", "source": "def f(x):\n    return x", "execution_count": 3,
            "outputs": [
                {"output_type": "stream", "name": "stdout", "text": "epoch 1 \x1b[31mloss\x1b[0m"},
                {"output_type": "display_data", "data": {"image/png": PNG}},
                {"output_type": "error", "traceback": ["ValueError: <b>"]},
            ],
        },
    )  # fmt: skip
    text = re.sub(r"<[^>]+>|\s|&nbsp;", "", html.partition("<body>")[2])
    assert "Title" in text and "In[3]" in text and "deff(x):returnx" in text and "epoch1loss" in text
    assert (
        "ValueError:&lt;b&gt;" in text
        and f'src="data:image/png;base64,{PNG}"' in html
        and "<td>2</td>" in html
    )


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<img src='http://evil/x.png'>",
        "<a href='javascript:alert(1)'>a</a>", "<iframe src='http://evil'></iframe>", "<style>body{display:none}</style>",
        "<form action='http://evil'><input autofocus onfocus=alert(1)></form>", "<svg onload=alert(1)><script>1</script></svg>",
        "<p style='position:fixed'>p</p>", "<meta http-equiv=refresh content='0;url=http://evil'>", "<base href='http://evil'>",
        "<object data=x></object><embed src=x><link rel=stylesheet href='http://evil'>",
    ],
)  # fmt: skip
def test_nothing_that_acts_or_loads_stays(html: str) -> None:
    for made in (
        shown(html),
        page({"cell_type": "markdown", "source": html}),
        page({"cell_type": "raw", "source": html}),
    ):
        body = made.partition("<body>")[2]
        assert not re.search(r"<(script|iframe|style|form|input|svg|meta|base|object|embed|link)\b", body)
        assert not re.search(r"<[^>]*\b(on\w+|style|href)\s*=|<[^>]*(http:|javascript:)", body)


def test_its_policy_lets_no_script_run_and_nothing_load() -> None:
    assert POLICY.startswith("sandbox; default-src 'none'; img-src data:;") and "script" not in POLICY


def test_a_broken_cell_breaks_no_page() -> None:
    assert "x" in notebook_page(
        json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": []}), "x", "ko"
    )

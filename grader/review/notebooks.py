"""A handed-in notebook as a page: text, code and outputs as its author saw them, and nothing in it that acts.

Three walls, each enough alone: what the notebook brings is sanitised (tags and attributes by name), the page's
own policy lets no script run and nothing load, and the frame around it has no rights.
"""

from __future__ import annotations

import json
from functools import lru_cache

import nh3
from markupsafe import Markup

from grader.stages.reports.pages import environment

POLICY = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'self'"
"""Content-Security-Policy of such a page."""
_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del", "details", "div", "dl",
    "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol", "p", "pre", "q", "s",
    "small", "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"align", "class", "colspan", "rowspan", "scope", "title"},
    "img": {"alt", "src", "width", "height"},
    "ol": {"start"},
}


@lru_cache(maxsize=32)
def notebook_page(as_seen: str, title: str, language: str) -> str:
    """A whole HTML page.

    Args:
        as_seen: of the `SourceFile`: JSON, nbformat 4.
    """
    import nbformat
    from nbconvert import HTMLExporter

    notebook = nbformat.from_dict(json.loads(as_seen))
    notebook.metadata.language_info = {
        "name": "python",
        "pygments_lexer": "python3",
    }  # IPython's own needs IPython
    exporter = HTMLExporter(template_name="basic", mathjax_url="")
    body, _ = exporter.from_notebook_node(notebook)
    # of addresses none but those that hold the picture itself: any other would tell somebody who reads here
    body = nh3.clean(body, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"data"}, link_rel=None)
    template = environment(language, "grader.review").get_template("notebook.html.j2")
    return template.render(title=title, body=Markup(body))

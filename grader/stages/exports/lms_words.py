"""What an LMS, or the way to it, says of a failure: in its own words, short enough for one sentence."""

from __future__ import annotations

import json
from typing import Any

_LONGEST = 200
_NAMES = ("errors", "message", "error_description", "error")


def own_words(body: Any) -> str:
    """The message in an error's body, JSON or plain text; empty for a web page or nothing."""
    words = body
    if isinstance(words, str):
        try:
            words = json.loads(words)
        except ValueError:
            words = "" if words.lstrip().startswith("<") else words
    while isinstance(words, dict | list) and words:
        if isinstance(words, dict):
            words = [words[name] for name in _NAMES if name in words][:1] or list(words.values())
        words = words[0]
    return " ".join(str(words or "").split())[:_LONGEST]


def why_unreachable(error: Exception) -> str:
    """ "Connection refused" out of what `requests` wraps around it."""
    inner = str(getattr(error.args[0] if error.args else error, "reason", error))
    return inner.split(": ", 1)[-1][:_LONGEST]

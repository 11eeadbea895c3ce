"""Where student code may run."""

from __future__ import annotations

from grader.sandboxes.base import Limits, Reply, Sandbox
from grader.sandboxes.process import ProcessSandbox

SANDBOXES = {"process": ProcessSandbox}

__all__ = ["SANDBOXES", "Limits", "ProcessSandbox", "Reply", "Sandbox"]

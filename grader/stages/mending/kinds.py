"""The kinds of repair, in one table; each proposes edits for the place where a submission stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from grader.stages.mending import (
    attributes,
    calls,
    class_name,
    counting,
    discarded,
    names,
    numbers,
    parent,
    results,
    shapes,
    signatures,
    structure,
    surroundings,
    syntax,
    views,
)
from grader.stages.mending.situation import Proposal, Situation

Kind = Callable[[Situation], Iterator[Proposal]]

NAMING: tuple[Kind, ...] = (class_name.class_name, syntax.syntax)
"""Where no class of the asked name is found."""

READING: tuple[Kind, ...] = (syntax.syntax, structure.out_of_reach)
"""Where Python cannot read the class, or not find it."""

RUNNING: tuple[Kind, ...] = (
    attributes.attribute,
    parent.base_class,
    parent.super_init,
    signatures.self_argument,
    structure.special_methods,
    names.undefined,
    names.module_misspelt,
    signatures.constructor,
    calls.keyword_arguments,
    calls.call_forms,
    results.returns,
    discarded.another_returned,
    discarded.discarded,
    counting.unpacked,
    counting.loops,
    shapes.dimensions,
    views.views,
    views.written_batch,
    shapes.dtypes,
    numbers.mismatch,
    numbers.outputs,
    shapes.wrong_tensor,
    surroundings.absent,
)
"""Where it was read, and stopped while it ran."""


def proposals(situation: Situation) -> list[Proposal]:
    """Every edit that one of the kinds proposes, no two the same."""
    found: dict[str, Proposal] = {}
    if situation.excerpt is None:
        kinds: tuple[Kind, ...] = NAMING
    elif situation.excerpt.problem is not None:
        kinds = READING
    else:
        kinds = RUNNING
    for kind in kinds:
        for proposal in kind(situation):
            found.setdefault(text_of(proposal.submission), proposal)
        misspelt = {text: p for text, p in found.items() if p.code == "method-misspelt"}
        if misspelt:  # whatever else is missing is so because this method was never called
            return list(misspelt.values())
    found.pop(text_of(situation.submission), None)
    return list(found.values())


def text_of(submission: object) -> str:
    """All source of a submission, to tell two apart."""
    return "\0".join(f"{c.label}\0{c.text}" for f in submission.files for c in f.cells)  # type: ignore[attr-defined]

"""One exercise of one submission, from its source to a judgement.

    narrow excerpt ─▶ wider excerpts (what is ours costs nothing) ─▶ empty blanks ─▶ repairs

Each step is taken only where the one before it has not given full marks. The sandbox is given as a
function, so that everything here can be followed without one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from grader.ladder import Tried, climb, is_full
from grader.mender import Mended, Meter, Run, mend
from grader.networks.splice import DoesNotFit, spliced
from grader.networks.structure import structure
from grader.records.base import Text
from grader.records.findings import LayerRow
from grader.records.graph import Aside, Capture, ModelGraph
from grader.records.judgement import Judgement
from grader.records.submission import Excerpt, Submission
from grader.records.work import Terms
from grader.stages.capture import Refused, Unbelievable, within_budget
from grader.stages.excerpts import candidates, wider
from grader.stages.judging import judge
from grader.stages.mending import Situation
from grader.stages.mending.blanks import LeftBlank, filled, left_blanks
from grader.stages.scoring import earned

CLASS_NAME = "class-name"
"""The repair's code for a class under another name than the asked one."""
LENT = Text(en="left empty, not judged", ko="빈칸이라서 보지 않았어요")
Ask = Callable[[Excerpt, Meter | None], Capture]
"""Runs an excerpt in the sandbox; the meter, if there is one, counts what it takes."""


@dataclass
class Grading:
    """The steps for one submission."""

    terms: Terms
    submission: Submission
    ask: Ask
    untouched: bool = False
    """All of the template's blanks were left empty."""
    whole_files: bool = True
    """Whether files may be run whole: only where that can harm nobody."""
    meter: Meter = field(default_factory=Meter)
    _known: dict[tuple[object, str], Judgement] = field(default_factory=dict)

    def judged(self, narrow: Excerpt | None) -> Judgement | None:
        """The judgement, and what it took; None where no class of the asked name, and none near it, is there."""
        if narrow is None:
            return self._mended(
                Situation(self.submission, self.terms.assignment, None, None, frozenset(self.terms.others)),
                None,
            )
        first = self._attempt(narrow)
        if self.untouched or is_full(first.judgement):
            return first.judgement
        rungs = self._rungs(narrow)
        climbed = climb(first, rungs, self._attempt)
        if climbed.settled:
            return climbed.judgement
        run = self._with_blanks(narrow, first.captured, first.judgement, None)
        if run.runs:
            return self._as_wanted(run.judgement, first.judgement)
        situation = Situation(
            self.submission, self.terms.assignment, narrow, run.captured, frozenset(self.terms.others)
        )
        return self._mended(situation, climbed.unmended)

    def _rungs(self, narrow: Excerpt) -> Iterator[Excerpt]:
        if self.whole_files:
            yield from wider(
                self.submission.files, self.submission.others, narrow, self.terms.assignment.classes
            )

    def _attempt(self, excerpt: Excerpt) -> Tried:
        captured = self.ask(excerpt, None) if excerpt.problem is None else None
        if captured is None or captured.graph is None:
            return Tried(excerpt, captured, self._judge(captured, excerpt))
        # a wider excerpt mostly comes to the same network
        beside = captured.model_copy(update={"graph": None, "aside": Aside()})
        key = structure(captured.graph), beside.model_dump_json()
        if key not in self._known:
            self._known[key] = self._judge(captured, excerpt)
        return Tried(excerpt, captured, self._known[key])

    def _judge(self, captured: Capture | None, excerpt: Excerpt) -> Judgement:
        terms = self.terms
        return judge(captured, excerpt, terms.assignment, terms.reference, terms.start, self.untouched)

    # -- repairs -----------------------------------------------------------------------------------

    def _mended(self, situation: Situation, unmended: Judgement | None) -> Judgement | None:
        """The submission judged as the network that was meant; as it is where that cannot be told."""
        how, assignment = self.terms.mending, self.terms.assignment
        if how.mode == "off":
            return unmended
        found = mend(
            situation,
            self.terms.prices if how.class_name == "price" else {**self.terms.prices, CLASS_NAME: 0.0},
            lambda work: self._cut(work, situation.excerpt),
            self._run,
            lambda judgement: earned(judgement, assignment),
            self.meter,
        )
        if found is None:
            return unmended and _with_note(unmended, self.meter)
        return self._told(found, unmended)

    def _told(self, found: Mended, unmended: Judgement | None) -> Judgement:
        how = self.terms.mending
        named = next((one for one in found.repairs if one.code == CLASS_NAME), None)
        if how.class_name == "ask" and named is not None:
            return Judgement(verdicts=(), unsure=other_name(named.before))
        blanks = found.judgement.repairs
        with_blank = {(one.file, one.line) for one in blanks}  # what is wrong in an empty blank costs with it
        others = tuple(one for one in found.repairs if (one.file, one.line) not in with_blank)
        return self._as_wanted(found.judgement.model_copy(update={"repairs": (*others, *blanks)}), unmended)

    def _as_wanted(self, mended: Judgement, unmended: Judgement | None) -> Judgement:
        """Where the course only informs: the points of the code as it is, with what is told of it."""
        if self.terms.mending.mode != "inform" or unmended is None:
            return mended
        free = tuple(repair.model_copy(update={"price": 0.0}) for repair in mended.repairs)
        return unmended.model_copy(update={"repairs": free})

    def _cut(self, work: Submission, first: Excerpt | None) -> Excerpt | None:
        """What the exercise needs of an edited submission, of the file that was graded before the edit."""
        asked = self.terms.assignment
        found = candidates(work, asked.classes, asked.name, most=len(work.files))
        return next((one for one in found if first is None or one.file == first.file), None)

    def _run(self, excerpt: Excerpt) -> Run:
        """One try of the search."""
        captured = self.ask(excerpt, self.meter)
        return self._with_blanks(excerpt, captured, self._judge(captured, excerpt), self.meter)

    # -- blanks ------------------------------------------------------------------------------------

    def _with_blanks(
        self, own: Excerpt, captured: Capture | None, judgement: Judgement, meter: Meter | None
    ) -> Run:
        """With the reference's steps in the empty blanks; as it is, where none is empty.

        The code is traced once more with stand-ins; what the reference has there is put in their place on this
        side. A step that makes the network no better was not what it lacks: it may stand outside its marks.
        """
        terms, asked = self.terms, self.terms.assignment
        plain = Run(captured, judgement, asked.outputs)
        right = any(
            verdict.check == "function" and verdict.outcome == "passed" for verdict in judgement.verdicts
        )
        if terms.mending.mode == "off" or terms.marked is None:
            return plain
        if right or judgement.unsure is not None or own.problem is not None:
            return plain
        found: list[Run] = []
        furthest = plain
        for left in left_blanks(own, terms.template, asked):
            again = self.ask(filled(own, left, terms.template, asked), meter)
            stated = {name: term for one in left for name, term in one.terms.items()}
            places = {name: place for one in left for name, place in one.places.items()}
            if again.graph is None:
                furthest = max(furthest, Run(again, judgement, asked.outputs), key=lambda run: run.progress)
                continue
            try:
                graph = spliced(again.graph, _graph(terms.marked), stated, places, asked.input_shape)
                within_budget(graph, asked.input_shape)
            except (DoesNotFit, Refused, Unbelievable):
                continue
            whole = again.model_copy(update={"graph": graph})
            better = self._judge(whole, own)
            # the step was lacking if it helps; what is left is then told and charged blank by blank, not by
            # what the network happened to compute without it
            if better.unsure is None and earned(better, asked) >= earned(judgement, asked):
                repairs = tuple(one.repair() for one in left)
                # a picture would show the steps that were to be found
                told = _without_ours(better, left).model_copy(update={"repairs": repairs, "drawing": None})
                found.append(Run(whole, told, asked.outputs))
        return max(found, key=lambda run: earned(run.judgement, asked), default=furthest)


def _without_ours(judgement: Judgement, left: Sequence[LeftBlank]) -> Judgement:
    """The layer table says of a layer that the reference lent that it is not there: its sizes are not the student's."""
    lent = {name for one in left for terms in one.terms.values() for name in terms.layers}

    def row(own: LayerRow) -> LayerRow:
        return own.model_copy(update={"found": None, "ok": False, "note": LENT}) if own.name in lent else own

    verdicts = tuple(
        v.model_copy(update={"layers": tuple(map(row, v.layers))}) if v.check == "channels" else v
        for v in judgement.verdicts
    )
    return judgement.model_copy(update={"verdicts": verdicts})


@lru_cache(maxsize=16)
def _graph(text: str) -> ModelGraph:
    return ModelGraph.model_validate_json(text)


def other_name(found: str) -> Text:
    """Why a class under another name waits for a person, where the course asks for that."""
    return Text(
        en=f"No class has the name that is asked for; `{found}` may be it.",
        ko=f"과제에서 정한 이름의 클래스가 없어요. `{found}`이(가) 그 클래스인 것 같아요.",
    )


def _with_note(judgement: Judgement, meter: Meter) -> Judgement:
    """What was tried in vain."""
    if not meter.tries or judgement.unsure is not None:
        return judgement
    note = Text(
        en=f"{meter.tries} small repairs were tried, and the network ran with none of them.",
        ko=f"간단히 고쳐서 실행되는지 {meter.tries}가지를 시도해 봤지만, 모두 실행되지 않았어요.",
    )
    return judgement.model_copy(update={"notes": (*judgement.notes, note)})

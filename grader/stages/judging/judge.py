"""The checks that need no training, in order; an earlier failure blocks what it makes meaningless."""

from __future__ import annotations

from grader.networks.drawing import drawing, unfinished
from grader.networks.structure import structure
from grader.records.assignment import Assignment as Exercise
from grader.records.base import Text
from grader.records.graph import Capture
from grader.records.judgement import Judgement
from grader.records.sealed import Sealed
from grader.records.submission import Excerpt
from grader.stages.judging.checks import check_channels, check_function, check_shape, right_alone
from grader.stages.judging.fingerprint import Subject, canonical, digest, portrait
from grader.stages.judging.gradients import check_gradients, check_others
from grader.stages.judging.open_design import judge_open
from grader.stages.judging.pretending import (
    constant_output,
    contributes_nothing,
    without_effect,
)
from grader.stages.judging.problems import (
    SYNTAX_HINT,
    held,
    newer_python,
    nothing_added,
    unsure,
    without_graph,
)
from grader.stages.judging.sealed_standard import opened
from grader.stages.judging.standard import Model, prepared
from grader.stages.judging.steady import check_train_mode
from grader.stages.judging.verdicts import OK, blocked_after, failed, passed, with_blocked
from grader.stages.judging.width import as_wide


def judge(
    capture: Capture | None,
    excerpt: Excerpt,
    exercise: Exercise,
    reference: str | Sealed,
    start: str | Sealed | None,
    untouched: bool = False,
) -> Judgement:
    """Judge what capture found, and draw it; arguments as of `_judge`."""
    judgement = _judge(capture, excerpt, exercise, reference, start, untouched)
    if capture is None or judgement.drawing is not None:
        return judgement
    picture = drawing(capture.graph) if capture.graph else capture.partial and unfinished(capture.partial)
    return judgement.model_copy(update={"drawing": picture})


def _model(known: str | Sealed, exercise: Exercise) -> Model:
    if isinstance(known, str):
        return prepared(known, exercise.input_shape)
    return opened(known, exercise.input_shape)


def _judge(
    capture: Capture | None,
    excerpt: Excerpt,
    exercise: Exercise,
    reference: str | Sealed,
    start: str | Sealed | None,
    untouched: bool = False,
) -> Judgement:
    """Judge what capture found.

    Args:
        capture: the graph of the submission, or why there is none; None where nothing could be run.
        excerpt: its source, for quoting lines.
        exercise: interface of the exercise.
        reference: the graph of the reference, as JSON; or what is known of it.
        start: the same of what students start from; None where that crashes.
        untouched: every blank of the template was left empty.
    """
    standard = _model(reference, exercise)
    if excerpt.newer:
        return newer_python()
    if capture is None:
        problem = excerpt.problem or Text(en="Nothing can be run.", ko="실행할 수 있는 코드가 없어요.")
        return Judgement(verdicts=blocked_after(failed("loads", "syntax-error", problem, SYNTAX_HINT)))
    if untouched and (capture.crash is None or capture.crash.phase != "import"):
        return Judgement(verdicts=with_blocked((passed("loads", OK["loads"]), nothing_added())))
    if capture.problem is not None and held(capture.problem):
        return unsure(capture.problem)
    if exercise.open_design is not None:
        return judge_open(capture, excerpt, exercise, standard)
    if capture.graph is None:
        return without_graph(capture, excerpt, standard)
    graph = capture.graph
    name = structure(graph)
    plain = not capture.hooked and not capture.cannot_learn and right_alone(capture.alone, exercise.outputs)
    if plain and (known := standard.right.get(name)) is not None:
        channels = check_channels(capture, standard, same_function=True)
        verdicts = tuple(channels if v.check == "channels" else v for v in known.verdicts)
        return known.model_copy(update={"verdicts": verdicts, "graph": graph})
    loads = passed("loads", OK["loads"])
    shape = check_shape(graph, exercise, excerpt, capture.alone)
    meant = as_wide(graph, exercise.outputs) if shape.code == "wrong-width" else None
    if (
        meant is not None and check_shape(meant, exercise, excerpt, None).share > 0
    ):  # not where the layer is used elsewhere, too
        graph = meant  # the rest is judged as it was meant
    elif shape.outcome == "failed" and shape.share == 0:
        channels = check_channels(capture, standard, same_function=False)
        return Judgement(verdicts=with_blocked((loads, shape, channels)))
    subject = Subject.of(graph, standard.seed)
    assignment = standard.match(subject)
    given = _model(start, exercise) if start is not None else None
    same = assignment is None and given is not None and given.match(subject) is not None
    if same and given is not None and len(graph.layers) == given.layer_count:
        return Judgement(verdicts=with_blocked((loads, nothing_added())))
    likeness = portrait(subject, assignment or canonical(subject, standard.images), standard.images)
    same_outputs = assignment is not None
    marks = None
    same_training = same_outputs and standard.trains_as(likeness)
    channels = check_channels(capture, standard, same_function=same_outputs and same_training)
    if same_outputs and same_training and likeness.others:
        function = check_others(graph, likeness)
    elif same_outputs and same_training:
        function = passed("function", OK["function"])
    elif same_outputs:
        function = check_train_mode(graph, excerpt)
    else:
        function, marks = check_function(subject, likeness.assignment, standard, given, excerpt)
    own = standard.parts - (given.parts if given is not None else 0)
    if same and given is not None:
        function = contributes_nothing(graph, standard.layer_count, given.layer_count, function)
    elif function.outcome == "failed":
        function = (
            constant_output(graph, likeness, len(standard.layers) + len(standard.hidden))
            or without_effect(subject, likeness, standard.images, own, excerpt)
            or function
        )
    gradients = check_gradients(
        subject, likeness, standard if same_outputs and same_training else None, excerpt, capture, own
    )
    is_reference = (
        function.outcome == gradients.outcome == "passed"
        and shape.code != "wrong-width"
        and all(
            value.registered and value.requires_grad
            for slot in subject.slots
            if (value := graph.values[slot.layer.weight])
        )
    )
    fingerprint = standard.fingerprint if is_reference else digest(subject, likeness)
    notes = []
    if assignment is not None and any(block is not None for block in assignment.blocks):
        notes.append(
            Text(
                en="Your concatenation has another order than the reference's. That only permutes channels: it costs nothing.",
                ko="이어 붙인 순서가 모범 답안과 달라요. 채널 순서만 바뀌는 것이라 감점은 없어요.",
            )
        )
    judgement = Judgement(
        verdicts=(loads, shape, channels, function, gradients), fingerprint=fingerprint, is_reference=is_reference,
        graph=None if likeness.problem else graph,  # without a backward pass there is nothing to train
        ranks=likeness.assignment.ranks, notes=tuple(notes),
        drawing=drawing(graph, marks) if marks else None,
    )  # fmt: skip
    if is_reference and shape.outcome == "passed":
        standard.right[name] = judgement.model_copy(update={"graph": None, "drawing": None})
    return judgement

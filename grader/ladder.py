"""The ladder: the smallest excerpt is judged first, and a wider one can only help.

A wider excerpt gives full marks, or it shows that a person must look; it never takes points and never gives some of
them: whatever is short of full marks keeps the first excerpt's points, lines and messages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

from grader.records.base import Text
from grader.records.graph import Capture, Crash
from grader.records.judgement import Judgement
from grader.records.submission import Excerpt

PUBLIC_PACKAGES = frozenset(
    """absl accelerate addict albumentations altair apex attr av beartype bokeh cattrs chainer clearml click comet_ml
    confection cv2 datasets detectron2 dgl diffusers dotenv easydict einops evaluate fastai fastcore fire flax fvcore
    gin google gradio h5py hydra ignite imageio imgaug ipdb ipywidgets IPython jax jaxtyping joblib kagglehub keras kornia
    lightning lightning_utilities line_profiler loguru matplotlib memory_profiler ml_collections mlflow mmcv mmengine
    monai munch nbformat neptune nltk numba omegaconf onnx onnxruntime openai optuna pandas peft plotly polars prettytable
    psutil ptflops pydantic_settings pytorch_lightning pytorch_model_summary ray rich safetensors scipy seaborn sentencepiece
    skimage sklearn spacy statsmodels streamlit sympy tabulate tensorboard tensorboardX tensorflow termcolor
    tensordict thop timm tokenizers tomli torch_geometric torchaudio torchdata torcheval torchinfo torchmetrics torchsummary
    torchsummaryX torchtext torchtyping torchview torchviz tqdm transformers typeguard tyro ultralytics wandb xgboost
    yacs""".split()  # noqa: SIM905
)
"""Installed on Colab or often installed there: a hand-in that needs one of them was not torn out of its own files."""


class Tried(NamedTuple):
    """One excerpt, what was captured of it (None: nothing could be run), and what came of that."""

    excerpt: Excerpt
    captured: Capture | None
    judgement: Judgement


class Climbed(NamedTuple):
    """Where the ladder ended."""

    judgement: Judgement
    settled: bool
    """Full marks, or a person is asked: nothing is to be mended."""
    unmended: Judgement
    """What holds where no repair is found."""


def climb(first: Tried, wider: Iterator[Excerpt], attempt: Callable[[Excerpt], Tried]) -> Climbed:
    """Try excerpt after excerpt until one gives full marks, or none can say anything new."""
    narrow = first.judgement
    if is_full(narrow) or narrow.unsure is not None:
        return Climbed(narrow, True, narrow)
    tried: list[Tried] = []
    for excerpt in wider:
        if tried and (_hangs(tried[-1]) or _says_no_more(first, tried[-1], excerpt)):
            break
        tried.append(attempt(excerpt))
        if not is_full(tried[-1].judgement):
            continue
        reason = _not_quite(tried[-1])
        if reason is None:
            note = _widened(tried[-1])
            full = tried[-1].judgement
            full = full.model_copy(update={"notes": (*full.notes, note)})
            return Climbed(full, True, full)
        held = Judgement(verdicts=(), unsure=reason)
        if excerpt.whole is not None and excerpt.whole.torn == "pieces":
            return Climbed(narrow, False, held)
        return Climbed(held, True, held)
    reason = _doubt(first, tried)
    if reason is not None:
        held = Judgement(verdicts=(), unsure=reason)
        return Climbed(held, True, held)
    return Climbed(narrow, False, narrow)


def is_full(judgement: Judgement) -> bool:
    """Nothing was found to be wrong."""
    return (
        judgement.unsure is None
        and bool(judgement.verdicts)
        and all(v.outcome == "passed" and v.share == 1.0 for v in judgement.verdicts)
    )


def _hangs(tried: Tried) -> bool:
    """Whether it ran into the limits: a wider excerpt has no less to do."""
    problem = tried.captured.problem if tried.captured is not None else None
    return problem is not None and problem.code in ("timeout", "memory")


def _says_no_more(first: Tried, last: Tried, following: Excerpt) -> bool:
    """Whether a wider excerpt would say what the last two have said alike.

    What the statements that failed would have set is unset in a file that is run whole. A network that does not
    notice, and was the same before, will not notice stand-ins for it either.
    """
    if following.whole is None or last.excerpt.whole is None or last.captured is None:
        return False
    assert last.captured is not None
    return _same(first, last) and not _missed(last.captured.crash, last.captured.aside.lost)


def _same(a: Tried, b: Tried) -> bool:
    """Whether two excerpts came to the same network, or to the same end."""
    one, other = a.captured, b.captured
    if one is None or other is None:
        return False
    if one.graph is not None or other.graph is not None:
        return (
            a.judgement.verdicts == b.judgement.verdicts
            and a.judgement.fingerprint == b.judgement.fingerprint
        )
    if one.crash is not None and other.crash is not None:
        return (one.crash.phase, one.crash.error, one.crash.message, one.crash.line) == (
            other.crash.phase, other.crash.error, other.crash.message, other.crash.line
        )  # fmt: skip
    return one.problem is not None and other.problem is not None and one.problem.code == other.problem.code


def _missed(crash: Crash | None, lost: Collection[str]) -> str:
    """The public package, or the name of the hand-in's own out of `lost`, that a crash is about; "" if neither."""
    if crash is None:
        return ""
    if found := re.search(r"No module named '([^'.]+)", crash.message):
        return found[1] if found[1] in PUBLIC_PACKAGES else ""
    words = set(re.findall(r"[^\W\d]\w*", crash.message))
    return next((name for name in lost if name in words), "")


def _is_no_package(crash: Crash | None) -> bool:
    """Whether a crash is about a module that nobody can install."""
    found = re.search(r"No module named '([^'.]+)", crash.message) if crash is not None else None
    return found is not None and found[1] not in PUBLIC_PACKAGES


def _not_quite(tried: Tried) -> Text | None:
    """Why full marks out of a wider excerpt are for a person to give."""
    excerpt, captured = tried.excerpt, tried.captured
    if captured is not None and captured.aside.touched:
        names = ", ".join(captured.aside.touched)
        return Text(
            en=f"The network uses {names}, which is not installed where it is graded; all the rest is right.",
            ko=f"네트워크가 채점 환경에 없는 {names}을(를) 써요. 나머지는 모두 맞아요.",
        )
    if excerpt.whole is not None and excerpt.whole.torn:
        return Text(
            en="The class is right, but Python cannot read all that stands in its file or cell.",
            ko="클래스는 맞지만, 같은 파일이나 셀에 Python이 읽지 못하는 부분이 있어요.",
        )
    return None


def _widened(tried: Tried) -> Text:
    """What was done to come to full marks."""
    whole, captured = tried.excerpt.whole, tried.captured
    if whole is None:
        return Text(
            en="All methods of the classes were looked at, also those that only torch calls.",
            ko="torch만 부르는 메서드까지 클래스의 모든 메서드를 함께 살펴봤어요.",
        )
    names = ", ".join(captured.aside.stand_ins) if captured else ""
    if whole.stand_ins and names:
        return Text(
            en=f"The whole file was run, statement by statement, with stand-ins for what is not installed here ({names}).",
            ko=f"파일 전체를 한 문장씩 실행했어요. 채점 환경에 없는 것({names})은 비슷한 것으로 대신했어요.",
        )
    return Text(
        en="The whole file was run, statement by statement; what cannot run here (data, training) was passed over.",
        ko="파일 전체를 한 문장씩 실행했어요. 여기서 실행할 수 없는 부분(데이터, 학습)은 건너뛰었어요.",
    )


def _doubt(first: Tried, tried: Sequence[Tried]) -> Text | None:
    """Why the first excerpt's points are not to be believed."""
    runs = [t.captured for t in tried if t.captured is not None and t.excerpt.whole is not None]
    # a class that fails by itself is no name that could not be had
    lost = {name for run in runs for name in run.aside.lost} - {first.excerpt.class_name}
    if first.captured is not None and _is_no_package(first.captured.crash):
        lost = set()  # what a misspelt import, or a file that was not handed in, would have brought
    crashes = [first.captured.crash] if first.captured is not None else []
    crashes += [run.crash for run in runs[-1:]]
    for crash in crashes:
        if missed := _missed(crash, lost):
            return Text(
                en=f"The network needs `{missed}`, which could not be had where it is graded.",
                ko=f"네트워크에 `{missed}`이(가) 필요한데, 채점 환경에서는 구할 수 없었어요.",
            )
    if any(t.captured is not None and t.captured.graph is not None and not _same(first, t) for t in tried):
        return Text(
            en="Run in parts and run as a whole, the file comes to different networks.",
            ko="필요한 부분만 실행했을 때와 파일 전체를 실행했을 때 서로 다른 네트워크가 나왔어요.",
        )
    if any(t.excerpt.whole is not None and t.excerpt.whole.rebuilt for t in tried):
        return Text(
            en="The file changes the network after it was made; what was trained is not what the class describes.",
            ko="네트워크를 만든 뒤에 파일에서 구조를 바꿔요. 학습한 네트워크가 클래스에 적힌 것과 달라요.",
        )
    return None

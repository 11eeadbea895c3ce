"""What kind of file something is, and its bytes to source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

from grader.file_names import suffix
from grader.records.base import Text
from grader.records.submission import Item, OtherFile, SourceFile
from grader.stages.reading.decoding import Unreadable, decode
from grader.stages.reading.magics import neutralised, with_cells_that_ran
from grader.stages.reading.notebooks import looks_like_notebook, read_notebook

LARGEST = {".py": 2_000_000, ".ipynb": 50_000_000, ".zip": 200_000_000}
"""Bytes. A notebook's pictures may be large; a script of 2 MB was not typed."""

_NOISE = frozenset(
    """__MACOSX .DS_Store Thumbs.db desktop.ini __pycache__ .ipynb_checkpoints .git .idea .vscode .venv
    venv site-packages node_modules .mypy_cache .pytest_cache .ruff_cache .gitkeep .gitignore""".split()  # noqa: SIM905
)
_KINDS = (
    (".pdf", "a PDF document", "PDF 문서예요"),
    (".png .jpg .jpeg .gif .bmp .webp .heic .svg .tif .tiff", "an image", "이미지 파일이에요"),
    (".mp4 .mov .avi .mkv .mp3 .wav .m4a", "a recording", "영상이나 녹음 파일이에요"),
    (".doc .docx .hwp .hwpx .ppt .pptx .odt .rtf .pages", "a document", "문서 파일이에요"),
    (".html .htm .url .webloc", "a web page or a link", "웹 페이지나 링크예요"),
    (
        ".7z .rar .tar .gz .tgz .bz2 .xz .egg .alz",
        "an archive of a kind that is not opened; hand in a .zip",
        "열지 않는 종류의 압축 파일이에요. .zip으로 제출해 주세요",
    ),
    (".pyc .pyo .exe .dll .so", "a compiled program", "컴파일된 프로그램이에요"),
)  # fmt: skip
_DATA = (
    (".npz .npy .csv .tsv .parquet .mat .bin .xlsx .xls .h5py .data", "a data set", "데이터 파일이에요"),
    (".pt .pth .ckpt .h5 .hdf5 .safetensors .onnx .pkl .pickle", "saved weights", "저장된 가중치 파일이에요"),
    (".txt .md .rst .log .json .yaml .yml .toml .cfg .ini", "a text file, not Python", "Python이 아닌 텍스트 파일이에요"),
)  # fmt: skip
"""What the student's code may read."""
MOST_DATA = 1_000_000
"""Bytes of a data file that is kept for the student's code; settings have a few hundred."""
_STARTS = (
    (b"%PDF-", "a PDF document", "PDF 문서예요"),
    (b"PK\x03\x04", "an archive or an Office document", "압축 파일이나 오피스 문서예요"),
    (b"\x89PNG", "an image", "이미지 파일이에요"),
    (b"{\\rtf", "a word processor's file (RTF)", "워드 프로세서(RTF) 문서예요"),
    (b"\xd0\xcf\x11\xe0", "an old Office or HWP document", "오피스나 한글(HWP) 문서예요"),
)


def is_noise(parts: tuple[str, ...]) -> bool:
    """Whether a path was made by a machine, not by the student."""
    return any(part in _NOISE or part.startswith("._") for part in parts) or parts[-1].startswith("~$")


def other(path: str, en: str, ko: str) -> OtherFile:
    """A file that is listed and not opened."""
    return OtherFile(path=path, reason=Text(en=en, ko=ko))


def by_name(path: str, read: Callable[[int], bytes]) -> OtherFile:
    """A file that no submission consists of, by what its name says; a small one that code may read is kept."""
    ending = PurePosixPath(path).suffix.lower()
    for endings, en, ko in _KINDS:
        if ending and ending in endings.split():
            return other(path, en, ko)
    found = other(path, "neither a .py file nor a notebook", ".py 파일도 노트북도 아니에요")
    for endings, en, ko in _DATA:
        if ending and ending in endings.split():
            found = other(path, en, ko)
    try:
        content = read(MOST_DATA + 1)
    except (OSError, Unreadable):
        return found
    return found if len(content) > MOST_DATA else found.model_copy(update={"content": content})


def too_large(path: str, ending: str) -> OtherFile:
    """A file over its kind's limit."""
    limit = LARGEST[ending] // 1_000_000
    return other(path, f"larger than {limit} MB", f"{limit} MB보다 커요")


def unopened(path: str, error: Exception) -> OtherFile:
    """A file that the system does not let us read."""
    why = getattr(error, "strerror", None) or type(error).__name__
    return other(path, f"cannot be opened ({why})", f"열 수 없어요 ({why})")


def source(path: str, read: Callable[[int], bytes]) -> list[Item]:
    """A `.py` or `.ipynb` file and what it brings, or the reason why it cannot be read.

    `read(n)` gives at most n bytes of it, and raises OSError or Unreadable.
    """
    ending = suffix(path)
    try:
        data = read(LARGEST[ending] + 1)
        if len(data) > LARGEST[ending]:
            return [too_large(path, ending)]
        for start, en, ko in _STARTS:
            if data.startswith(start):
                return [
                    other(
                        path, f"{en} under the name of a {ending} file", f"이름만 {ending}이고 실제로는 {ko}"
                    )
                ]
        decoded = decode(data)
        if ending == ".ipynb" or looks_like_notebook(decoded.text):
            return list(read_notebook(path, decoded.text, decoded.notes))
    except Unreadable as error:
        return [OtherFile(path=path, reason=error.reason)]
    except OSError as error:
        return [unopened(path, error)]
    cell = neutralised(path, with_cells_that_ran(decoded.text))
    return [SourceFile(path=path, kind="python", cells=(cell,), notes=decoded.notes)]

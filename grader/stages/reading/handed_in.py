"""What kind of file something is, and its bytes to source."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePosixPath

from grader.file_names import suffix
from grader.records.base import Text
from grader.records.submission import Item, OtherFile, SourceFile
from grader.stages.reading.decoding import Unreadable, decode, undecodable
from grader.stages.reading.magics import from_colab, neutralised
from grader.stages.reading.notebooks import looks_like_notebook, read_notebook

LARGEST = {".py": 2_000_000, ".ipynb": 100_000_000, ".zip": 200_000_000}
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
    (b"Rar!", "a RAR archive", "RAR 압축 파일이에요"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "7z 압축 파일이에요"),
    (b"ALZ\x01", "an ALZ archive", "ALZ 압축 파일이에요"),
    (b"EGGA", "an EGG archive", "EGG 압축 파일이에요"),
    (b"\x1f\x8b", "a gzip archive", "gzip 압축 파일이에요"),
    (b"\xff\xd8\xff", "an image", "이미지 파일이에요"),
    (
        b"bplist00",
        "a placeholder of iCloud Drive, not the file itself",
        "iCloud에 있는 파일의 자리 표시일 뿐, 파일 자체가 아니에요",
    ),
    (b"\x89PNG", "an image", "이미지 파일이에요"),
    (b"{\\rtf", "a word processor's file (RTF)", "워드 프로세서(RTF) 문서예요"),
    (b"\xd0\xcf\x11\xe0", "an old Office or HWP document", "오피스나 한글(HWP) 문서예요"),
)


_ARCHIVES = {".7z": "7z", ".rar": "RAR", ".tar": "tar", ".gz": "gzip", ".tgz": "gzip", ".bz2": "bzip2", ".xz": "xz",
             ".egg": "EGG", ".alz": "ALZ"}  # fmt: skip
_UNFINISHED = {
    ".icloud": ("a placeholder of iCloud Drive: the file itself is still in iCloud; download it and hand in that",
                "iCloud에 있는 파일의 자리 표시예요. 파일을 내려받은 뒤 제출해 주세요"),
    ".crdownload": ("an unfinished download of Chrome", "Chrome에서 내려받다가 만 파일이에요"),
    ".part": ("an unfinished download", "내려받다가 만 파일이에요"),
    ".partial": ("an unfinished download", "내려받다가 만 파일이에요"),
    ".download": ("an unfinished download of Safari", "Safari에서 내려받다가 만 파일이에요"),
    ".tmp": ("a temporary file, not the finished one", "저장이 끝나지 않은 임시 파일이에요"),
}  # fmt: skip
MAY_HOLD_SOURCE = frozenset(
    (
        ".txt",
        ".text",
        ".json",
        ".html",
        ".htm",
        ".md",
        ".rtf",
        ".py3",
        ".pyw",
        ".bak",
        ".orig",
        ".old",
        ".ipyn",
        ".p",
        "",
    )
)
"""Endings under which browsers, phones and editors save Python and notebooks."""
_PYTHON = re.compile(r"^[ \t]*class[ \t]+\w+[ \t]*\(.*\bModule\b.*\)[ \t]*:", re.MULTILINE)
_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_LINK = re.compile(r"\s*(?:\[InternetShortcut\]\s*)?(?:URL=)?(https?://\S+)\s*", re.IGNORECASE)


def is_noise(parts: tuple[str, ...]) -> bool:
    """Whether a path was made by a machine, not by the student."""
    return any(part in _NOISE or part.startswith("._") for part in parts) or parts[-1].startswith("~$")


def other(path: str, en: str, ko: str, work: bool = False, nothing: bool = False) -> OtherFile:
    """A file that is listed and not graded."""
    return OtherFile(path=path, reason=Text(en=en, ko=ko), work=work, nothing=nothing)


def empty_folder(path: str) -> OtherFile:
    """A folder in which there is nothing that was handed in."""
    return other(path, "an empty folder: there is nothing in it", "빈 폴더예요", nothing=True)


def by_name(path: str, read: Callable[[int], bytes] | None = None) -> OtherFile:
    """A file that no submission consists of, by what its name says; a small one that code may read is kept."""
    ending = PurePosixPath(path).suffix.lower()
    if kind := _ARCHIVES.get(ending):
        return other(
            path, f"an archive of a kind that is not opened ({kind}); hand in a .zip",
            f"열지 않는 종류의 압축 파일({kind})이에요. .zip으로 제출해 주세요", work=True,
        )  # fmt: skip
    if ending in _UNFINISHED:
        return other(path, *_UNFINISHED[ending], work=bool(suffix(path[: -len(ending)])))
    for endings, en, ko in _KINDS:
        if ending and ending in endings.split():
            return other(path, en, ko)
    found = other(path, "neither a .py file nor a notebook", ".py 파일도 노트북도 아니에요")
    for endings, en, ko in _DATA:
        if ending and ending in endings.split():
            found = other(path, en, ko)
    if read is None:
        return found
    try:
        content = read(MOST_DATA + 1)
    except (OSError, Unreadable):
        return found
    return found if len(content) > MOST_DATA else found.model_copy(update={"content": content})


def may_hold_source(path: str) -> bool:
    """Whether a file under another ending is looked into."""
    return PurePosixPath(path).suffix.lower() in MAY_HOLD_SOURCE


def may_be_read(path: str) -> bool:
    """Whether a file that is no source may be one that the student's code reads."""
    ending = PurePosixPath(path).suffix.lower()
    known = " ".join(endings for endings, _, _ in _KINDS).split()
    return ending not in {*known, *_ARCHIVES, *_UNFINISHED}


def too_large(path: str, ending: str) -> OtherFile:
    """A file over its kind's limit."""
    limit = LARGEST[ending] // 1_000_000
    if ending == ".ipynb":
        return other(
            path, f"larger than {limit} MB; clear the outputs and hand it in again",
            f"{limit} MB보다 커요. 출력을 지우고 다시 제출해 주세요", work=True,
        )  # fmt: skip
    return other(path, f"larger than {limit} MB", f"{limit} MB보다 커요", work=True)


def unopened(path: str, error: Exception) -> OtherFile:
    """A file that the system does not let us read."""
    why = getattr(error, "strerror", None) or type(error).__name__
    return other(path, f"cannot be opened ({why})", f"열 수 없어요 ({why})", work=True)


def known_start(data: bytes) -> tuple[str, str] | None:
    """What kind of file bytes begin, if it is none that is read: in English and Korean."""
    return next(((en, ko) for start, en, ko in _STARTS if data.startswith(start)), None)


def source(path: str, read: Callable[[int], bytes]) -> list[Item]:
    """A `.py` or `.ipynb` file and what it brings, or the reason why it cannot be read.

    `read(n)` gives at most n bytes of it, and raises OSError or Unreadable.
    """
    ending = suffix(path)
    try:
        data = read(LARGEST[ending] + 1)
        if len(data) > LARGEST[ending]:
            return [too_large(path, ending)]
        if found := known_start(data):
            en, ko = found
            return [
                other(
                    path,
                    f"{en} under the name of a {ending} file",
                    f"이름만 {ending}이고 실제로는 {ko}",
                    work=True,
                )
            ]
        if not data.strip() and not path.endswith("__init__.py"):
            return [other(path, "an empty file: there is nothing in it", "빈 파일이에요", work=True)]
        if data and not data.strip(b"\0"):
            return [
                other(
                    path,
                    "nothing but zeros: its content was lost on the way",
                    "0으로만 채워져 있어요. 저장하거나 옮기다가 내용이 사라졌어요",
                    work=True,
                )
            ]
        return _source(path, data, ending)
    except Unreadable as error:
        return [OtherFile(path=path, reason=error.reason, work=True)]
    except OSError as error:
        return [unopened(path, error)]


def _source(path: str, data: bytes, ending: str) -> list[Item]:
    """Raises Unreadable."""
    decoded = decode(data)
    if ending == ".ipynb" or looks_like_notebook(decoded.text):
        if found := _no_code(path, decoded.text):
            return [found]
        return list(read_notebook(path, decoded.text, decoded.notes))
    cell = neutralised(path, from_colab(decoded.text))
    if cell.problem is not None:
        if found := _no_code(path, decoded.text):
            return [found]
        if decoded.lost_line is not None:
            raise undecodable(decoded.lost_line)
    return [SourceFile(path=path, kind="python", cells=(cell,), notes=decoded.notes)]


def _no_code(path: str, text: str) -> OtherFile | None:
    """A web page or a link that was saved instead of the file."""
    if _PAGE.match(text):
        return other(
            path, "a web page (HTML) was saved instead of the file; download the file itself (“Raw”)",
            "파일이 아니라 웹 페이지(HTML)가 저장됐어요. 파일 자체(“Raw”)를 내려받아 주세요", work=True,
        )  # fmt: skip
    if link := _LINK.fullmatch(text):
        return other(
            path, f"nothing but a link ({link[1][:80]}); hand in the file itself",
            f"링크만 들어 있어요({link[1][:80]}). 파일 자체를 제출해 주세요", work=True,
        )  # fmt: skip
    return None


def under_another_ending(path: str, read: Callable[[int], bytes]) -> list[Item]:
    """A file whose ending a browser or an editor has changed: read where it holds a network, else listed."""
    listed = by_name(path, read)
    try:
        data = read(LARGEST[".ipynb"] + 1)
        if len(data) > LARGEST[".ipynb"] or known_start(data):
            return [listed]
        decoded = decode(data)
        note = Text(
            en="it is read although its ending is neither .py nor .ipynb",
            ko="확장자가 .py나 .ipynb가 아니지만 내용을 보고 읽었어요",
        )
        if looks_like_notebook(decoded.text):
            return list(read_notebook(path, decoded.text, (*decoded.notes, note)))
        if len(data) > LARGEST[".py"] or not _PYTHON.search(decoded.text) or _PAGE.match(decoded.text):
            return [listed]
        cell = neutralised(path, from_colab(decoded.text))
    except (Unreadable, OSError):
        return [listed]
    if cell.problem is not None:
        return [listed.model_copy(update={"work": True})]
    return [SourceFile(path=path, kind="python", cells=(cell,), notes=(*decoded.notes, note))]

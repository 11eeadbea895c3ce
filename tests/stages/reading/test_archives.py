"""Hostile and broken zip archives."""

from __future__ import annotations

import io
import stat
import struct
import unicodedata
import zipfile
from pathlib import Path

import pytest
from stages.handing_in import packed, write

from grader.class_work import read_submissions
from grader.errors import SubmissionsError
from grader.records.submission import OtherFile, SourceFile, Submission
from grader.stages.people.piles import MOST_OTHERS
from grader.stages.reading import archives


def _one(folder: Path, archive: bytes) -> Submission:
    file = folder / "20231234.zip"
    file.write_bytes(archive)
    (submission,) = read_submissions(file)
    return submission


def _reasons(submission: Submission) -> dict[str, str]:
    return {other.path: other.reason.en for other in submission.others}


@pytest.mark.parametrize(
    "name", ["../evil.py", "/etc/evil.py", "a/../../evil.py", "C:\\evil.py", "..\\evil.py"]
)
def test_names_that_lead_out_of_the_archive_are_listed_and_not_read(tmp_path: Path, name: str) -> None:
    submission = _one(tmp_path, packed({name: "x = 1", "ok.py": "x = 1"}))
    assert [file.path for file in submission.files] == ["ok.py"]
    ((path, reason),) = _reasons(submission).items()
    assert path.endswith("evil.py")
    assert ".." not in path
    assert reason == "its name leads out of the archive"
    assert [p.name for p in tmp_path.iterdir()] == ["20231234.zip"]


def test_links_are_not_followed(tmp_path: Path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        link = zipfile.ZipInfo("link.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert _reasons(_one(tmp_path, held.getvalue())) == {"link.py": "a link, which is not followed"}


def test_a_bomb_does_not_go_off(tmp_path: Path) -> None:
    bomb = packed({"big.ipynb": bytes(40_000_000), "data.csv": bytes(50_000_000), "ok.py": "x = 1"})
    assert len(bomb) < 200_000
    submission = _one(tmp_path, bomb)
    assert [file.path for file in submission.files] == ["ok.py"]
    assert _reasons(submission) == {
        "big.ipynb": "it unpacks to far more than it should",
        "data.csv": "a data set",
    }


def test_a_bomb_that_lies_about_its_size_is_cut_off(tmp_path: Path) -> None:
    bomb = bytearray(packed({"big.py": bytes(30_000_000)}))
    at = bomb.index(b"PK\x01\x02")
    bomb[at + 24 : at + 28] = struct.pack("<I", 10)
    assert _one(tmp_path, bytes(bomb)).files == ()


def test_the_sum_of_all_that_is_taken_out_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_BYTES", 1_000_000)
    items = archives.read_zip(packed({f"{n}.py": "#" * 900 * n for n in range(1, 60)}))
    read = [item for item in items if isinstance(item, SourceFile)]
    assert 0 < sum(len(file.cells[0].text) for file in read) <= 1_000_000
    over = {item.reason.en for item in items if isinstance(item, OtherFile)}
    assert over == {"it unpacks to more than 1 MB"}


def test_the_number_of_files_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_ENTRIES", 5)
    with pytest.raises(archives.BadArchive, match="it holds more than 5 files"):
        archives.read_zip(packed({f"{n}.py": "x = 1" for n in range(6)}))


def test_pictures_cost_a_name_and_no_more(tmp_path: Path) -> None:
    pictures = {f"20231234/data/{n:05}.png": b"\x89PNG" for n in range(21_000)}
    (tmp_path / "class.zip").write_bytes(packed({**pictures, "20231235/skip.py": "x = 1"}))
    first, second = read_submissions(tmp_path / "class.zip")
    assert len(first.others) == MOST_OTHERS + 1 and second.files


def test_archives_are_opened_a_few_levels_deep(tmp_path: Path) -> None:
    deep = packed({"deep.py": "x = 1"})
    for name in ("e.zip", "d.zip", "c.zip", "b.zip"):
        deep = packed({name: deep, "beside.py": "x = 1"})
    write(tmp_path, {"20231234/a.zip": deep})
    (submission,) = read_submissions(tmp_path)
    assert [file.path for file in submission.files] == [
        "a/b/beside.py",
        "a/b/c/beside.py",
        "a/b/c/d/beside.py",
        "a/beside.py",
    ]
    assert _reasons(submission) == {"a/b/c/d/e.zip": "an archive inside an archive"}


def test_a_class_archive_opens_every_students_archive(tmp_path: Path) -> None:
    file = tmp_path / "class.zip"
    file.write_bytes(
        packed({"20231234.zip": packed({"a.py": "x = 1"}), "20231235.zip": packed({"b.zip": packed({})})})
    )
    first, second = read_submissions(file)
    assert [f.path for f in first.files] == ["a.py"]
    assert _reasons(second) == {"20231235.zip": "an empty archive: there is nothing in it"}


def test_a_locked_archive_says_so(tmp_path: Path) -> None:
    locked = bytearray(packed({"a.py": "x = 1"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(signature) + offset] |= 1
    assert _reasons(_one(tmp_path, bytes(locked))) == {"a.py": "it is locked with a password"}


def test_one_damaged_entry_does_not_stop_the_others(tmp_path: Path) -> None:
    text = b"x = 1  # a comment long enough to be found\n"
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("bad.py", text)
        archive.writestr("good.py", "y = 1")
    submission = _one(tmp_path, held.getvalue().replace(text, text.upper()))
    assert [file.path for file in submission.files] == ["good.py"]
    assert _reasons(submission)["bad.py"].startswith("it is damaged in the archive (Bad CRC-32")


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", packed({"a.py": "x = 1"})[:-10], b"PK\x05\x06" + bytes(18)]
)
def test_a_broken_archive_is_one_sentence(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "a.zip"
    file.write_bytes(data)
    with pytest.raises(SubmissionsError, match=r"a\.zip: .*; (pack or download it again|name the folder)"):
        read_submissions(file)


@pytest.mark.parametrize(
    "raw",
    ["홍길동.py".encode("cp949"), "홍길동.py".encode(), unicodedata.normalize("NFD", "홍길동.py").encode()],
    ids=["CP949", "UTF-8 without its mark", "NFD"],
)
def test_korean_names_are_read_whatever_packed_them(tmp_path: Path, raw: bytes) -> None:
    placeholder = "a" * len(raw)
    data = packed({placeholder: "x = 1"}).replace(placeholder.encode(), raw)
    (file,) = _one(tmp_path, data).files
    assert file.path == "홍길동.py"

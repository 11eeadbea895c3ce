"""What student code must not get to see."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sandboxes.scripted import SECRET, ask, guest_pid

import grader
from grader.sandboxes import ProcessSandbox

PROJECT = Path(grader.__file__).parents[1]
LOOK = """
def look(path):
    try:
        return os.listdir(path) if os.path.isdir(path) else open(path, "rb").read(100).decode(errors="replace")
    except OSError as error:
        return type(error).__name__
"""


@pytest.mark.parametrize(
    "path",
    ["/", "/etc", "/etc/passwd", "/etc/hostname", "/root", "/home", "/tmp", "/dev", "/dev/shm", "/proc", "/sys",
     "/proc/self/environ", "/proc/self/maps", "/proc/self/mem", "/proc/self/fd", "/proc/1/cmdline", "/proc/cpuinfo",
     str(PROJECT), str(PROJECT / "pyproject.toml"), str(PROJECT / "reference"), str(PROJECT / "grader" / "errors.py")],
)  # fmt: skip
def test_a_file_or_folder_outside_cannot_be_read(sandbox: ProcessSandbox, path: str) -> None:
    if not Path(path).exists():
        pytest.skip(f"there is no {path} here")
    assert ask(sandbox, LOOK + f"say(look({path!r}))").said == ["PermissionError"]


def test_the_guests_own_folder_and_its_parents_files_cannot_be_read(
    sandbox: ProcessSandbox, scripted_guest: Path
) -> None:
    pid = guest_pid(sandbox)
    for path in (scripted_guest, scripted_guest / "answer.py", f"/proc/{pid}/environ", f"/proc/{pid}/mem",
                 f"/proc/{os.getpid()}/cmdline"):  # fmt: skip
        assert ask(sandbox, LOOK + f"say(look({str(path)!r}))").said == ["PermissionError"]


def test_no_way_round_leads_to_a_file(sandbox: ProcessSandbox, tmp_path: Path) -> None:
    (tmp_path / "solution.py").write_text(SECRET)
    secret = tmp_path / "solution.py"
    found = ask(
        sandbox,
        f"""
        import ctypes, mmap, shutil
        path = {str(secret)!r}
        def attempt(way):
            try:
                say(str(way()))
            except Exception as error:
                say(type(error).__name__)
        attempt(lambda: os.readlink(f"/proc/{{os.getppid()}}/cwd"))
        attempt(lambda: os.read(os.open(path, os.O_RDONLY), 100))
        attempt(lambda: os.read(os.open("solution.py", os.O_RDONLY, dir_fd=os.open({str(tmp_path)!r}, os.O_PATH)), 100))
        attempt(lambda: os.read(os.open("/proc/self/fd/%d" % os.open(path, os.O_PATH), os.O_RDONLY), 100))
        attempt(lambda: os.link(path, "here"))
        attempt(lambda: os.symlink(path, "here"))
        attempt(lambda: os.rename(path, "here"))
        attempt(lambda: shutil.copy(path, "here"))
        attempt(lambda: (os.chdir({str(tmp_path)!r}), open("solution.py").read()))
        attempt(lambda: ctypes.CDLL(path))
        """,
    )
    assert SECRET not in str(found.said)
    assert set(found.said) <= {"PermissionError", "OSError"}  # OSError: the loader's, and EXDEV
    assert secret.read_text() == SECRET


def test_our_environment_is_not_in_the_guest(scripted_guest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_TEST_SECRET", SECRET)
    script = """
    import ctypes
    entry = (ctypes.POINTER(ctypes.c_char_p)).in_dll(ctypes.CDLL(None), "environ")
    block = []
    while entry[len(block)]:
        block.append(entry[len(block)].decode())
    say(block)
    say(dict(os.environ))
    """
    with ProcessSandbox(scripted_guest) as sandbox:
        found = ask(sandbox, script)
    assert len(found.said[0]) > 3  # the look itself works
    assert SECRET not in str(found.said)
    assert "PATH" not in found.said[1]


MEMORY_SEARCH = """
import ctypes, gc, re

def pages():
    '''The heap, and every megabyte in which an object lies; write() refuses pages that are not mapped,
    where reading them would end us.'''
    libc = ctypes.CDLL(None)
    libc.sbrk.restype = ctypes.c_void_p
    gc.unfreeze()
    objects = gc.get_objects()
    objects += [o for holder in objects if type(holder) in (dict, list, tuple) for o in list(holder)[:50]]
    megabytes = {id(o) >> 20 for o in objects}
    addresses = {(m << 20) + 4096 * n for m in megabytes for n in range(256)}
    top = libc.sbrk(0) & ~4095
    addresses.update(range(top - (256 << 20), top, 4096))
    out, into = os.pipe()
    for address in sorted(addresses):
        if libc.write(into, ctypes.c_void_p(address), 4096) == 4096:
            yield os.read(out, 4096)

def pages_with(pattern):
    return sum(re.search(pattern, page) is not None for page in pages())
"""


def test_an_earlier_request_is_nowhere_in_memory(sandbox: ProcessSandbox) -> None:
    pid = guest_pid(sandbox)
    kept = "kept = ['{0}-{0}-%d' % n for n in range(5000)] + ['{0}-' * 10_000]\n"
    ask(sandbox, kept.format("earlier-submission"))
    found = ask(
        sandbox,
        kept.format("my-own-submission")
        + MEMORY_SEARCH
        # patterns that do not match themselves
        + "say([pages_with(b'my-ow[n]-submission') > 50, pages_with(b'earlie[r]-submission'), os.getppid()])",
    )
    assert (found.said, found.error) == ([[True, 0, pid]], None)


def test_no_frame_on_the_stack_and_no_object_knows_a_secret(sandbox: ProcessSandbox) -> None:
    found = ask(
        sandbox,
        """
        import gc, sys
        frame, seen = sys._getframe(), []
        while frame:
            seen += [frame.f_code.co_filename, str(frame.f_locals)[:5000], str(list(frame.f_globals))]
            frame = frame.f_back
        say(len(seen))
        say("".join(seen))
        say([s for s in gc.get_objects() if type(s) is dict and "GRADER_TEST_SECRET" in s])
        say(sorted(name for name in sys.modules if name.startswith("grader")))
        """,
    )
    assert found.said[0] >= 3 * 3
    assert SECRET not in str(found.said[1])
    assert found.said[2:] == [[], []]


def test_no_two_runs_draw_the_same_numbers(sandbox: ProcessSandbox) -> None:
    script = "import random, torch, numpy; say([random.random(), float(torch.rand(1)), float(numpy.random.rand())])"
    first, second = ask(sandbox, script).said[0], ask(sandbox, script).said[0]
    assert isinstance(first, list) and isinstance(second, list)
    assert all(a != b for a, b in zip(first, second, strict=True))


def test_only_the_reply_can_be_reached_through_descriptors(sandbox: ProcessSandbox) -> None:
    found = ask(
        sandbox,
        """
        import stat
        for number in range(4096):
            try:
                mode = os.fstat(number).st_mode
            except OSError:
                continue
            say([number, "pipe" if stat.S_ISFIFO(mode) else "null" if stat.S_ISCHR(mode) else "other"])
        """,
    )
    assert found.said == [[0, "null"], [1, "null"], [2, "null"], [4, "pipe"]]

"""The kit's own texts, in both languages."""

from __future__ import annotations

from grader.records.base import Text

HEADER = Text(
    en="""# {title}
#
# Fill every blank (between >>> BLANK and <<< BLANK): replace its TODO line by your code.
# The class must be called {name}. Check it with: vgglab-check
""",
    ko="""# {title}
#
# 빈칸(>>> BLANK와 <<< BLANK 사이)을 모두 채우세요. TODO 줄을 지우고 그 자리에 쓰면 돼요.
# 클래스 이름은 {name}이어야 해요. 다 썼으면 vgglab-check로 확인해 보세요.
""",
)
README = Text(
    en="""# Student kit

{exercises}

In each folder: `handout.html` and `handout.pdf` (what is asked for), the template as `.py` and as `.ipynb`: use whichever
you like. `python.html` shows the ten things of Python that you need.

## Check before you hand in

Python 3.10 or later and PyTorch 2.4 or later must be installed. Once, in this folder:

    pip install --no-deps {wheel}

Then, as often as you like, without network:

    vgglab-check {first}/{first}.py

It says the same as the grading, in the same words, except for what is measured by training, and for networks that only
the grading can compare in full (marked ?). In a notebook: `from vgglab_check import check`, then `check(YourClass)`.
With pytest: `pytest test_exercises.py`.
""",
    ko="""# 실습 키트

{exercises}

폴더마다 안내문(`handout.html`, `handout.pdf`)과 템플릿이 있어요. 템플릿은 `.py`와 `.ipynb` 가운데 편한 쪽을 쓰세요.
`python.html`에는 과제에 필요한 파이썬 열 가지가 있어요.

## 내기 전에 확인하기

Python 3.10 이상과 PyTorch 2.4 이상이 필요해요. 이 폴더에서 한 번만 설치하세요.

    pip install --no-deps {wheel}

그다음에는 인터넷 없이 몇 번이든 확인할 수 있어요.

    vgglab-check {first}/{first}.py

채점과 같은 기준, 같은 말로 알려 줘요. 학습해서 재는 것과 채점할 때만 끝까지 비교할 수 있는 것(?로 표시)은 빠져 있어요.
노트북에서는 `from vgglab_check import check`를 한 다음 `check(클래스이름)`을 실행하세요. pytest로는 `pytest test_exercises.py`예요.
""",
)
EXAM = Text(
    en="""# Exam kit

{exercises}

Everything works without a network. Once: `pip install --no-deps --no-index {wheel}`. Then `vgglab-check {first}/{first}.py`
tells whether the file loads and the output has the right shape, and writes `{first}.receipt.json`: hand that in with your file.
""",
    ko="""# 시험 키트

{exercises}

모두 인터넷 없이 돼요. 한 번만 `pip install --no-deps --no-index {wheel}`로 설치하세요. `vgglab-check {first}/{first}.py`를 실행하면
파일이 불러와지는지, 출력 모양이 맞는지 알려 주고 `{first}.receipt.json`을 만들어요. 답안과 함께 제출하세요.
""",
)
ANNOUNCEMENT = Text(
    en="""[Lab] Student kit and exercises

The kit {kit} is attached. It holds for every exercise a handout, a template (.py and .ipynb) and a check that you can run
on your own computer or on Colab, without a network, as often as you like.

{exercises}

- Class names must be exactly: {classes}
- Hand in one .py or .ipynb file for each exercise, or one file with several.
- Run the check before you hand in: it tells within seconds what the grading would find.
- If the check or the handout is unclear, ask on the board, and name the file and the line.
""",
    ko="""[실습] 실습 키트와 과제 안내

실습 키트 {kit}을 첨부했어요. 과제마다 안내문과 템플릿(.py, .ipynb)이 들어 있고, 내기 전에 스스로 확인할 수 있는 도구도 있어요.
자기 컴퓨터나 Colab에서 인터넷 없이 몇 번이든 쓸 수 있어요.

{exercises}

- 클래스 이름은 꼭 이대로 써 주세요: {classes}
- 과제마다 .py나 .ipynb 파일 하나를 내세요. 한 파일에 여러 과제를 넣어도 돼요.
- 내기 전에 꼭 확인 도구를 돌려 보세요. 채점에서 나올 내용을 몇 초 만에 알려 줘요.
- 안내문이나 확인 결과에서 모르는 것이 있으면 파일 이름과 줄 번호를 적어 게시판에 물어보세요.
""",
)
VARIANT = Text(
    en="- This kit is for student numbers that leave {rest} when divided by {count}; others have other numbers in it.\n",
    ko="- 이 키트는 학번을 {count}(으)로 나눈 나머지가 {rest}인 학생이 써요. 다른 키트는 채널 수가 달라요.\n",
)
EXAM_ANNOUNCEMENT = Text(
    en="""[Exam] Kit

{kit} holds everything that you need; no network is used.

{exercises}

- Class names: {classes}
- Hand in your file together with the receipt that the check writes.
""",
    ko="""[시험] 시험 키트 안내

필요한 것은 모두 {kit}에 들어 있어요. 인터넷은 쓰지 않아요.

{exercises}

- 클래스 이름: {classes}
- 확인 도구가 만든 영수증 파일을 답안과 함께 제출하세요.
""",
)
TEST_FILE = '''"""pytest test_exercises.py: every exercise of this folder, checked."""

from pathlib import Path

import pytest
from vgglab_check import check

FILES = sorted(Path(__file__).parent.glob("*/*.py"))


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_the_check_finds_nothing_wrong(file):
    shown = check(file)
    assert shown.all_right, f"\\n{shown!r}"
'''

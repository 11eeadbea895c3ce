"""What every handout says beside the exercise's own text, in both languages."""

from __future__ import annotations

from grader.records.base import Text

INTERFACE = Text(
    en="""## Interface

| what | how |
|---|---|
| class | {classes} |
| construction | `{first}()`, no arguments |
| input | N×{image}, float32, between 0 and 1; any N |
| output | N×{outputs} logits; no softmax |""",
    ko="""## 인터페이스

| 항목 | 내용 |
|---|---|
| 클래스 | {classes} |
| 만들기 | `{first}()`처럼 인자 없이 만들어요 |
| 입력 | N×{image}, float32, 0과 1 사이. N은 몇이든 돼요 |
| 출력 | N×{outputs} 로짓. softmax를 붙이지 않아요 |""",
)
FIGURE = Text(en="## The network", ko="## 네트워크 그림")
FIGURE_NOTE = Text(
    en="Beside each arrow stands the size of one image's map: channels×height×width. A ? is for you to find out.",
    ko="화살표 옆은 이미지 한 장의 특징 맵 크기(채널×세로×가로)예요. ?는 여러분이 찾아야 해요.",
)
CAUTIONS = Text(
    en="""## Two things to keep in mind

- What is **added** must have the same channels, height and width. Which of the three does a block change?
- What is **concatenated** must have the same height and width; the channels may differ, and add up. Which layer receives them next?""",
    ko="""## 꼭 기억할 두 가지

- **더하려면** 채널 수와 세로, 가로가 모두 같아야 해요. 블록을 지나면 셋 가운데 무엇이 바뀌나요?
- **이어 붙이려면** 세로와 가로가 같아야 해요. 채널 수는 달라도 되고, 더해져요. 그 채널을 다음에 받는 층은 무엇인가요?""",
)
SLIPS = Text(
    en="""## What a slip costs

Code that does not run is mended by the smallest repair, and the rest is judged in full. One slip is paid for once:

| slip | percent of the exercise |
|---|---|
| a bracket, quote, colon or comma | {signs} |
| a misspelt name, an import or `self` that is missing | {names} |
| an argument, `return` or call that is missing | {calls} |
| a number that does not fit (channels, features, flattened size) | {numbers} |""",
    ko="""## 사소한 실수의 감점

실행되지 않는 코드는 가장 작게 고쳐서 나머지를 모두 채점해요. 같은 실수는 한 번만 감점해요.

| 실수 | 과제 점수에서 |
|---|---|
| 괄호, 따옴표, 콜론, 쉼표 | {signs}% |
| 이름 오타, import나 `self` 빠뜨림 | {names}% |
| 인자, `return`, 호출 빠뜨림 | {calls}% |
| 맞지 않는 숫자(채널, 뉴런 수, 펼친 크기) | {numbers}% |""",
)
SLIP_CODES = {
    "signs": ("bracket", "quote", "colon", "comma"),
    "names": ("name-misspelt", "import-missing", "self-missing", "torch-name-misspelt"),
    "calls": ("argument-missing", "return-missing", "call-missing"),
    "numbers": ("channels-declared", "features-declared", "view-numbers"),
}
FORMS = Text(
    en="""## Hand in

One `.py` file or one notebook (`.ipynb`), with the class under exactly the name above. Several exercises may stand in one
file. Training code may stay in it: only the definitions that the class needs are run. Check it first:

```
vgglab-check {file}.py
```""",
    ko="""## 제출

`.py` 파일이나 노트북(`.ipynb`) 하나를 내세요. 클래스 이름은 위와 똑같아야 해요. 한 파일에 여러 과제가 있어도 되고, 학습 코드를
남겨 두어도 돼요. 클래스에 필요한 정의만 실행해요. 내기 전에 먼저 확인해 보세요.

```
vgglab-check {file}.py
```""",
)
EXPECTED = Text(
    en="""## What to expect

| training | {networks} |
{rows}

Yours may differ a little: this is what measured training runs gave, not a limit.""",
    ko="""## 학습하면 이 정도가 나와요

| 학습 | {networks} |
{rows}

여러분의 결과는 조금 달라도 괜찮아요. 기준 점수가 아니라 실제로 학습시켜 본 값이에요.""",
)
ROWS = {
    "quick": Text(
        en="short run ({steps} steps, {data}, {n} runs)", ko="짧은 학습({steps}번 갱신, {data}, {n}회 평균)"
    ),
    "full": Text(en="{epochs} epochs ({data}, {n} runs)", ko="{epochs}에폭({data}, {n}회 평균)"),
}
LOSS_AND_ACCURACY = Text(
    en="loss {loss:.2f}, accuracy {accuracy:.1%}", ko="손실 {loss:.2f}, 정확도 {accuracy:.1%}"
)
FIGURE_ALT = Text(
    en="The network from top to bottom: {boxes}.", ko="네트워크를 위에서 아래로 그린 그림: {boxes}."
)

"""What the student reads of each repair: what was found at the line, and a question. Never the edit itself."""

from __future__ import annotations

from grader.records.base import Text
from grader.records.repair import Repair
from grader.stages.mending.situation import Proposal

_READ = (
    "Python cannot read this line",
    "Python이 이 줄을 읽지 못해요",
)
WORDS: dict[str, tuple[str, str, str, str]] = {
    # code: message (en, ko), hint (en, ko); {0}, {1}: facts of the proposal
    "odd-characters": (
        f"{_READ[0]}: a character in it only looks like a bracket, comma, quote or space (full-width or typographic).",
        f"{_READ[1]}. 괄호나 쉼표, 따옴표, 공백처럼 보이지만 전각이거나 모양만 비슷한 다른 문자가 섞여 있어요.",
        "Was it typed with the Korean keyboard on, or copied from a document or messenger? Which characters look wider or slanted?",
        "한글 입력 상태로 쳤거나 문서, 메신저에서 복사해 온 줄인가요? 모양이 조금 다른 문자를 찾아보세요.",
    ),
    "quote": (
        f"{_READ[0]}: a quotation mark has no partner.",
        f"{_READ[1]}. 따옴표 하나가 짝이 없어요.",
        "Where should the string end, and does it end with the mark that it began with?",
        "문자열이 어디에서 끝나야 하나요? 시작할 때와 같은 따옴표로 끝나나요?",
    ),
    "colon": (
        f"{_READ[0]}: a colon is missing, or stands where none belongs.",
        f"{_READ[1]}. 콜론(:)이 빠졌거나 엉뚱한 곳에 있어요.",
        "What does a line that opens a block (`def`, `class`, `if`, `for` …) end with?",
        "`def`, `class`, `if`, `for`처럼 블록을 여는 줄은 무엇으로 끝나야 하나요?",
    ),
    "comma": (
        f"{_READ[0]}: something is missing between two values.",
        f"{_READ[1]}. 두 값 사이에 무언가가 빠졌어요.",
        "What separates the arguments of a call?",
        "함수에 넣는 인자들은 무엇으로 구분하나요?",
    ),
    "bracket": (
        f"{_READ[0]}: its brackets do not pair up.",
        f"{_READ[1]}. 괄호의 짝이 맞지 않아요.",
        "Count the opening and the closing brackets: which one has no partner?",
        "여는 괄호와 닫는 괄호를 하나씩 세어 보세요. 짝이 없는 것은 어느 것인가요?",
    ),
    "stray-character": (
        f"{_READ[0]}: there is a character too many.",
        f"{_READ[1]}. 필요 없는 글자가 하나 끼어 있어요.",
        "Which character on this line does nothing?",
        "이 줄에서 아무 일도 하지 않는 글자는 어느 것인가요?",
    ),
    "print-statement": (
        "`print` is used without brackets, as in Python 2.",
        "`print`를 Python 2처럼 괄호 없이 썼어요.",
        "How is a function called in Python 3?",
        "Python 3에서는 함수를 어떻게 부르나요?",
    ),
    "shell-line": (
        f"{_READ[0]}: it is a command for the terminal.",
        f"{_READ[1]}. 터미널에 치는 명령이 코드 안에 들어 있어요.",
        "Does the file need this line?",
        "파일에 꼭 필요한 줄인가요?",
    ),
    "comparison": (
        "A single `=` stands in a condition.",
        "조건식에 `=`가 하나만 있어요.",
        "Is something to be stored here, or compared?",
        "여기서는 값을 저장하려는 건가요, 비교하려는 건가요?",
    ),
    "assignment": (
        "`==` compares `{0}` with something here; nothing is stored.",
        "`==`는 비교만 해서 `{0}`에 아무것도 저장되지 않아요.",
        "Is something to be compared here, or stored?",
        "여기서는 값을 비교하려는 건가요, 저장하려는 건가요?",
    ),
    "comma-for-full-stop": (
        "`{0}` and `{1}` are read as two things here, since a comma stands between them.",
        "`{0}`와(과) `{1}` 사이에 쉼표가 있어서 서로 다른 두 값으로 읽혀요.",
        "Which sign leads from an object to what belongs to it?",
        "객체에 속한 것을 쓸 때는 사이에 어떤 기호를 쓰나요?",
    ),
    "full-stop-for-comma": (
        "`{1}` is looked for inside `{0}` here, since a full stop stands between them.",
        "`{0}`와(과) `{1}` 사이에 마침표가 있어서 `{0}` 안에서 `{1}`을(를) 찾고 있어요.",
        "Are these two values, and which sign separates them?",
        "서로 다른 두 값인가요? 그렇다면 사이에 어떤 기호가 와야 하나요?",
    ),
    "keyword-misspelt": (
        "A word of Python's is misspelt, missing, or grown together with its neighbour.",
        "파이썬 예약어가 빠졌거나, 철자가 틀렸거나, 옆 단어와 붙어 있어요.",
        "Which word would your editor show in colour if it were right?",
        "맞게 썼다면 편집기에서 색이 바뀌었을 단어는 어느 것인가요?",
    ),
    "not-python": (
        f"{_READ[0]}: it is written as in another language, or a sign is doubled or missing.",
        f"{_READ[1]}. 다른 언어의 문법이거나, 기호가 겹치거나 빠졌어요.",
        "How does Python write this?",
        "파이썬에서는 이것을 어떻게 쓰나요?",
    ),
    "operator-missing": (
        f"{_READ[0]}: a sign is missing between two names.",
        f"{_READ[1]}. 두 이름 사이에 기호가 빠졌어요.",
        "What should happen between them?",
        "두 이름 사이에서 어떤 계산을 하려고 했나요?",
    ),
    "pasted-marks": (
        "A line number or a prompt (`>>>`, `In [3]:`) was pasted along with the code.",
        "줄 번호나 프롬프트(`>>>`, `In [3]:`)가 코드와 함께 붙여 넣어졌어요.",
        "What stands before the code on this line?",
        "이 줄에서 코드 앞에 무엇이 있나요?",
    ),
    "tabs-mixed": (
        "Tabs and spaces are mixed in the indentation.",
        "들여쓰기에 탭과 공백이 섞여 있어요.",
        "Does your editor show tabs, and what do the lines around use?",
        "편집기에서 탭을 표시해 보세요. 주변 줄은 무엇으로 들여 썼나요?",
    ),
    "indentation": (
        "This line is indented differently from its block.",
        "이 줄의 들여쓰기가 같은 블록의 다른 줄과 달라요.",
        "Which block does it belong to, and where do that block's other lines start?",
        "이 줄은 어느 블록에 속하나요? 그 블록의 다른 줄은 몇 칸에서 시작하나요?",
    ),
    "merge-markers": (
        "The marks of an unfinished merge (`<<<<<<<`, `=======`, `>>>>>>>`) are still in the file.",
        "병합하다 남은 표시(`<<<<<<<`, `=======`, `>>>>>>>`)가 파일에 그대로 있어요.",
        "Which of the two versions do you want to keep?",
        "두 버전 가운데 어느 쪽을 남기려고 했나요?",
    ),
    "unfinished-line": (
        "This line breaks off in the middle.",
        "이 줄이 쓰다 만 채로 끝났어요.",
        "What should stand behind the last sign?",
        "마지막 기호 뒤에는 무엇이 와야 하나요?",
    ),
    "body-missing": (
        "A block is opened here, and nothing is in it.",
        "여기서 블록을 열었는데 안에 아무것도 없어요.",
        "What is this block meant to do?",
        "이 블록에서는 무엇을 하려고 했나요?",
    ),
    "broken-statement": (
        f"{_READ[0]}; the rest was judged without it.",
        f"{_READ[1]}. 이 줄을 빼고 나머지를 채점했어요.",
        "What is this line meant to compute, and how is it written in Python?",
        "이 줄에서 무엇을 계산하려고 했나요? 파이썬으로는 어떻게 쓰면 될까요?",
    ),
    "broken-statement-aside": (
        f"{_READ[0]}; it stands outside the network, which was judged without it.",
        f"{_READ[1]}. 네트워크 밖에 있는 줄이라 빼고 채점했어요.",
        "Does the file run from top to bottom when you start it yourself?",
        "파일을 직접 실행하면 처음부터 끝까지 돌아가나요?",
    ),
    "class-name": (
        "No class is called `{1}`; `{0}` was judged in its place.",
        "`{1}`(이)라는 클래스가 없어서 `{0}` 클래스를 대신 채점했어요.",
        "Which name does the handout ask for, letter by letter?",
        "안내문에 적힌 클래스 이름과 한 글자씩 비교해 보세요. 똑같은가요?",
    ),
    "import-missing": (
        "`{0}` is used, but it was never imported.",
        "`{0}`을(를) 쓰는데 import한 적이 없어요.",
        "Which import brings this name?",
        "이 이름은 어떤 import로 가져올 수 있나요?",
    ),
    "import-misspelt": (
        "There is no module called `{0}`.",
        "`{0}`(이)라는 모듈은 없어요.",
        "How is the module's name spelled, letter by letter?",
        "모듈 이름의 철자를 한 글자씩 확인해 보세요. 맞나요?",
    ),
    "name-misspelt": (
        "There is no `{0}` here; a name like it is.",
        "`{0}`(이)라는 이름이 없어요. 비슷한 이름은 있어요.",
        "How is it spelled where it is made?",
        "그 값을 만든 곳에서는 이름을 어떻게 썼나요?",
    ),
    "name-unknown": (
        "There is no `{0}` at this point.",
        "여기에는 `{0}`(이)라는 이름이 없어요.",
        "Which value do you want here, and what is it called in the lines above?",
        "여기에 어떤 값을 쓰려고 했나요? 윗줄에서는 그 값을 뭐라고 불렀나요?",
    ),
    "self-missing": (
        "`{0}` is used as a plain name, but it belongs to the object.",
        "`{0}`을(를) 그냥 이름으로 썼는데, 객체에 속한 것이에요.",
        "How does a method reach what `__init__` has stored?",
        "메서드 안에서 `__init__`이 저장해 둔 것을 쓰려면 앞에 무엇을 붙여야 하나요?",
    ),
    "self-too-many": (
        "`{0}` is looked for in the object, but it is a plain name.",
        "`{0}`을(를) 객체에서 찾고 있는데, 그냥 이름으로 만든 값이에요.",
        "Was it stored in `self`, or is it a variable of this method?",
        "`self`에 저장한 값인가요, 이 메서드의 변수인가요?",
    ),
    "used-before-made": (
        "`{0}` is used before the line that computes it.",
        "`{0}`을(를) 계산하기도 전에 쓰고 있어요.",
        "In which order should these lines stand?",
        "이 줄들은 어떤 순서로 있어야 하나요?",
    ),
    "attribute-misspelt": (
        "The object has no `{0}`; `__init__` makes it under another name.",
        "객체에 `{0}`이(가) 없어요. `__init__`에서는 다른 이름으로 만들었어요.",
        "How is it spelled in `__init__`?",
        "`__init__`에서는 철자를 어떻게 썼나요?",
    ),
    "torch-name-misspelt": (
        "PyTorch has no `{0}`.",
        "PyTorch에는 `{0}`(이)라는 것이 없어요.",
        "How is it spelled (capitals too), and in which module is it?",
        "대소문자까지 철자가 맞나요? 어느 모듈에 들어 있나요?",
    ),
    "init-misspelt": (
        "`{0}` is not the constructor's name.",
        "`{0}`은(는) 생성자의 이름이 아니에요.",
        "How many underscores, and which letters in which order?",
        "밑줄은 몇 개이고, 글자 순서는 어떻게 되나요?",
    ),
    "method-misspelt": (
        "Python and PyTorch look for a method by its name, and `{0}` is not it.",
        "Python과 PyTorch는 정해진 이름의 메서드를 찾는데, `{0}`은(는) 그 이름이 아니에요.",
        "How is this method called in the template?",
        "템플릿에서는 이 메서드의 이름이 무엇이었나요?",
    ),
    "method-outside-class": (
        "`{0}` stands outside the class it belongs to.",
        "`{0}`이(가) 클래스 밖에(또는 다른 메서드 안에) 있어요.",
        "How far must a method be indented to belong to its class?",
        "메서드가 클래스에 속하려면 얼마나 들여 써야 하나요?",
    ),
    "class-not-at-top": (
        "`{0}` is defined inside a function, a loop or another class.",
        "`{0}` 클래스가 함수나 반복문, 다른 클래스 안에 정의되어 있어요.",
        "Where must a class stand so that everybody can use it by its name?",
        "누구나 이름만으로 클래스를 쓰려면 어디에 정의해야 하나요?",
    ),
    "base-missing": (
        "`{0}` does not inherit from PyTorch's module class.",
        "`{0}` 클래스가 PyTorch의 모듈 클래스를 상속하지 않았어요.",
        "What stands in the brackets behind the class name in the template?",
        "템플릿에서 클래스 이름 뒤 괄호 안에는 무엇이 있었나요?",
    ),
    "super-wrong": (
        "The parent's constructor is called in a form that does not work.",
        "부모 클래스의 생성자를 잘못된 방식으로 불렀어요.",
        "Which class does this line name, and are all its brackets there?",
        "이 줄에 적은 클래스 이름이 맞나요? 괄호는 빠짐없이 있나요?",
    ),
    "super-forgotten": (
        "The parent's constructor was not called before the first layer was made.",
        "첫 번째 층을 만들기 전에 부모 클래스의 생성자를 부르지 않았어요.",
        "What must be the first line of `__init__` in a class that inherits from `nn.Module`?",
        "`nn.Module`을 상속한 클래스의 `__init__` 첫 줄에는 무엇이 와야 하나요?",
    ),
    "self-argument": (
        "`{0}` does not take the object as its first argument.",
        "`{0}`의 첫 번째 인자에 객체 자신이 없어요.",
        "What is the first argument of every method?",
        "모든 메서드의 첫 번째 인자는 무엇인가요?",
    ),
    "argument-missing": (
        "`{0}` is called with a tensor, but takes none.",
        "`{0}`에 텐서를 넣어 부르는데, 받을 인자가 없어요.",
        "Under which name does the method's body use it?",
        "메서드 안에서는 그 텐서를 어떤 이름으로 쓰고 있나요?",
    ),
    "return-missing": (
        "The result is computed and not returned.",
        "결과를 계산해 놓고 돌려주지 않았어요.",
        "How does a function give its result back?",
        "함수가 결과를 돌려주려면 마지막에 무엇이 필요한가요?",
    ),
    "returned-early": (
        "The method returns here, so that the lines behind are never reached.",
        "여기서 함수가 끝나 버려서 뒤에 있는 줄이 실행되지 않아요.",
        "Which lines should still run before the result is given back?",
        "결과를 돌려주기 전에 더 실행되어야 할 줄은 어느 것인가요?",
    ),
    "classes-returned": (
        "Here one class per image is chosen and returned; what is asked for is a score for every class.",
        "여기서 이미지마다 클래스 하나를 골라서 돌려주는데, 과제에서 필요한 것은 클래스마다의 점수예요.",
        "What does the loss function compare with the label: the chosen class, or the scores?",
        "손실 함수는 정답과 무엇을 비교하나요? 고른 클래스인가요, 클래스별 점수인가요?",
    ),
    "unpacked": (
        "A map has more sides than the names on the left take.",
        "왼쪽에 적은 이름보다 특징 맵의 차원이 더 많아요.",
        "How many numbers does the shape of a batch of maps have, and what does each of them count?",
        "이미지 묶음의 shape에는 숫자가 몇 개 들어 있고, 각각 무엇의 개수인가요?",
    ),
    "loop-too-long": (
        "`{0}` takes one turn too many: the list ends before it does.",
        "`{0}`이(가) 한 번 더 돌아서 리스트의 끝을 넘어가요.",
        "Which element does the last turn read, and is it there?",
        "마지막 바퀴에서는 리스트의 몇 번째 값을 읽나요? 그 값이 있나요?",
    ),
    "result-discarded": (
        "The result of this line is thrown away: nothing keeps it.",
        "이 줄에서 계산한 결과를 아무 데도 담지 않아서 그대로 버려져요.",
        "Does a layer change the tensor that it is given, or does it hand back a new one? Where should that go?",
        "층은 받은 텐서를 직접 바꾸나요, 아니면 새 텐서를 돌려주나요? 돌려준 텐서는 어디에 담아야 할까요?",
    ),
    "another-returned": (
        "What is returned here is not what was computed last.",
        "마지막에 계산한 결과가 아니라 다른 값을 돌려줬어요.",
        "Which variable holds the result of the last layer?",
        "마지막 층의 결과는 어느 변수에 들어 있나요?",
    ),
    "constant-returned": (
        "What is returned here does not depend on the images; what was computed from them is thrown away.",
        "여기서 돌려주는 값은 이미지와 상관이 없어요. 이미지로 계산한 결과는 버려져요.",
        "Which variable holds the result of the last layer, and which one is returned?",
        "마지막 층의 결과는 어느 변수에 들어 있고, 지금은 어느 변수를 돌려주고 있나요?",
    ),
    "several-returned": (
        "Several things are returned where one tensor is asked for.",
        "텐서 하나를 돌려줘야 하는데 여러 개를 돌려줬어요.",
        "Which of them are the scores of the classes?",
        "그중 어느 것이 클래스 점수인가요?",
    ),
    "constructor-arguments": (
        "The network cannot be made without arguments: {0}.",
        "인자 없이는 네트워크를 만들 수 없어요: {0}.",
        "The exercise makes it with no arguments: can they have default values?",
        "과제에서는 인자 없이 객체를 만들어요. 기본값을 정해 둘 수 있을까요?",
    ),
    "argument-misspelt": (
        "There is no argument called `{0}`.",
        "`{0}`(이)라는 인자는 없어요.",
        "How is it spelled in PyTorch's documentation of this layer?",
        "PyTorch 문서에서는 이 층의 인자 이름을 어떻게 쓰나요?",
    ),
    "call-form": (
        "`{0}` is called in a form that it does not take.",
        "`{0}`을(를) 부르는 방식이 맞지 않아요.",
        "What goes into its brackets, how many things, and are they to be grouped?",
        "괄호 안에 무엇을 몇 개 넣어야 하나요? 하나로 묶어서 넣어야 하나요?",
    ),
    "call-missing": (
        "`{0}` is named here, but nothing is sent through it.",
        "`{0}`의 이름만 적고 텐서를 통과시키지 않았어요.",
        "What must follow a layer's name so that it computes something?",
        "층이 실제로 계산하게 하려면 이름 뒤에 무엇이 와야 하나요?",
    ),
    "channels-declared": (
        "A convolution on this line is declared for another number of channels than arrives there.",
        "이 줄에서 정한 합성곱의 채널 수가 실제로 들어오는 채널 수와 달라요.",
        "Count the channels after each step before it: what was added or concatenated on the way?",
        "그 앞의 단계마다 채널이 몇 개인지 세어 보세요. 중간에 더하거나 이어 붙인 것이 있나요?",
    ),
    "features-declared": (
        "A fully connected layer on this line is declared for another number of inputs than arrives there.",
        "이 줄에서 정한 완전연결층의 입력 크기가 실제로 들어오는 크기와 달라요.",
        "How many channels, rows and columns does the map have just before it is flattened?",
        "펼치기 직전의 특징 맵은 채널, 높이, 너비가 각각 몇인가요?",
    ),
    "padding-missing": (
        "This convolution makes the map smaller, and the sizes no longer fit further on.",
        "이 합성곱을 지나면 특징 맵이 작아져서 뒤에서 크기가 맞지 않아요.",
        "What keeps height and width the same with a 3×3 kernel?",
        "3×3 커널에서 높이와 너비를 그대로 유지하려면 무엇이 필요한가요?",
    ),
    "stride-wrong": (
        "This layer halves the map, and the sizes no longer fit further on.",
        "이 층에서 특징 맵이 절반으로 줄어서 뒤에서 크기가 맞지 않아요.",
        "Which height and width must both sides of the addition or concatenation have?",
        "더하거나 이어 붙이려면 양쪽의 높이와 너비가 어떻게 되어야 하나요?",
    ),
    "kernel-size": (
        "This layer's kernel is larger than the map that it is given.",
        "이 층의 커널이 들어오는 특징 맵보다 커요.",
        "How large is the map at this point, and which kernel does the handout ask for?",
        "이 지점에서 특징 맵의 크기는 얼마인가요? 안내문에서는 어떤 크기의 커널을 쓰나요?",
    ),
    "outputs-number": (
        "The network gives another number of scores per image than there are classes.",
        "이미지마다 내는 점수의 개수가 클래스 수와 달라요.",
        "How many classes are there?",
        "클래스는 모두 몇 개인가요?",
    ),
    "view-numbers": (
        "The numbers of this `{0}` do not fit the map that it is given.",
        "이 `{0}`에 적은 수가 들어오는 특징 맵과 맞지 않아요.",
        "How many numbers does one image have here?",
        "여기서 이미지 한 장은 숫자가 몇 개인가요?",
    ),
    "batch-written": (
        "A number of images is written into this `{0}`; with another number it fails.",
        "이 `{0}`에 이미지 수(배치 크기)가 숫자로 적혀 있어서, 이미지 수가 달라지면 실패해요.",
        "How can this line work for any number of images?",
        "이미지가 몇 장이든 동작하려면 이 줄을 어떻게 써야 할까요?",
    ),
    "wrong-dimension": (
        "`{0}` works along another dimension than the one that is meant.",
        "`{0}`이(가) 의도한 것과 다른 차원을 따라 동작해요.",
        "Which dimension of N×C×H×W is which?",
        "N×C×H×W에서 각 차원은 몇 번째인가요?",
    ),
    "flatten-missing": (
        "A feature map goes into a fully connected layer as it is.",
        "특징 맵이 펼쳐지지 않은 채로 완전연결층에 들어가요.",
        "Which shape does a fully connected layer take?",
        "완전연결층은 어떤 모양의 텐서를 받나요?",
    ),
    "dimensions-missing": (
        "`{0}` has fewer dimensions than what it meets here.",
        "`{0}`의 차원 수가 여기서 만나는 텐서보다 적어요.",
        "Which shape must N×C numbers have to fit N×C×H×W?",
        "N×C개의 값을 N×C×H×W에 맞추려면 어떤 모양이어야 하나요?",
    ),
    "wrong-tensor": (
        "`{0}` is not the tensor that this layer is made for.",
        "`{0}`은(는) 이 층이 받아야 할 텐서가 아니에요.",
        "Which result should go into this layer?",
        "이 층에는 어느 단계의 결과가 들어가야 하나요?",
    ),
    "wrong-dtype": (
        "`{0}` turns the tensor into numbers of another type than the layers' weights.",
        "`{0}` 때문에 텐서의 자료형이 층의 가중치와 달라져요.",
        "Is this conversion needed?",
        "이 변환이 꼭 필요한가요?",
    ),
    "plots": (
        "The code draws or logs here (`{0}`), which does not work where it is graded.",
        "여기서 그림을 그리거나 기록을 남겨요(`{0}`). 채점할 때는 동작하지 않아요.",
        "Does the network need this to compute its answer?",
        "네트워크가 답을 계산하는 데 필요한 부분인가요?",
    ),
    "module-absent": (
        "A module is imported that was not handed in (`{0}`); the rest was judged without it.",
        "제출하지 않은 모듈을 import해요(`{0}`). 그 부분을 빼고 채점했어요.",
        "Is it a file of yours? Then hand it in too.",
        "직접 만든 파일인가요? 그렇다면 함께 제출해 주세요.",
    ),
    "weights-absent": (
        "Weights are loaded here that are not there when it is graded (`{0}`).",
        "채점할 때는 없는 가중치를 불러와요(`{0}`).",
        "Does the exercise ask for trained weights?",
        "과제에 학습된 가중치가 필요한가요?",
    ),
    "surroundings": (
        "This line needs something that is not there when it is graded (`{0}`).",
        "이 줄은 채점할 때는 없는 것을 필요로 해요(`{0}`).",
        "Can the network be built without it?",
        "이것 없이도 네트워크를 만들 수 있나요?",
    ),
    "asks-somebody": (
        "The code waits for an answer from a person or the command line (`{0}`).",
        "사람이나 명령줄에서 값을 받으려고 기다려요(`{0}`).",
        "Nobody answers when it is graded: which value is it, and can it stand in the code?",
        "채점할 때는 답해 줄 사람이 없어요. 어떤 값인가요? 코드에 바로 적을 수 있을까요?",
    ),
    "ends-itself": (
        "The program ends itself here (`{0}`).",
        "여기서 프로그램이 스스로 끝나 버려요(`{0}`).",
        "Is this line needed?",
        "이 줄이 필요한가요?",
    ),
}  # fmt: skip


def repair_of(proposal: Proposal, price: float) -> Repair:
    """A proposal as a repair, in words."""
    en, ko, ask_en, ask_ko = WORDS[proposal.code]
    facts = (*proposal.facts, "", "")
    return Repair(
        code=proposal.code,
        price=price,
        file=proposal.file,
        line=proposal.line,
        before=proposal.before[:200],
        after=proposal.after[:200],
        message=Text(en=en.format(*facts), ko=ko.format(*facts)),
        hint=Text(en=ask_en, ko=ask_ko),
    )

"""Every word on the pages that does not come from the results, in both languages."""

from __future__ import annotations

from dataclasses import dataclass

from grader.records.base import Text
from grader.records.findings import CheckName
from grader.stages.reports.class_words import CLASS_WORDS
from grader.stages.reports.figure_words import FIGURE_WORDS


@dataclass(frozen=True)
class CheckWords:
    """A check as the pages name and explain it."""

    name: Text
    about: Text


CHECK_WORDS: dict[CheckName, CheckWords] = {
    "loads": CheckWords(
        Text(en="Loads", ko="불러오기"),
        Text(
            en="Your file can be read, it holds the class, and the class can be created.",
            ko="파일을 읽을 수 있고, 그 안에서 클래스를 찾아 객체를 만들 수 있는지 봐요.",
        ),
    ),
    "shape": CheckWords(
        Text(en="Shape", ko="출력 모양"),
        Text(
            en="N images give N×10 finite numbers for every N, and the images stay as they were.",
            ko="이미지 N장을 넣으면 N×10개의 유한한 값이 나오고, 입력 이미지는 그대로 남는지 봐요.",
        ),
    ),
    "channels": CheckWords(
        Text(en="Channels", ko="채널 수"),
        Text(
            en="Each layer has the input and output channels, kernel, stride and padding asked for; "
            "every parameter is registered and used.",
            ko="각 층의 입력·출력 채널, 커널, stride, padding이 맞고 모든 파라미터가 등록되어 실제로 쓰이는지 봐요.",
        ),
    ),
    "function": CheckWords(
        Text(en="Function", ko="계산 결과"),
        Text(
            en="With the same weights your network computes the same numbers as the network asked for, "
            "however you wrote it.",
            ko="같은 가중치를 넣었을 때 과제의 네트워크와 같은 값을 계산하는지 봐요. 코드를 쓴 방식은 상관없어요.",
        ),
    ),
    "gradients": CheckWords(
        Text(en="Gradients", ko="그래디언트"),
        Text(
            en="Every parameter receives the gradient it should, so that all of the network can learn.",
            ko="모든 파라미터에 그래디언트가 제대로 전달되어 네트워크 전체가 학습할 수 있는지 봐요.",
        ),
    ),
    "learning": CheckWords(
        Text(en="Learning", ko="학습"),
        Text(
            en="In a short training run the loss falls as far as it does for a correct network.",
            ko="짧게 학습시켰을 때 손실이 올바른 네트워크만큼 줄어드는지 봐요.",
        ),
    ),
    "accuracy": CheckWords(
        Text(en="Accuracy", ko="정확도"),
        Text(
            en="After training, the network gets as many new images right as a correct network does.",
            ko="학습한 뒤 처음 보는 이미지를 올바른 네트워크만큼 맞히는지 봐요.",
        ),
    ),
}

WORDS: dict[str, Text] = {
    **CLASS_WORDS,
    **FIGURE_WORDS,
    # both pages
    "late": Text(en="late", ko="늦은 제출"),
    "draft": Text(en="draft, never handed in", ko="임시 저장, 제출 안 함"),
    "lateness": Text(
        en="Handed in {0}, {1} after the deadline ({2})", ko="제출 {0}, 마감({2})보다 {1} 늦었어요"
    ),
    "lateness_marked": Text(en="Handed in after the deadline ({0})", ko="마감({0})이 지난 뒤에 제출했어요"),
    "lateness_costs": Text(
        en="lateness costs {0}% of the maximum", ko="늦은 제출로 만점의 {0}%를 감점해요"
    ),
    "lateness_free": Text(en="this costs nothing", ko="감점은 없어요"),
    "lateness_pending": Text(
        en="course staff still have to see by how much", ko="얼마나 늦었는지 조교가 확인할 거예요"
    ),
    "extended": Text(en="extended for you", ko="연장된 마감"),
    "late_unmeasured": Text(
        en="late, and nothing says by how much", ko="늦은 제출인데 얼마나 늦었는지 알 수 없어요"
    ),
    "settle_late": Text(
        en='To settle lateness, look up in the LMS when it was handed in, write it under run.deadline in course.yaml, like '
        'submitted: {{"{0}": 2026-11-28 01:10}}, and run the same command again: nothing is graded twice.',
        ko='LMS에서 제출 시각을 보고 course.yaml의 run.deadline 아래에 submitted: {{"{0}": 2026-11-28 01:10}}처럼 적은 뒤 '
        "같은 명령을 다시 실행하면 돼요. 이미 채점한 것은 다시 채점하지 않아요.",
    ),
    "unmeasured": Text(en="Late, by how much is not known", ko="얼마나 늦었는지 모르는 제출물"),
    "deadline": Text(en="Deadline", ko="마감"),
    "per_hour": Text(en="{0}% for each hour begun, at most {1}%", ko="1시간마다 {0}% 감점, 최대 {1}%"),
    "per_day": Text(en="{0}% for each day begun, at most {1}%", ko="하루마다 {0}% 감점, 최대 {1}%"),
    "extensions": Text(en="extensions: {0}", ko="연장: {0}명"),
    "points": Text(en="{0} points", ko="{0}점"),
    "no_cost": Text(en="costs nothing", ko="감점 없음"),
    "points_of": Text(en="{0} of {1} points", ko="{1}점 중 {0}점"),
    "exercise": Text(en="Exercise", ko="과제"),
    "check": Text(en="Check", ko="검사"),
    "total": Text(en="Total", ko="총점"),
    "details": Text(en="Traceback and details", ko="오류 기록 자세히 보기"),
    # how an exercise stands
    "full": Text(en="full marks", ko="만점"),
    "part": Text(en="some points", ko="일부 점수"),
    "zero": Text(en="no points", ko="0점"),
    "missing": Text(en="not handed in", ko="미제출"),
    "review": Text(en="needs a person", ko="확인 필요"),
    # how a check ended
    "passed": Text(en="passed", ko="통과"),
    "failed": Text(en="to fix", ko="고칠 곳"),
    "blocked": Text(en="not reached", ko="아직 못 봄"),
    "grader_error": Text(en="waits for a person", ko="사람이 확인"),
    # index
    "index_title": Text(en="Grading results", ko="채점 결과"),
    "students": Text(en="{0} students", ko="학생 {0}명"),
    "one_student": Text(en="1 student", ko="학생 1명"),
    "profile": Text(en="Profile", ko="채점 방식"),
    "data": Text(en="Data", ko="데이터"),
    "device": Text(en="Device", ko="장치"),
    "trainings": Text(en="Trainings", ko="학습 횟수"),
    "seconds": Text(en="Time taken", ko="걸린 시간"),
    "isolation": Text(en="Isolation", ko="격리"),
    "versions": Text(en="Versions", ko="버전"),
    "layout": Text(en="Submissions", ko="제출물"),
    "canvas": Text(en="Canvas download", ko="Canvas에서 받은 파일"),
    "moodle": Text(en="Moodle download", ko="Moodle에서 받은 파일"),
    "gradescope": Text(en="Gradescope export", ko="Gradescope에서 받은 파일"),
    "roster": Text(en="Class list", ko="명단"),
    "unmatched": Text(en="Not found in the class list", ko="명단에서 찾지 못한 제출물"),
    "unmatched_note": Text(
        en="They were graded, but it is not certain whose they are, so their scores go to no LMS.",
        ko="채점은 했지만 누구의 것인지 확실하지 않아 점수를 LMS로 보내지 않아요.",
    ),
    "settle_files": Text(
        en="To settle it, put the student number at the front of the file's or folder's name and run the same "
        "command again: nothing is graded twice.",
        ko="파일이나 폴더 이름 앞에 학번을 붙이고 같은 명령을 다시 실행하면 돼요. 이미 채점한 것은 다시 채점하지 않아요.",
    ),
    "settle_lms": Text(
        en="To settle it, give --roster the LMS's own list, which holds its ids (Canvas: gradebook CSV, Moodle: grading "
        "worksheet), or add a column “canvas” or “moodle” with these ids to yours, and run the same command again: "
        "nothing is graded twice.",
        ko="LMS 번호가 들어 있는 LMS의 명단(Canvas는 성적부 CSV, Moodle은 채점 워크시트)을 --roster로 주거나, 쓰던 명단에 "
        "“canvas” 또는 “moodle” 열을 만들어 번호를 적고 같은 명령을 다시 실행하면 돼요. 이미 채점한 것은 다시 채점하지 않아요.",
    ),
    "candidates": Text(en="nearest:", ko="비슷한 학생:"),
    "no_candidates": Text(en="nobody on the list comes near", ko="명단에 비슷한 학생이 없어요"),
    "by_name": Text(
        en="Joined by name alone, since neither an id nor a student number was there: ",
        ko="LMS 번호도 학번도 없어 이름만 보고 연결한 학생: ",
    ),
    "strays": Text(en="Files of nobody", ko="주인을 알 수 없는 파일"),
    "strays_note": Text(
        en="They lie beside the submissions and name no student; they were not opened.",
        ko="제출물 옆에 있지만 학생을 알 수 없는 파일이에요. 열어 보지 않았어요.",
    ),
    "to_review": Text(en="A person has to look at these", ko="사람이 확인해야 하는 제출"),
    "to_review_note": Text(
        en="The grader could not judge them, and no points are given or taken until you decide: with grader review, "
        "beside the code, or in overrides.yaml in the folder of this page. Then export again.",
        ko="채점기가 판정하지 못했고, 정해 주실 때까지 점수를 주지도 깎지도 않아요. grader review로 코드를 "
        "보며 정하거나 이 페이지와 같은 폴더의 overrides.yaml에 적은 뒤 다시 내보내세요.",
    ),
    "ungradable": Text(en="Handed in, but nothing to grade in it", ko="제출은 했지만 채점할 것이 없는 학생"),
    "ungradable_note": Text(
        en="Have a look at what they handed in. They get no score; to give one (or 0), write it into overrides.yaml.",
        ko="무엇을 냈는지 한번 봐 주세요. 점수는 보내지 않아요. 0점이나 다른 점수를 주려면 overrides.yaml에 적으세요.",
    ),
    "nothing_found": Text(
        en="Nothing that can be graded was found in what you handed in:", ko="제출한 파일에서 채점할 것을 찾지 못했어요."
    ),
    "no_class": Text(en="no class that is asked for", ko="과제의 클래스가 없어요"),
    "flagged": Text(en="Looks like an attack on the grader", ko="채점기를 공격하는 것처럼 보이는 코드"),
    "flagged_note": Text(
        en="The sandbox held, and the points are what the network deserves. Students do not see this.",
        ko="샌드박스가 막았고, 점수는 네트워크만 보고 매겼어요. 학생에게는 보이지 않아요.",
    ),
    "nothing_to_review": Text(
        en="Everything was graded; nothing waits for a person.",
        ko="모두 채점했어요. 따로 확인할 것은 없어요.",
    ),
    "scores": Text(en="Scores", ko="점수표"),
    "student_id": Text(en="Student no.", ko="학번"),
    "student_name": Text(en="Name", ko="이름"),
    "no_students": Text(en="There is no submission in this run.", ko="이번 채점에는 제출물이 없어요."),
    "distribution": Text(en="Distribution", ko="점수 분포"),
    "distribution_note": Text(
        en="Only what was handed in and graded counts. Bars are tenths of the points; the last, darker one "
        "is full marks.",
        ko="제출되어 채점한 것만 세었어요. 막대 하나는 만점의 10분의 1 구간이고, 맨 오른쪽 진한 막대는 만점이에요.",
    ),
    "graded": Text(en="graded", ko="채점"),
    "mean": Text(en="mean", ko="평균"),
    "median": Text(en="median", ko="중앙값"),
    "histogram": Text(
        en="Students per tenth of the points, lowest first, then full marks: {0}",
        ko="점수 구간(10분의 1씩, 낮은 쪽부터)별 학생 수, 마지막은 만점: {0}",
    ),
    "mistakes": Text(en="Which mistakes were made", ko="자주 나온 실수"),
    "mistakes_note": Text(
        en="Failed checks by cause, the most frequent first. Checks that an earlier one blocked are not counted.",
        ko="실패한 검사를 원인별로 모아 많은 것부터 보여 줘요. 앞선 검사 때문에 보지 못한 검사는 세지 않았어요.",
    ),
    "code": Text(en="Code", ko="코드"),
    "message": Text(en="What the first student was told", ko="첫 학생에게 보인 설명"),
    "how_many": Text(en="Students", ko="학생"),
    "who": Text(en="Who", ko="해당 학생"),
    "no_mistakes": Text(en="No check failed.", ko="실패한 검사가 없어요."),
    # a student's page
    "student_title": Text(en="Lab results", ko="실습 채점 결과"),
    "graded_from": Text(en="Graded: class {0} in {1}", ko="채점한 코드: {1}의 클래스 {0}"),
    "trained_once": Text(
        en="Networks that compute the same are trained once, and the result counts for all of them.",
        ko="같은 계산을 하는 네트워크는 한 번만 학습시키고, 그 결과를 똑같이 적용해요.",
    ),
    "hint": Text(en="Think about it", ko="생각해 보기"),
    "mend_first": Text(en="Mend these first, in this order", ko="이 순서로 먼저 고쳐 보세요"),
    "repair": Text(en="what kept it from running", ko="실행을 막은 부분"),
    "asking": Text(en="Question number", ko="문의 번호"),
    "asking_note": Text(
        en="To ask about a finding, or to object to it, send course staff its question number.",
        ko="결과에 대해 묻거나 이의가 있으면 해당 항목의 문의 번호를 조교에게 알려 주세요.",
    ),
    "repaired": Text(en="Mended so that the rest could be judged", ko="고쳐서 채점한 제출물"),
    "repaired_note": Text(
        en="What did not run as it was handed in, and the edit after which it did. Students see the place and a question.",
        ko="제출한 그대로는 실행되지 않아서 아래처럼 고쳐서 채점했어요. 학생에게는 위치와 질문만 보여요.",
    ),
    "repairs_heading": Text(en="What kept it from running", ko="실행을 막은 부분"),
    "repairs_note": Text(
        en="The code does not run as it was handed in. It was mended at these places, in this order, so that the rest "
        "could be judged; each costs what it says.",
        ko="제출한 코드는 그대로는 실행되지 않아요. 나머지를 채점할 수 있도록 아래 부분을 차례로 고쳐서 채점했고, 부분마다 적힌 만큼 감점했어요.",
    ),
    "blanks_heading": Text(en="Blanks left empty", ko="비어 있는 빈칸"),
    "blanks_note": Text(
        en="What you wrote was judged as if these were filled; each costs what it says.",
        ko="아래 빈칸이 채워져 있다고 보고 나머지를 채점했고, 빈칸마다 적힌 만큼 감점했어요.",
    ),
    "place": Text(en="{0}, line {1}", ko="{0}, {1}번째 줄"),
    "all_layers": Text(en="Layer by layer", ko="층별로 보기"),
    "layer": Text(en="Layer", ko="층"),
    "expected": Text(en="Expected", ko="과제의 층"),
    "found": Text(en="Yours", ko="내 코드의 층"),
    "not_expected": Text(en="not asked for", ko="과제에 없음"),
    "not_found": Text(en="none", ko="없음"),
    "same": Text(en="same", ko="같음"),
    "different": Text(en="different", ko="다름"),
    "missing_heading": Text(
        en="Nothing was found to grade for this exercise.", ko="이 과제로 채점할 코드를 찾지 못했어요."
    ),
    "how_found": Text(
        en="To be graded here, a .py file or a notebook that you hand in has to define a class with this name "
        "(capitals count):",
        ko="제출한 .py 파일이나 노트북 안에 이 이름의 클래스가 있어야 채점할 수 있어요(대소문자까지 같아야 해요).",
    ),
    "or": Text(en="or", ko="또는"),
    "overridden": Text(
        en="Course staff changed the points from {0} to {1}. Reason: {2}",
        ko="조교가 점수를 {0}점에서 {1}점으로 고쳤어요. 이유: {2}",
    ),
    "decided": Text(
        en="Course staff gave {0} points. Reason: {1}",
        ko="조교가 {0}점을 줬어요. 이유: {1}",
    ),
    "settled": Text(en="settled by course staff", ko="조교가 정함"),
    "settled_note": Text(
        en="This check did not finish, and that was not your fault. Course staff decided the points themselves.",
        ko="이 검사는 채점기 문제로 끝나지 않아서, 조교가 직접 보고 점수를 정했어요.",
    ),
    "overridden_mark": Text(en="points given by a person", ko="조교가 정한 점수"),
    "review_heading": Text(
        en="A person will look at this exercise. Until then it has no points, and you lose none by it.",
        ko="이 과제는 조교가 직접 확인할 거예요. 그때까지 점수를 비워 둘 뿐, 이 일로 깎이는 점수는 없어요.",
    ),
    "grader_error_note": Text(
        en="This check did not finish, and that is not your fault. A person will look at it; you lose no points.",
        ko="이 검사는 채점기 문제로 끝나지 않았어요. 조교가 직접 확인할 거고, 깎이는 점수는 없어요.",
    ),
    "so_far": Text(
        en="so far; what a person still has to look at is not counted yet",
        ko="지금까지의 점수예요. 조교가 확인할 과제는 아직 더하지 않았어요",
    ),
    "lms_waiting": Text(
        en="pending until a person has looked at your submission", ko="조교가 확인한 뒤에 정해져요"
    ),
    "lms_late": Text(
        en="pending until it is known how late it was handed in", ko="얼마나 늦었는지 확인한 뒤에 정해져요"
    ),
    "lms_missing": Text(en="no score is entered: there is nothing to grade", ko="채점할 것이 없어 점수가 입력되지 않아요"),
    "files": Text(en="Files you handed in", ko="제출한 파일"),
    "no_files": Text(en="No .py file or notebook.", ko=".py 파일이나 노트북이 없어요."),
    "not_read": Text(en="Not used for grading", ko="채점에 쓰지 않은 파일"),
    "about_checks": Text(en="What the checks look at", ko="검사는 무엇을 보나요"),
    "skipped_checks_note": Text(
        en="A check marked “not reached” needs an earlier one to pass first: mend that one and it will run.",
        ko="‘아직 못 봄’인 검사는 앞의 검사를 통과해야 볼 수 있어요. 앞의 것부터 고치면 이어서 검사해요.",
    ),
}  # fmt: skip


def span(seconds: float, language: str) -> str:
    """A long time as people say it: "26 h 11 min", "3 d 2 h"; what has begun counts as whole minutes."""
    minutes = -(-round(seconds) // 60)
    days, hours, rest = minutes // 1440, minutes // 60, minutes % 60
    units = ("일", "시간", "분") if language == "ko" else (" d", " h", " min")
    long, short = [(days, units[0]), (hours % 24, units[1])], [(hours, units[1]), (rest, units[2])]
    parts = long if days >= 2 else short
    return " ".join(f"{amount}{unit}" for amount, unit in parts if amount)


def duration(seconds: float, language: str) -> str:
    """Seconds as people say them: "41 s", "12 min 3 s", "2 h 5 min"."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    units = ("시간", "분", "초") if language == "ko" else (" h", " min", " s")
    parts = [(hours, units[0]), (minutes, units[1]), (0 if hours else rest, units[2])]
    return " ".join(f"{amount}{unit}" for amount, unit in parts if amount) or f"0{units[2]}"

"""The words of `grader review`."""

from __future__ import annotations

from grader.records.base import Text

REVIEW_WORDS: dict[str, Text] = {
    "class": Text(en="Class", ko="전체"),
    "previous": Text(en="Previous", ko="이전"),
    "next": Text(en="Next", ko="다음"),
    "next_waiting": Text(en="Next that needs a person ({0})", ko="확인이 필요한 다음 학생 ({0}건)"),
    "points": Text(en="Points", ko="점수"),
    "reason": Text(en="Reason, as the student reads it", ko="이유 (학생에게 보여요)"),
    "by": Text(en="Decided by", ko="정한 사람"),
    "everybody": Text(en="for all {0} who computed the same network and were told the same", ko="같은 네트워크를 내고 같은 지적을 받은 {0}명 모두에게"),
    "members": Text(en="the other {0}, each with their own line", ko="나머지 {0}명과 각자의 줄"),
    "private": Text(
        en="Note for course staff; students never see it", ko="조교끼리 보는 메모 (학생에게는 보이지 않아요)"
    ),
    "save": Text(en="Save note", ko="메모 저장"),
    "decide": Text(en="Decide", ko="정하기"),
    "undo": Text(en="Take back", ko="되돌리기"),
    "whole": Text(en="Points for the exercise as a whole", ko="과제 전체 점수 정하기"),
    "of": Text(en="of {0}", ko="/ {0}"),
    "grader_gave": Text(en="The grader gave {0}.", ko="채점기가 준 점수: {0}"),
    "grader_unsure": Text(en="The grader could not judge it.", ko="채점기가 판정하지 못했어요."),
    "sources": Text(en="What was handed in", ko="제출한 코드"),
    "as_seen": Text(en="As its author saw it, with outputs: {0}", ko="작성자가 보던 그대로(출력 포함): {0}"),
    "others": Text(en="Other files", ko="그 밖의 파일"),
    "no_sources": Text(
        en="This run kept no sources; grade once more with `grader run` to read them here.",
        ko="이 채점에는 코드가 보관되어 있지 않아요. `grader run`을 한 번 더 실행하면 여기에서 읽을 수 있어요.",
    ),
    "reasons": Text(en="Reasons given before; press the digit to use one", ko="앞서 적은 이유 (숫자 키로 골라 쓰기)"),
    "keys": Text(
        en="Keys: n, p next and previous student · j, k next and previous form · 1–9 a reason from the list · Enter decide",
        ko="단축키: n, p 다음·이전 학생 · j, k 다음·이전 칸 · 1–9 이유 고르기 · Enter 정하기",
    ),
    "changed": Text(
        en="overrides.yaml was changed by somebody else meanwhile. Nothing was written. This is how it stands now; decide again.",
        ko="그사이 다른 사람이 overrides.yaml을 고쳤어요. 아무것도 쓰지 않았고, 지금 내용은 아래와 같아요. 다시 정해 주세요.",
    ),
    "reason_missing": Text(en="A decision needs a reason: the student reads it.", ko="이유를 적어 주세요. 학생이 읽게 돼요."),
    "all_done": Text(en="Nothing waits for a person any more.", ko="확인할 것이 더 없어요."),
    "still_unmatched": Text(
        en="Not in the class list, to be settled there: {0}.", ko="명단에서 찾지 못한 제출물이 남아 있어요: {0}."
    ),
    "still_unmeasured": Text(
        en="Late, and nothing says by how much; to be settled in course.yaml: {0}.",
        ko="얼마나 늦었는지 모르는 제출물이 남아 있어요. course.yaml에서 정해 주세요: {0}.",
    ),
    "then": Text(
        en="The decisions are in overrides.yaml; `grader report` or `grader export` brings pages and scores up to date.",
        ko="정한 내용은 overrides.yaml에 있어요. `grader report`나 `grader export`를 실행하면 페이지와 점수에 반영돼요.",
    ),
    "finish": Text(en="Finish the review", ko="마치기"),
    "goodbye": Text(en="Finished. This page can be closed.", ko="마쳤어요. 이 창은 닫아도 돼요."),
    "found_none": Text(en="No finding has the question number {0}.", ko="문의 번호 {0}에 해당하는 항목이 없어요."),
    "found_several": Text(en="Findings with this question number:", ko="이 문의 번호의 항목:"),
    "line": Text(en="{0}, line {1}", ko="{0}, {1}번째 줄"),
}  # fmt: skip

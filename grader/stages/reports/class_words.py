"""The words of the class page's filters and of what it says of the exercises."""

from __future__ import annotations

from grader.records.base import Text

CLASS_WORDS: dict[str, Text] = {
    "compare_title": Text(en="Two runs compared", ko="두 채점 비교"),
    "compare_summary": Text(
        en="Exercises with other points: {0}; the same: {1}; the same points for other reasons: {2}.",
        ko="점수가 바뀐 과제 {0}건, 그대로인 과제 {1}건, 점수는 같지만 이유가 바뀐 과제 {2}건이에요.",
    ),
    "before": Text(en="before", ko="전"),
    "after": Text(en="after", ko="후"),
    "difference": Text(en="difference", ko="차이"),
    "why": Text(en="why", ko="이유"),
    "walk": Text(en="Decide what needs a person: {0}", ko="확인이 필요한 것부터 차례로: {0}건"),
    "finish": Text(en="Finish", ko="마치기"),
    "find": Text(en="Question number", ko="문의 번호"),
    "search": Text(en="Search", ko="검색"),
    "standing": Text(en="Who", ko="학생"),
    "section": Text(en="Section", ko="분반"),
    "no_section": Text(en="none", ko="분반 없음"),
    "whole_class": Text(en="the whole class", ko="전체 보기"),
    "and_more": Text(en="and {0} more", ko="외 {0}명"),
    "everybody": Text(en="everybody", ko="전체"),
    "any": Text(en="any", ko="전체"),
    "finding": Text(en="Finding", ko="지적 사항"),
    "same_network": Text(en="Same network", ko="같은 네트워크"),
    "at_least": Text(en="total of at least", ko="총점 최소"),
    "at_most": Text(en="total of at most", ko="총점 최대"),
    "clear_filters": Text(en="Clear", ko="초기화"),
    "shown": Text(en="{0} of {1} students", ko="{1}명 중 {0}명"),
    "none_shown": Text(en="Nobody fits these filters.", ko="조건에 맞는 학생이 없어요."),
    "previous": Text(en="Previous", ko="이전"),
    "next": Text(en="Next", ko="다음"),
    "tag_review": Text(en="needs a person", ko="확인 필요"),
    "tag_late": Text(en="late", ko="늦은 제출"),
    "tag_repaired": Text(en="has a repaired slip", ko="고쳐서 채점한 코드"),
    "tag_changed": Text(en="has a person's points", ko="조교가 점수를 정함"),
    "tag_absent": Text(en="handed in nothing", ko="제출 없음"),
    "unequal": Text(en="Same network, other score", ko="같은 네트워크인데 점수가 다른 학생"),
    "unequal_changed": Text(en="changed by a person:", ko="조교가 고침:"),
    "unequal_others": Text(en="the same network, without it:", ko="같은 네트워크지만 그대로:"),
    "shared": Text(en="Wrong networks that several share and nobody has named", ko="여러 학생이 똑같이 틀린, 이름 없는 네트워크"),
    "shared_note": Text(
        en="When many compute the same thing that is not the exercise's, the handout may not be clear. A catalogue "
        "entry gives them all a message and a price of their own.",
        ko="여러 학생이 똑같이 다르게 계산했다면 안내문이 분명하지 않은 것일 수 있어요. 오답 목록에 적어 두면 모두에게 알맞은 "
        "설명과 점수를 줄 수 있어요.",
    ),
    "shared_by": Text(en="{0} hand-ins: is the handout clear?", ko="{0}명이 똑같이 냈어요. 안내문은 분명한가요?"),
    "shared_network": Text(en="The network", ko="네트워크 그림"),
    "draft": Text(en="Draft of a catalogue entry", ko="오답 목록 항목 초안"),
    "check_figures": Text(en="Checks", ko="검사별 통계"),
    "check_figures_note": Text(
        en="Earned: the mean share of the points. Discrimination: correlation with the points of the other checks; near 0, "
        "the check does not tell strong from weak hand-ins.",
        ko="평균 득점: 배점 가운데 평균적으로 받은 비율. 변별도: 다른 검사 점수와의 상관계수로, 0에 가까우면 잘한 제출과 그렇지 않은 제출을 "
        "가려내지 못하는 검사예요.",
    ),
    "judged": Text(en="judged", ko="채점"),
    "earned": Text(en="earned", ko="평균 득점"),
    "discrimination": Text(en="discrimination", ko="변별도"),
    "training_list": Text(en="Training runs", ko="학습 목록"),
    "training_list_note": Text(
        en="{0} runs served {1} hand-ins: what computes the same is trained once.",
        ko="제출 {1}개를 {0}번의 학습으로 채점했어요. 같은 계산을 하는 네트워크는 한 번만 학습해요.",
    ),
    "last_loss": Text(en="loss at the end", ko="마지막 손실"),
    "accuracy": Text(en="accuracy", ko="정확도"),
}  # fmt: skip

"""The words around the pictures of networks and trainings."""

from __future__ import annotations

from grader.records.base import Text

FIGURE_WORDS: dict[str, Text] = {
    "network": Text(en="Your network, as it was computed", ko="내 네트워크 그림"),
    "network_repaired": Text(en="Your network, with the repairs", ko="고친 뒤의 네트워크 그림"),
    "network_label": Text(
        en="Diagram of the network from the input at the top to the output, with the shape of each tensor",
        ko="위의 입력에서 아래의 출력까지 네트워크를 그린 그림. 화살표 옆은 텐서의 모양이에요.",
    ),
    "mark_parts": Text(
        en="here it leaves the exercise's network: the input is right, the result is not",
        ko="여기서부터 과제의 네트워크와 달라요. 들어온 값은 맞는데 나온 값이 달라요",
    ),
    "mark_behind": Text(
        en="other values because of what came before; this step itself may be right",
        ko="앞에서 달라진 값이 이어진 부분이에요. 이 단계 자체는 맞을 수도 있어요",
    ),
    "mark_unused": Text(
        en="computed, but it never reaches the output", ko="계산은 했지만 출력까지 이어지지 않아요"
    ),
    "mark_stopped": Text(en="here Python stopped with an error", ko="여기서 오류가 나서 멈췄어요"),
    "training": Text(en="Training: loss, and test accuracy at the end", ko="학습 과정: 손실과 마지막 테스트 정확도"),
    "training_label": Text(
        en="Training loss from {0:.2f} to {1:.2f} in {2} steps; test accuracy at the end {3}%",
        ko="{2}번 학습하는 동안 손실 {0:.2f}에서 {1:.2f}(으)로, 마지막 테스트 정확도 {3}%",
    ),
    "key_own": Text(en="yours:", ko="내 네트워크:"),
    "key_start": Text(en="the base network:", ko="기본 네트워크:"),
    "key_class": Text(
        en="the class ({0} networks; the middle eight tenths)", ko="우리 반 {0}개 네트워크 (가운데 80%)"
    ),
    "key_limit": Text(en="needed: loss {0} or less, accuracy {1}% or more", ko="통과 기준: 손실 {0} 이하, 정확도 {1}% 이상"),
    "key_calibrated": Text(
        en="a correct network: {0}% ± {1} over {2} trainings", ko="올바른 네트워크를 {2}번 학습한 결과: {0}% ± {1}"
    ),
    "key_guess": Text(en="guessing", ko="찍었을 때"),
}  # fmt: skip

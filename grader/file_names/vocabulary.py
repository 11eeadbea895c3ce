"""Words of courses, files and departments, which are nobody's name; and what names begin with."""

from __future__ import annotations

import re
from functools import lru_cache

_HANGUL = """과제 제출 제출물 제출용 제출본 제출파일 주차 실습 실습과제 숙제 레포트 리포트 보고서 머신러닝 기계학습
    딥러닝 인공지능 컴퓨터비전 영상처리 신경망 합성곱 최종 최최종 수정 완성 진짜 진짜최종 찐최종 마지막 복사
    복사본 사본 원본 폴더 파일 코드 모델 구조 선언 학생 학번 이름 성명 분반 오전반 오후반 주간 야간 기말
    중간 시험 강의 수업 문제 정답 연습 자료 추가 재제출 다시 지각 늦음 늦은 압축 소스 부록 첨부 스킵 덴스
    어텐션 채널 커넥션 베이스 콤보 제목 없음 제목없음 데이터 결과 테스트 학습 전체 전부 이전 예전 옛날 백업
    임시 신규 구버전 버전 노트북 노트 메일 메일로 이메일 카톡 정시 기한 마감 대학교 학년 학기 년도 조교 교수
    교수님 선생님 연장 잔차 연결 잔차연결 스킵연결 밀집 밀집연결 주의 집중 채널주의 기본 기초 심화 응용 종합
    조합 네트워크 네트웍 블록 레이어 가중치 그림 이미지 사진 문서 질문 답안 답변 풀이 해설 예제 예시 템플릿
    양식 서식 공지 공지사항 안내 참고 참고자료 점수 채점 평가 내용 정리 요약 발표 기타 모음 모두 모둠 조별
    팀별 개인 공동 팀과제 프로젝트 입니다 합니다 드립니다 에게 에서 으로 정상 오류 에러 해결 개선 개선판
    확인 확인용 검토 실험 비교 학부 학과 전공 컴공 전자 전기 통계 수학 물리 산공 경영 정보 소프트웨어
    데이터사이언스 과목 교과 담당 회차 번째 한글 재수강 청강 수강 수강생 휴학 복학 편입 복수전공 부전공
    교환학생 외국인 반장 총무 대표 취합 일괄 일괄제출 보강 과정 유형 코드파일 소스코드 결과물 산출물 구현
    함수 클래스 변수 오전 오후 새벽 어제 오늘 내일 파이썬 파이토치 토치 코랩 주피터 깃허브 구글 드라이브
    캔버스 무들 이러닝 사이버캠퍼스 사캠 이클래스 블랙보드""".split()  # noqa: SIM905
_ENDINGS = frozenset("판본용물의로를을은는이가와과별개님씨군양")
"""Syllables that stand behind such a word, never alone: "제출용", "과제의"."""
_DEPARTMENT = re.compile(
    r"[가-힣]{2,}(?:학과|학부|전공|대학|대학원|학번|계열|교육과|공학|융합)|[가-힣]{3,}과"
)
_LATIN = frozenset(
    """skip dense ca combo base vgg vggnet model models week wk lab labs hw hws homework assignment assignments
    report final finals real really last submit submitted submission submissions ml dl ai cv machine
    learning deep copy of untitled notebook notebooks main test tests train training trainer cnn cifar
    cifar10 pytorch torch code codes source src ver version versions fix fixed new old older latest late
    channel attention attn net network networks nets resnet densenet senet se block blocks layer layers
    connection connections my answer answers solution solutions template templates practice exercise
    exercises ex task tasks project projects prj python file files the and backup backups bak edit edited
    resubmit resubmitted resubmission student students colab draft cse class classes section sections sec
    group groups team teams midterm exam data dataset datasets util utils helper helpers tmp temp out output
    outputs result results runs log logs images image img figures plots docs doc readme notes note attempt
    attempts try retry download downloads upload uploads uploaded online text onlinetext mine other others
    work works working done complete completed finished begin start starter original orig org residual
    concat concatenation squeeze excite excitation gate pool pooling conv convs module modules feature
    features forward init config configs cfg settings script scripts lib libs common misc stuff extra
    appendix part problem problems question questions q quiz course courses fall spring summer winter
    semester term university univ dept department college school on time ontime overdue delayed revised
    revision rev correct corrected improved experiment experiments exp demo example examples sample samples
    eval evaluation loss optimizer run skipconnection residuals vision image classification classifier
    computer science lecture lectures tutorial hand handed handin zip zipped archive archives folder
    directory anon anonymous participant submissionfile assignsubmission mail email emailed by from for with
    in to this is it v vgg16 vgg19 vggs model1 no name none null python3 ipynb py version1 trial archive1
    newest current previous prev before after first second third""".split()  # noqa: SIM905
)
_JOINED = frozenset(w for w in _LATIN if len(w) >= 3) | {"my", "ca"}

SURNAMES = frozenset(
    """김 이 박 최 정 강 조 윤 장 임 한 오 서 신 권 황 안 송 류 유 전 홍 고 문 양 손 배 백 허 남 심 노 하 곽 성
    차 주 우 구 나 민 진 지 엄 채 원 천 방 공 현 함 변 염 여 추 도 소 석 선 설 마 길 연 위 표 명 기 반 라 왕
    금 옥 육 인 맹 제 모 탁 국 어 은 편 용 예 경 봉 사 부 가 복 태 목 형 피 두 감 음 빈 동 온 호 범 좌 팽 승
    간 상 갈 시 단 견 당 화""".split()  # noqa: SIM905
)
_DOUBLE = ("남궁", "황보", "제갈", "선우", "사공", "독고", "서문", "동방", "어금", "망절")
ROMAN_SURNAMES = frozenset(
    """kim gim lee yi rhee park bak pak choi choe jung jeong chung kang gang cho jo yoon yun jang chang lim im
    han oh seo suh shin sin kwon gwon hwang ahn an song ryu yoo yu you jeon chun hong ko go moon mun yang
    son bae baek paik heo hur nam shim sim noh roh ha kwak sung seong cha joo ju woo koo goo gu na ra min
    jin ji eom um chae won bang gong hyun ham byun yeom choo chu do so seok nguyen tran pham wang li zhang
    chen liu wu zhao huang zhou sato suzuki tanaka smith garcia singh kumar""".split()  # noqa: SIM905
)

_WORDS = frozenset(_HANGUL)


@lru_cache(maxsize=8192)
def is_course_word(word: str) -> bool:
    """Whether a word (Hangul or Latin, digits behind it aside) is of the course, of files or of a department."""
    word = re.sub(r"\d+$", "", word)
    if not word:
        return True
    if "가" <= word[0] <= "힣":
        return len(word) == 1 or bool(_DEPARTMENT.fullmatch(word)) or _made_of(word, _WORDS)
    lower = word.lower()
    if len(lower) == 1 or lower in _LATIN or _made_of(lower, _JOINED):
        return True
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", word)
    return len(parts) > 1 and all(part.lower() in _LATIN for part in parts)


def _made_of(word: str, words: frozenset[str]) -> bool:
    """Whether a word is nothing but words of the table, one behind the other."""
    reached = {0}
    for end in range(1, len(word) + 1):
        if any(start in reached and word[start:end] in words for start in range(max(0, end - 12), end)) or (
            end - 1 in reached and end > 1 and words is _WORDS and word[end - 1] in _ENDINGS
        ):
            reached.add(end)
    return len(word) in reached


@lru_cache(maxsize=8192)
def korean_name(word: str) -> str:
    """The name that a Hangul word is, or holds between course words ("김서준과제", "김서준님"); else ""."""
    if not 2 <= len(word) <= 12 or is_course_word(word):
        return ""
    word = word.removesuffix("님")
    if _like_a_name(word):
        return word
    for start in range(len(word)):
        for end in range(len(word), start + 1, -1):
            middle = word[start:end]
            if middle != word and 3 <= len(middle) <= 4 and _like_a_name(middle):
                before, after = word[:start], word[end:]
                if (not before or _made_of(before, _WORDS)) and (not after or _made_of(after, _WORDS)):
                    return middle
    return ""


def _like_a_name(word: str) -> bool:
    if word.startswith(_DOUBLE):
        return 3 <= len(word) <= 5
    return word[0] in SURNAMES and 2 <= len(word) <= 4

"""What a slip costs, in percent of the exercise, where `course.yaml` says nothing else.

From three careful readings of wrong submissions, blind to the grader's points: a slip of the hand costs
what a slip is worth, a number that shows that the shapes were not thought through costs more
(docs/decisions has the reasoning).
"""

from __future__ import annotations

PRICES: dict[str, float] = {
    "odd-characters": 4, "quote": 4, "colon": 4, "comma": 4, "bracket": 5, "stray-character": 4, "print-statement": 4,
    "shell-line": 4, "comparison": 5, "assignment": 6, "comma-for-full-stop": 5, "keyword-misspelt": 5, "pasted-marks": 5, "tabs-mixed": 5, "indentation": 5,
    "not-python": 6, "operator-missing": 6, "merge-markers": 8, "unfinished-line": 9, "body-missing": 12,
    "broken-statement": 12, "broken-statement-aside": 4,
    "class-name": 5, "import-missing": 5, "name-misspelt": 5, "self-missing": 5, "attribute-misspelt": 5,
    "torch-name-misspelt": 5, "init-misspelt": 5, "argument-misspelt": 5, "super-wrong": 5, "self-argument": 6,
    "self-too-many": 6, "method-misspelt": 5, "method-outside-class": 6, "base-missing": 8, "argument-missing": 8,
    "return-missing": 8, "several-returned": 8, "call-form": 8, "call-missing": 8, "class-not-at-top": 9,
    "super-forgotten": 10, "constructor-arguments": 12, "name-unknown": 12, "used-before-made": 13, "returned-early": 13,
    "padding-missing": 9, "view-numbers": 11, "outputs-number": 11, "kernel-size": 14, "wrong-dtype": 14,
    "dimensions-missing": 15, "channels-declared": 16, "features-declared": 16, "wrong-tensor": 16, "wrong-dimension": 17,
    "stride-wrong": 19, "batch-written": 19, "flatten-missing": 20,
    "plots": 11, "module-absent": 10, "weights-absent": 14, "surroundings": 14, "asks-somebody": 14, "ends-itself": 8,
}  # fmt: skip

"""What must not come of running files whole: full marks for what the student's own run would not have had."""

from __future__ import annotations

from pathlib import Path

import pytest
from ladder.hard_to_cut import cases, write_out
from mending import judged_of

from grader.class_work import read_submissions
from grader.ladder import is_full
from grader.records.judgement import Judgement

RIGHT = cases()["settings_json"].files["skip.py"]
HEAD, CLASS = RIGHT.partition("class VGG_SKIP")[::2]
NUMBERS = "H, C = cfg['hidden'], cfg['classes']\n"
WITHOUT_FILE = HEAD.replace(NUMBERS, "").partition("import json")[0]
assert NUMBERS in HEAD


def judged(folder: Path, source: str, **files: str) -> Judgement:
    write_out(folder / "20231234", {"skip.py": source, **{k.replace("_", "."): v for k, v in files.items()}})
    (submission,) = read_submissions(folder)
    found = judged_of(submission, "skip")
    assert found is not None
    return found


def class_with(numbers: str, after: str = "") -> str:
    return f"{WITHOUT_FILE}{numbers}\nclass VGG_SKIP{CLASS}{after}"


def test_the_file_is_right_to_begin_with(tmp_path: Path) -> None:
    found = judged(tmp_path, RIGHT, cfg_json='{"hidden": 512, "classes": 10}')

    assert is_full(found) and not found.repairs


def test_wrong_numbers_in_a_file_are_no_full_marks(tmp_path: Path) -> None:
    found = judged(tmp_path, RIGHT, cfg_json='{"hidden": 500, "classes": 10}')

    assert found.unsure is not None


def test_a_value_is_not_taken_from_before_the_line_that_failed_to_replace_it(tmp_path: Path) -> None:
    numbers = "import json\nA = 512\nA = json.load(open('not_there.json'))\nH, C = globals()['A'], 10"
    found = judged(tmp_path, class_with(numbers))

    assert found.unsure is not None and "`A`" in found.unsure.en


def test_a_dictionary_is_not_used_without_the_update_that_failed(tmp_path: Path) -> None:
    numbers = "import json\nCFG = dict(h=500, c=10)\nCFG.update(json.load(open('not_there.json')))\n"
    found = judged(
        tmp_path, class_with(numbers).replace("4096, H", "4096, CFG['h']").replace("(H, 256", "(CFG['h'], 256")
        .replace("256, C)", "256, CFG['c'])"),
    )  # fmt: skip

    assert found.unsure is not None and "`CFG`" in found.unsure.en


def test_a_class_is_not_used_that_a_later_failing_one_was_to_replace(tmp_path: Path) -> None:
    again = "\n\nclass VGG_SKIP(nn.Module):\n    sizes = open('not_there.txt').read()\n    def forward(self, x):\n        return x\n"
    found = judged(tmp_path, class_with("H, C = 512, 10", after=again))

    assert not is_full(found)


@pytest.mark.parametrize(
    "value", ["settings.HIDDEN", "int(settings.HIDDEN)", "settings.sizes['h']", "len(settings.classes)"]
)
def test_a_stand_in_makes_no_number_up(value: str, tmp_path: Path) -> None:
    found = judged(tmp_path, class_with(f"import ml_collections as settings\nH, C = {value}, 10"))

    assert found.unsure is not None and "`ml_collections`" in found.unsure.en


def test_what_a_missing_module_of_the_students_own_would_do_to_the_network_is_for_a_person(
    tmp_path: Path,
) -> None:
    source = class_with("H, C = 512, 10\nimport patches").replace(
        "        self.pool = ", "        patches.apply(self)\n        self.pool = "
    )
    found = judged(tmp_path, source)

    assert found.unsure is not None and "patches" in found.unsure.en


def test_a_class_under_a_missing_decorator_is_for_a_person(tmp_path: Path) -> None:
    found = judged(
        tmp_path,
        class_with("H, C = 512, 10\nimport munch").replace("class VGG_SKIP", "@munch.made\nclass VGG_SKIP"),
    )

    assert found.unsure is not None and "munch" in found.unsure.en


def test_a_wrong_network_that_is_given_another_layer_once_it_is_made_is_for_a_person(tmp_path: Path) -> None:
    source = class_with(
        "H, C = 500, 10",
        after="\nnet = VGG_SKIP()\nnet.fc1 = nn.Linear(4096, 512)\nnet.fc2 = nn.Linear(512, 256)\n",
    )
    found = judged(tmp_path, source)

    assert found.unsure is not None


def test_a_wrong_network_whose_weights_are_set_once_it_is_made_is_judged(tmp_path: Path) -> None:
    source = class_with(
        "H, C = 500, 10",
        after="\nnet = VGG_SKIP()\nnet.fc1.bias.data = torch.zeros(500)\nnet.name = 'mine'\n",
    )
    found = judged(tmp_path, source)

    assert found.unsure is None and not is_full(found)


def test_torchs_settings_of_the_file_do_not_reach_the_network(tmp_path: Path) -> None:
    state = "torch.nn.modules.module.register_module_forward_hook(lambda *a: a[2] * 2)\ntorch.set_default_device('meta')\ntorch.set_grad_enabled(False)\n"
    found = judged(
        tmp_path, class_with(f"import json\nH, C = json.load(open('c.json'))\n{state}"), c_json="[512, 10]"
    )

    assert is_full(found) and not found.repairs

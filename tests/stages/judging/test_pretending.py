"""What only pretends earns little; what starts in an unusual way and learns earns everything."""

from __future__ import annotations

import re

import pytest
from tracing import IMAGE, excerpt_of, exercise, sandbox

from grader.course import default_root, read_course
from grader.records.findings import Verdict
from grader.stages.capture import capture
from grader.stages.judging import judge
from grader.stages.scoring import findings, graded
from grader.stages.scoring.naming import named

COURSE = read_course(default_root())


def graded_static(source: str, name: str) -> tuple[float, list[str]]:
    """Points of 100 in a static run, and the codes of what failed."""
    assignment, reference = exercise(name)
    start = exercise(assignment.builds_on)[1] if assignment.builds_on else None
    excerpt = excerpt_of(source, assignment.classes[0])
    found = judge(capture(excerpt, IMAGE, sandbox().run), excerpt, assignment, reference, start)
    told: tuple[Verdict, ...] = named(found.verdicts, COURSE[name].catalogue.get(found.fingerprint or "", ()))
    result = graded(findings(told, assignment, "static", COURSE[name].prices), assignment, "static")
    assert result.points is not None
    return 100 * result.points / result.max_points, [v.code for v in told if v.outcome == "failed"]


def edited(name: str, pattern: str, new: str) -> str:
    """The solution with every match of a pattern replaced."""
    text, count = re.subn(pattern, new, COURSE[name].solution)
    assert count, pattern
    return text


SKIPS = r"out = out \+ (self\.relu\(self\.conv_skip\d\(block_in\)\))"
CAT = r"torch\.cat\(\[block_in, out\], dim=1\)"
GATE = r"out = out \* gate"
LAST = r"return self\.fc3\(out\)"


@pytest.mark.parametrize(
    ("name", "pattern", "new"),
    [
        ("skip", SKIPS, r"out = out + 0 * \1"),
        ("skip", SKIPS, r"out = out + torch.zeros_like(out) * \1"),
        ("skip", SKIPS, r"out = out + nn.functional.dropout(\1, 1.0, self.training)"),
        ("skip", SKIPS, r"out = out + torch.relu(-\1)"),
        ("skip", SKIPS, r"out = out + \1.clamp(0, 0)"),
        ("skip", SKIPS, r"s = \1; out = out + s * (s > 1e12)"),
        ("skip", SKIPS, r"s = \1; out = out + s - s"),
        ("skip", SKIPS, r"s = \1; out = out + torch.zeros_like(s)"),
        ("dense", CAT, "torch.cat([block_in * 0, out], dim=1)"),
        ("dense", CAT, "torch.cat([torch.zeros_like(block_in), out], dim=1)"),
        ("ca", GATE, "out = out * (gate > 1)"),
        ("ca", GATE, "out = out * (gate * 0 + 1)"),
        ("ca", GATE, "out = out * (gate - gate + 0.5)"),
        ("ca", GATE, "out = out * torch.ones_like(gate)"),
        ("skip", LAST, "return self.fc3(out) * 0"),
        ("skip", LAST, "return self.fc3(torch.zeros_like(out))"),
        ("ca", LAST, "self.fc3(out); return torch.zeros(len(x), 10)"),
        ("combo", LAST, "self.fc3(out); return torch.zeros(len(x), 10)"),
    ],
)
def test_a_network_that_only_pretends_earns_little(name: str, pattern: str, new: str) -> None:
    points, codes = graded_static(edited(name, pattern, new), name)
    assert points <= 50, codes


@pytest.mark.parametrize(
    ("pattern", "new", "missing"),
    [
        (r"out = out \+ self\.relu\(self\.conv_skip\(block_in\)\)", "out = out + 0 * self.relu(self.conv_skip(block_in))", "missing-skip"),
        (r"torch\.cat\(\[(\w+), (\w+)\], dim=1\)", r"torch.cat([\1 * 0, \2], dim=1)", "missing-dense"),
        (GATE, "out = out * (gate * 0 + 1)", "missing-gate"),
        (GATE, "out = out * (gate > 2)", None),
    ],
)  # fmt: skip
def test_a_component_of_an_open_design_that_joins_nothing_is_missing(
    pattern: str, new: str, missing: str | None
) -> None:
    points, codes = graded_static(edited("combo", pattern, new), "combo")
    assert points < 80 and (missing is None or missing in codes), (points, codes)


INIT = "\n        for n, p in self.named_parameters():\n            {}\n\n    def forward("


def started(name: str, line: str) -> str:
    """The solution with its own starting weights: `line` is run for every parameter `p`, called `n`."""
    return edited(name, r"\n    def forward\(", INIT.format(line))


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("base", "nn.init.constant_(p, 0)"),
        ("skip", "nn.init.constant_(p, 0) if p.dim() > 1 else None"),
        ("skip", "nn.init.constant_(p, 0.01)"),
        ("dense", "nn.init.ones_(p) if p.dim() > 1 else nn.init.zeros_(p)"),
        ("dense", "nn.init.constant_(p, -1e6) if n == 'conv2_2.bias' else None"),
        ("skip", "nn.init.constant_(p, -1e6) if 'conv_skip' in n and 'bias' in n else None"),
        ("ca", "nn.init.constant_(p, -1e6) if n == 'gate_conv1.bias' else None"),
        ("base", "nn.init.constant_(p, -0.1) if p.dim() > 1 else nn.init.zeros_(p)"),
        ("combo", "nn.init.constant_(p, 0)"),
    ],
)  # fmt: skip
def test_starting_weights_from_which_nothing_is_learned_cost(name: str, line: str) -> None:
    points, codes = graded_static(started(name, line), name)
    assert codes == ["cannot-learn"]
    assert points <= 75


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("base", "nn.init.kaiming_normal_(p) if p.dim() > 1 else nn.init.zeros_(p)"),
        ("skip", "nn.init.kaiming_uniform_(p, nonlinearity='relu') if p.dim() > 1 else nn.init.constant_(p, 0.1)"),
        ("dense", "nn.init.xavier_uniform_(p) if p.dim() > 1 else nn.init.zeros_(p)"),
        ("ca", "nn.init.normal_(p, 0, 0.01) if p.dim() > 1 else nn.init.constant_(p, 0)"),
        ("base", "nn.init.orthogonal_(p) if p.dim() > 1 else nn.init.uniform_(p, -0.5, 0.5)"),
        ("skip", "nn.init.trunc_normal_(p, std=0.02) if p.dim() > 1 else nn.init.ones_(p)"),
        ("dense", "nn.init.normal_(p, 0, 1e-4) if n == 'fc3.weight' else None"),
        ("ca", "nn.init.zeros_(p) if n.startswith('fc3') else None"),
        ("ca", "nn.init.constant_(p, 3.0) if n == 'gate_conv2.bias' else None"),
        ("ca", "nn.init.zeros_(p) if n == 'gate_conv2.weight' else None"),
        ("base", "nn.init.uniform_(p, -0.05, 0.2) if n == 'conv1_1.weight' else None"),
        ("combo", "nn.init.zeros_(p) if 'gate' in n and 'bias' in n else None"),
    ],
)  # fmt: skip
def test_starting_weights_that_learn_cost_nothing(name: str, line: str) -> None:
    assert graded_static(started(name, line), name) == (100.0, [])


def test_a_factor_that_starts_at_zero_is_a_part_of_an_open_design() -> None:
    source = edited(
        "combo", r"out = out \+ (self\.relu\(self\.conv_skip\(block_in\)\))", r"out = out + self.gamma * \1"
    )
    source = source.replace(
        "        self.sigmoid = nn.Sigmoid()\n",
        "        self.sigmoid = nn.Sigmoid()\n        self.gamma = nn.Parameter(torch.zeros(1))\n",
    )
    assert graded_static(source, "combo") == (100.0, [])

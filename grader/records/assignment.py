"""An exercise as the instructor wrote it: `assignments/<name>/assignment.yaml` and its calibration."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from grader.records.base import Record, Text
from grader.records.findings import CHECKS, CheckName

Positive = Annotated[int, Field(gt=0)]


class Recipe(Record):
    """How a network is trained and evaluated.

    A `balanced` recipe draws every batch with the same number of images of each class, so that a
    network that does not look at its images cannot get below ln(classes) on any batch. How long it
    takes is given as `steps` or as `epochs`, never both.
    """

    steps: Positive | None = None
    """Optimizer updates."""
    epochs: Positive | None = None
    """Rounds through the training images, each in an order of its own; what does not fill a batch at
    the end of a round is left out."""
    batch_size: Positive
    """Images per update."""
    optimizer: Literal["adam", "sgd"]
    learning_rate: Annotated[float, Field(gt=0)]
    start: Literal["he", "pytorch"]
    """Starting weights: He et al. 2015 with zero biases and a small last layer, or torch's default."""
    schedule: Literal["constant", "linear"] = "constant"
    """Learning rate over the run; linear: from `learning_rate` down to 0."""
    balanced: bool = True
    test_images: Positive | Literal["all"] = 2000
    """Images of the test split that the accuracy is measured on (the first ones)."""

    def updates(self, images: int) -> int:
        """Optimizer updates in all, with so many training images."""
        return self.steps or (self.epochs or 0) * self.updates_per_epoch(images)

    def updates_per_epoch(self, images: int) -> int:
        """Whole batches in one round through the training images; at least one."""
        return max(1, images // self.batch_size)

    def tested(self, images: int) -> int:
        """Test images that are used where there are so many."""
        return images if self.test_images == "all" else min(self.test_images, images)

    @model_validator(mode="after")
    def _says_how_long(self) -> Recipe:
        if (self.steps is None) == (self.epochs is None):
            raise ValueError("a recipe has either steps or epochs")
        return self

    @model_validator(mode="after")
    def _batch_holds_every_class(self) -> Recipe:
        if self.balanced and self.batch_size % 10:
            raise ValueError("a balanced batch_size must be a multiple of the 10 classes")
        return self


Component = Literal["skip", "dense", "gate"]
"""A skip addition, a dense concatenation, a channel gate."""


class OpenDesign(Record):
    """What a network of free design must have, whatever else is in it."""

    components: tuple[Component, ...]
    """At least one of each."""
    blocks: tuple[tuple[Positive, ...], ...]
    """Output channels of the base convolutions, block by block; a 2×2 pooling follows each block."""
    pooling: Literal["max", "average"]
    classifier: tuple[Positive, ...]
    """Outputs of the fully connected layers."""


class PublicCheck(Record):
    """What students can find out with their own check, before they hand in."""

    equality: bool = True
    """Whether the network is the exercise's."""
    mistakes: tuple[str, ...] | Literal["all", "common"] = "common"
    """Codes of the known mistakes that it names; of networks with several mistakes, none. "common": those
    that `misconceptions.py` calls so."""


Sides = Annotated[tuple[Positive, ...], Field(min_length=1, max_length=3)]
"""Shape of one image's tensor, without the batch: channels, height, width, or features."""


class LayerTerms(Record):
    """What the handout says of a layer that a blank asks for."""

    takes: Sides
    gives: Sides

    @model_validator(mode="after")
    def _as_many_sides(self) -> LayerTerms:
        if len(self.takes) != len(self.gives):
            raise ValueError("takes and gives must have equally many numbers")
        return self


class BlankTerms(Record):
    """What a blank of the template asks for, as its hint says it, and what it is worth.

    A blank either makes layers or is a step of `forward`, from the names that it reads to those that it makes.
    """

    worth: Annotated[float, Field(gt=0, le=100)]
    """Percent of the exercise that is not earned where it is left empty."""
    layers: dict[str, LayerTerms] = Field(default_factory=dict)
    """Attributes of the module, by name."""
    reads: tuple[str, ...] = ()
    makes: dict[str, Sides] = Field(default_factory=dict)
    """Names with the shape of what they hold afterwards."""
    own_layers: bool = False
    """It makes layers whose names and sizes are the student's to choose."""

    @model_validator(mode="after")
    def _layers_or_step(self) -> BlankTerms:
        kinds = bool(self.layers) + bool(self.makes) + self.own_layers
        if kinds != 1 or bool(self.reads) != bool(self.makes):
            raise ValueError("a blank has either layers, or reads and makes, or own_layers")
        for name in (*self.layers, *self.reads, *self.makes):
            if not name.isidentifier():
                raise ValueError(f"{name!r} is no Python name")
        return self


class Assignment(Record):
    """What `assignment.yaml` says: interface, rubric and recipes of one exercise."""

    name: str
    title: Text
    order: int = 0
    """Place among the exercises: on pages, in tables."""
    classes: tuple[str, ...]
    """Accepted class names, the first is the one that the template uses."""
    input_shape: tuple[Positive, Positive, Positive] = (3, 32, 32)
    """Channels, height, width; values in [0, 1]."""
    outputs: Positive = 10
    builds_on: str | None = None
    """The exercise whose network students start from; handing that in unchanged earns nothing."""
    rubric: dict[CheckName, Annotated[float, Field(ge=0)]]
    recipes: dict[str, Recipe]
    open_design: OpenDesign | None = None
    """None: the reference's function is asked for."""
    public: PublicCheck = PublicCheck()
    blanks: dict[str, BlankTerms] = Field(default_factory=dict)
    """By name ("skip-1"); a blank that is not here is judged as it stands."""
    given_worth: Annotated[float, Field(gt=0, le=100)] = 12.0
    """Percent that a method without a body loses beside the worth of its blanks, for the code that the
    template gave in it."""
    thresholds_of: str | None = None
    """The exercise whose calibrated thresholds are to be met, with the same recipes; None: its own."""

    @model_validator(mode="after")
    def _every_check_has_points(self) -> Assignment:
        if missing := [check for check in CHECKS if check not in self.rubric]:
            raise ValueError(f"rubric lacks {', '.join(missing)}")
        return self

    @model_validator(mode="after")
    def _blanks_fit_the_design(self) -> Assignment:
        if any(terms.own_layers != (self.open_design is not None) for terms in self.blanks.values()):
            raise ValueError(
                "own_layers is for the blanks of an open design, which have no single answer, and for them alone"
            )
        return self


class Measured(Record):
    """A figure over several seeds."""

    n: int
    mean: float
    spread: float
    """Sample standard deviation."""
    worst: float
    """Lowest accuracy, or highest loss."""
    threshold: float
    """A correct network misses it with probability at most `miss_probability`."""


class Calibration(Record):
    """Thresholds for one exercise, recipe and data set, with their evidence."""

    profile: str
    data: str
    """"synthetic-1", "cifar10" …: what the data set calls itself."""
    recipe: Recipe
    """The recipe that was run; a changed recipe needs a new calibration."""
    accuracy: Measured
    """On the test images."""
    loss: Measured
    """Mean training loss over the last tenth of the steps."""
    seeds: tuple[int, ...]
    miss_probability: float
    assumption: str
    """Which distribution the threshold assumes and how far the seeds bear it out."""
    machine: str
    versions: dict[str, str]
    seconds_per_run: float
    made_on: str
    """ISO date."""

"""What may be told of a network to those who are to write it themselves."""

from __future__ import annotations

from grader.records.base import Record
from grader.records.graph import DeclaredLayer


class Locked(Record):
    """Words that open only to a network that is the one they speak of (`judging.sealing`)."""

    name: str
    box: str


class Sealed(Record):
    """A network by hashes of what it answers and learns, with numbers of its own (`seed`).

    Nothing can be computed back from a hash; what is not known of the network, a network that is tried
    can only be equal to or not.
    """

    seed: int
    answers: str
    """Of its outputs in eval mode; "": equality is not told."""
    trained: str
    """Of its outputs in train mode."""
    gradients: tuple[str, ...]
    """Of what each layer learns."""
    layer_count: int
    parts: int
    """As `judging.pretending` counts them."""
    given: tuple[DeclaredLayer, ...]
    """The layers that stand in the template."""
    hidden: tuple[str, ...]
    """Names of the layers whose sizes are to be found out."""
    mistakes: tuple[Locked, ...] = ()
    """The instructor's words on networks that are known to be wrong."""

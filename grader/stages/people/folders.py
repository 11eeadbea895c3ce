"""The tree of what was handed in: folders with their files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from grader.file_names import stem, suffix
from grader.records.submission import Item, SourceFile
from grader.stages.people.claims import Label

_NOTEBOOK = re.compile(r"[^/]+\.ipynb$", re.IGNORECASE)


class Loose(NamedTuple):
    """A file that lies directly in a folder, or what a notebook there writes."""

    item: Item
    path: str
    """Within the folder: "lab.ipynb", or "lab.ipynb/blocks.py" for what its cells write."""

    @property
    def label(self) -> str:
        """What may name somebody."""
        return stem(self.path.partition("/")[0])

    @property
    def is_work(self) -> bool:
        """Whether it is to be graded, or was meant to be."""
        return isinstance(self.item, SourceFile) or self.item.work or bool(suffix(self.path))


@dataclass
class Folder:
    """A folder, or an archive that was opened."""

    name: str
    above: tuple[str, ...] = ()
    folders: dict[str, Folder] = field(default_factory=dict)
    files: list[Loose] = field(default_factory=list)

    @property
    def label(self) -> Label:
        """Its name among those of the folders above it."""
        return Label(self.name, self.above)

    @property
    def path(self) -> str:
        """From the top, which has none itself."""
        return "/".join((*self.above, self.name)) if self.above or self.name else ""

    def all_files(self) -> Iterator[tuple[Item, str]]:
        """Everything below it, with its path from here."""
        for loose in self.files:
            yield loose.item, loose.path
        for folder in self.folders.values():
            for item, path in folder.all_files():
                yield item, f"{folder.name}/{path}"

    def labels(self) -> Iterator[Label]:
        """Names of all that lies below it."""
        inside = (*self.above, self.name) if self.name else self.above
        for loose in self.files:
            yield Label(loose.label, inside)
        for folder in self.folders.values():
            yield folder.label
            yield from folder.labels()

    @property
    def has_work(self) -> bool:
        """Whether anything below it is to be graded."""
        return any(loose.is_work for loose in self.files) or any(f.has_work for f in self.folders.values())


def tree(items: Iterable[Item]) -> Folder:
    """The folder that holds them all, without a name of its own."""
    top = Folder("")
    for item in items:
        *folders, name = item.path.split("/")
        at = top
        for place, part in enumerate(folders):
            if _NOTEBOOK.match(part):
                name = "/".join((*folders[place:], name))
                break
            inside = (*at.above, at.name) if at.name else ()
            at = at.folders.setdefault(part, Folder(part, inside))
        at.files.append(Loose(item, name))
    return top

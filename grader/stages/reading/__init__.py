"""Reading: bytes on disk to files, whatever they are: folders, archives, notebooks, encodings."""

from grader.stages.reading.reading import read

__all__ = ["read"]

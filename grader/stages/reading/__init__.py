"""Reading: bytes on disk to files, whatever they are: folders, archives, notebooks, encodings.

Nothing is imported here: a student's own check reads one file (`handed_in.py`), without a sandbox.
"""

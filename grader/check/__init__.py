"""The student's own check: the very judging, with what a kit knows of the exercises.

`kit.py` of `grader.authoring` packages this folder, with all that it imports, into a wheel that needs torch and
nothing else (docs/decisions/0019). Nothing in it may need another package, a fork, a signal or a file descriptor.
"""

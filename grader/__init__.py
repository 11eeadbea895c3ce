"""An autograder for PyTorch coursework that judges a network by what it computes."""

__version__ = "0.1.0"

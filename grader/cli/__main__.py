"""`python -m grader.cli`: the grader where its command is not installed."""

from grader.cli.main import main

main()

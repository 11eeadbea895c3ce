"""`Results` -> `results.json`, pages for people, and a score table."""

from grader.stages.reports.pages import student_pages, write_reports
from grader.stages.reports.results_file import read_results, write_results

__all__ = ["read_results", "student_pages", "write_reports", "write_results"]

"""The only code that shares a process with student code. Never imported: run as a directory, by path."""

"""`grader review`: the class page served on this machine alone, for deciding. Writes `overrides.yaml`, nothing else."""

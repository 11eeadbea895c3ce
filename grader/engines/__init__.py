"""Where trusted jobs run."""

"""Source and where it stopped → what was meant: stand-ins for blanks that were left empty."""

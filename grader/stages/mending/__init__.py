"""Mending: from source and the place where it stopped to edits that may take it further, smallest first."""

from grader.stages.mending.kinds import proposals, text_of
from grader.stages.mending.meant import Meant, meant, unread
from grader.stages.mending.situation import Proposal, Situation
from grader.stages.mending.words import repair_of

__all__ = ["Meant", "Proposal", "Situation", "meant", "proposals", "repair_of", "text_of", "unread"]

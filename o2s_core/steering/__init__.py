"""What an adviser and a manager steer by: reaching anything at once, preparing an appointment."""

from o2s_core.steering.meeting import (
    MeetingBrief,
    Point,
    figures_of,
    meeting_brief,
    meeting_pdf,
    usual_start,
)
from o2s_core.steering.quick_search import MOST, Findings, quick_search

__all__ = [
    "MOST",
    "Findings",
    "MeetingBrief",
    "Point",
    "figures_of",
    "meeting_brief",
    "meeting_pdf",
    "quick_search",
    "usual_start",
]

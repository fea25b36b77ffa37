"""Preparing an appointment: what changed since the last exchange, what is held, what to settle."""

from o2s_core.steering.meeting.brief import MeetingBrief, meeting_brief, usual_start
from o2s_core.steering.meeting.document import figures_of, meeting_pdf
from o2s_core.steering.meeting.points import Point

__all__ = ["MeetingBrief", "Point", "figures_of", "meeting_brief", "meeting_pdf", "usual_start"]

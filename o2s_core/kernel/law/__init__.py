"""Rules of law as dated data: one file per subject, each value with its validity and its source."""

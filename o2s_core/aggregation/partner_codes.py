"""Which code stands for a partner that a file names in words? (a word without accent)."""

import re
from typing import Final

from o2s_core.kernel.identifiers import search_key

#: Characters of a code.
LENGTH: Final = 36


def partner_code(name: str) -> str:
    """Return the code of a partner from its name: no accent, no space; "" when nothing is left."""
    return re.sub(r"\W+", "_", search_key(name)).strip("_")[:LENGTH]

"""Which text a partner's file holds, when it is no table."""


def decoded(data: bytes) -> str:
    """Return the text of a file; UTF-8 when it is, else what Windows wrote.

    The declared character set is wrong too often to decide: a text that is
    valid UTF-8 beyond ASCII is UTF-8 by all odds.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")

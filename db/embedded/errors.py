"""What can go wrong before the program's own servers are up."""


class EmbeddedError(RuntimeError):
    """The embedded servers cannot be had; the text is one line that says what to do about it."""


class ProgramAlreadyRuns(EmbeddedError):
    """Another program already holds this data directory; the text is one line for the person who started this one."""

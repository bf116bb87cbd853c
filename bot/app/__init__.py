"""The composition root: the only place that knows every part, the database and the outside world included.

| file | what it knows |
|---|---|
| program.py | the order in which the parts start and stop |
| parts.py | which service gets what |
| jobs.py | every job of the queue |
| routes.py | every screen, command, link, notice and sentence |
| demo.py | the sandbox and its demo centre |
"""

from bot.app.program import App, StartFailed

__all__ = ["App", "StartFailed"]

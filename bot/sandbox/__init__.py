"""A local Telegram: a Bot API server, a chat page and a Payme cashier. See README.md."""

from bot.sandbox.client import Button, Message, NoAnswer, NoSuchButton, SandboxClient, SandboxError, SandboxUser, Toast
from bot.sandbox.faults import Call, Faults, Tap
from bot.sandbox.payme_calls import CashierSettings
from bot.sandbox.server import DEFAULT_TOKEN, Sandbox, served
from bot.sandbox.state import PERSONAS, Persona

__all__ = [
    "DEFAULT_TOKEN",
    "PERSONAS",
    "Button",
    "Call",
    "CashierSettings",
    "Faults",
    "Message",
    "NoAnswer",
    "NoSuchButton",
    "Persona",
    "Sandbox",
    "SandboxClient",
    "SandboxError",
    "SandboxUser",
    "Tap",
    "Toast",
    "served",
]

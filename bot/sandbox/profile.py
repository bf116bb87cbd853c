"""What the bot says about itself, its command menus, its files and the way it gets updates."""

import ipaddress
import re
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.core import Core, Request, method
from bot.sandbox.errors import bad_request
from bot.sandbox.files import DOWNLOAD_LIMIT
from bot.sandbox.state import Chat, Json

_COMMAND = re.compile(r"^/?[a-z0-9_]{1,32}$")
_COMMAND_DESCRIPTION = 256
_MOST_COMMANDS = 100
_SECRET = re.compile(r"^[A-Za-z0-9_-]{1,256}$")
_PORTS = {443, 80, 88, 8443}
_TEXTS = {"Description": ("description", 512), "ShortDescription": ("short_description", 120), "Name": ("name", 64)}


@method("getMe")
def get_me(core: Core, request: Request) -> Json:
    return {
        **core.bot,
        "can_join_groups": False,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


@method("logOut", "close")
def log_out(core: Core, request: Request) -> bool:
    return True


def _scope_key(scope: Json | None, language: str | None) -> str:
    scope = scope or {"type": "default"}
    parts = [scope.get("type", "default"), str(scope.get("chat_id", "")), str(scope.get("user_id", ""))]
    return "commands:" + ":".join([*parts, language or ""])


@method("setMyCommands")
def set_my_commands(core: Core, request: Request) -> bool:
    commands: list[Json] = request["commands"]
    if len(commands) > _MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _COMMAND.match(command["command"]):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= _COMMAND_DESCRIPTION:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    scope: Json | None = request.get("scope")
    if scope and scope.get("type") == "chat":
        core.find_chat(scope.get("chat_id"))
    kept = [{**command, "command": command["command"].removeprefix("/")} for command in commands]
    core.state.put("profile", _scope_key(scope, request.get("language_code")), kept)
    _tell_commands(core)
    return True


@method("getMyCommands")
def get_my_commands(core: Core, request: Request) -> list[Json]:
    key = _scope_key(request.get("scope"), request.get("language_code"))
    return core.state.tables["profile"].get(key, [])


@method("deleteMyCommands")
def delete_my_commands(core: Core, request: Request) -> bool:
    core.state.drop("profile", _scope_key(request.get("scope"), request.get("language_code")))
    _tell_commands(core)
    return True


def _tell_commands(core: Core) -> None:
    for chat in core.state.chats.values():
        if chat.started and chat.id in core.state.personas:
            core.state.emit(chat, "commands", commands=commands_for(core, chat))


def commands_for(core: Core, chat: Chat) -> list[Json]:
    """The menu that this person sees: the narrowest scope wins, and in it the person's language."""
    language = core.persona(chat).language_code
    rows = core.state.tables["profile"]
    for scope in ({"type": "chat", "chat_id": chat.id}, {"type": "all_private_chats"}, {"type": "default"}):
        for code in (language, ""):
            commands = rows.get(_scope_key(scope, code))
            if commands:
                return commands
    return []


@method("setMyDescription", "setMyShortDescription", "setMyName")
def set_text(core: Core, request: Request) -> bool:
    field, limit = _TEXTS[request.method.removeprefix("setMy")]
    text = request.get(field) or ""
    if len(text) > limit:
        raise bad_request(f"{'BOT_TITLE' if field == 'name' else field.upper()}_TOO_LONG")
    core.state.put("profile", f"{field}:{request.get('language_code') or ''}", text)
    return True


@method("getMyDescription", "getMyShortDescription", "getMyName")
def get_text(core: Core, request: Request) -> Json:
    field, _ = _TEXTS[request.method.removeprefix("getMy")]
    rows = core.state.tables["profile"]
    fallback = core.bot["first_name"] if field == "name" else ""
    text = rows.get(f"{field}:{request.get('language_code') or ''}") or rows.get(f"{field}:") or fallback
    return {field: text}


@method("setChatMenuButton")
def set_chat_menu_button(core: Core, request: Request) -> bool:
    button = request.get("menu_button") or {"type": "default"}
    if request.get("chat_id") is None:
        core.state.put("profile", "menu_button", button)
    else:
        chat = core.find_chat(request["chat_id"])
        chat.menu_button = button
        core.state.save_chat(chat)
    return True


@method("getChatMenuButton")
def get_chat_menu_button(core: Core, request: Request) -> Json:
    chat = core.find_chat(request["chat_id"]) if request.get("chat_id") is not None else None
    own = chat.menu_button if chat else None
    return own or core.state.tables["profile"].get("menu_button") or {"type": "commands"}


@method("getChat")
def get_chat(core: Core, request: Request) -> Json:
    chat = core.find_chat(request["chat_id"])
    full: Json = {
        **core.persona(chat).as_chat(),
        "accent_color_id": chat.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": True,
            "limited_gifts": True,
            "unique_gifts": True,
            "premium_subscription": True,
            "gifts_from_channels": True,
        },
    }
    if chat.pinned:
        full["pinned_message"] = chat.messages[chat.pinned[-1]].message
    return full


@method("getChatMember")
def get_chat_member(core: Core, request: Request) -> Json:
    chat = core.find_chat(request["chat_id"])
    if request["user_id"] not in {chat.id, core.bot["id"]}:
        raise bad_request("PARTICIPANT_ID_INVALID")
    if request["user_id"] == core.bot["id"]:
        return member(core, chat)
    return {"status": "member", "user": core.persona(chat).as_user()}


def member(core: Core, chat: Chat) -> Json:
    """The bot as a member of the private chat: `kicked` while the person blocks it."""
    if chat.blocked:
        return {"status": "kicked", "user": core.bot, "until_date": 0}
    return {"status": "member", "user": core.bot}


@method("getUserProfilePhotos")
def get_user_profile_photos(core: Core, request: Request) -> Json:
    if request["user_id"] not in core.state.personas:
        raise bad_request("user not found")
    return {"total_count": 0, "photos": []}


@method("getFile")
def get_file(core: Core, request: Request) -> Json:
    row = core.files.row(request["file_id"])
    if row is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    thing = row["thing"]
    if thing["file_size"] > DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    known = {name: thing[name] for name in ("file_id", "file_unique_id", "file_size")}
    return {**known, "file_path": row["path"]}


@method("setWebhook")
def set_webhook(core: Core, request: Request) -> bool:
    url: str = request["url"]
    before = core.updates.webhook
    if request.get("drop_pending_updates"):
        core.updates.clear()
    if not url:
        core.updates.save_webhook(_polling(before, request.get("allowed_updates")))
        return True
    _check_webhook(url)
    webhook: Json = {"url": url, "max_connections": request.get("max_connections") or 40}
    if not 1 <= webhook["max_connections"] <= 100:
        raise bad_request("max_connections must be between 1 and 100")
    secret = request.get("secret_token")
    if secret:
        if not _SECRET.match(secret):
            raise bad_request("secret token contains unallowed characters")
        webhook["secret_token"] = secret
    allowed = allowed_kinds(request.get("allowed_updates"), before.get("allowed_updates"))
    if allowed:
        webhook["allowed_updates"] = allowed
    if request.get("ip_address"):
        webhook["ip_address"] = request["ip_address"]
    core.updates.save_webhook(webhook)
    return True


def allowed_kinds(kinds: list[str] | None, before: Any) -> Any:
    """`allowed_updates`: None keeps the setting, an empty list means all but a few."""
    return before if kinds is None else sorted(set(kinds))


def _polling(before: Json, kinds: list[str] | None) -> Json:
    allowed = allowed_kinds(kinds, before.get("allowed_updates"))
    return {"url": "", "allowed_updates": allowed} if allowed else {"url": ""}


def _check_webhook(url: str) -> None:
    """https on one of Telegram's four ports; plain http, and any port, only for a loopback address."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if parts.scheme != "https" and not (loopback and parts.scheme == "http"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not loopback and (parts.port or 443) not in _PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


@method("deleteWebhook")
def delete_webhook(core: Core, request: Request) -> bool:
    if request.get("drop_pending_updates"):
        core.updates.clear()
    core.updates.save_webhook(_polling(core.updates.webhook, None))
    return True


@method("getWebhookInfo")
def get_webhook_info(core: Core, request: Request) -> Json:
    webhook = {name: value for name, value in core.updates.webhook.items() if name != "secret_token"}
    return {**webhook, "has_custom_certificate": False, "pending_update_count": core.updates.pending_count()}

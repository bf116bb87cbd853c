"""Files by the SHA-256 of their content; a `file_id` is derived from it, so that it survives a restart."""

import base64
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bot.sandbox import media
from bot.sandbox.errors import WRONG_FILE, bad_request
from bot.sandbox.state import State

Kind = Literal["photo", "document", "video", "audio", "voice", "animation", "video_note", "sticker"]

DOWNLOAD_LIMIT = 20 * 1024 * 1024
UPLOAD_LIMIT = 50 * 1024 * 1024
_PHOTO_LIMIT = 10 * 1024 * 1024
_PHOTO_SIDES, _PHOTO_RATIO = 10_000, 20
_PREFIX: dict[Kind, str] = {
    "photo": "AgACAgIAAxkB",
    "document": "BQACAgIAAxkB",
    "video": "BAACAgIAAxkB",
    "audio": "CQACAgIAAxkB",
    "voice": "AwACAgIAAxkB",
    "animation": "CgACAgIAAxkB",
    "video_note": "DQACAgIAAxkB",
    "sticker": "CAACAgIAAxkB",
}
_TYPE_NAME: dict[Kind, str] = {
    "photo": "Photo",
    "document": "Document",
    "video": "Video",
    "audio": "Audio",
    "voice": "VoiceNote",
    "animation": "Animation",
    "video_note": "VideoNote",
    "sticker": "Sticker",
}
_FOLDER: dict[Kind, str] = {
    "photo": "photos",
    "document": "documents",
    "video": "videos",
    "audio": "music",
    "voice": "voice",
    "animation": "animations",
    "video_note": "video_notes",
    "sticker": "stickers",
}
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\]")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way in."""

    name: str
    content: bytes
    content_type: str | None = None


class Files:
    """Keeps contents in memory, or under `<store>/files` by their hash; what they are is in the table `file`."""

    def __init__(self, store: Path | None, state: State, bot_id: int) -> None:
        self._folder = store / "files" if store else None
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)
        self._memory: dict[str, bytes] = {}
        self._state = state
        self._bot_id = bot_id

    def add(self, kind: Kind, upload: Upload, **given: Any) -> dict[str, Any]:
        """Keep a file and answer its Telegram object (`Document`, `Video`, …; for a photo its largest `PhotoSize`)."""
        if not upload.content:
            raise bad_request("file must be non-empty")
        if len(upload.content) > UPLOAD_LIMIT:
            raise bad_request("file is too big")
        sha = hashlib.sha256(upload.content).hexdigest()
        name = _UNSAFE.sub("_", Path(upload.name).name) or "file"
        facts = media.inspect(kind, name, upload.content, upload.content_type)
        if kind == "photo":
            _check_photo(facts, len(upload.content))
        facts |= {key: value for key, value in given.items() if value is not None}
        identity = f"{self._bot_id}|{kind}|{'' if kind == 'photo' else name}|{facts.get('mime_type')}|{sha}"
        file_id = _PREFIX[kind] + _short(identity, 40)
        known = self._state.tables["file"].get(file_id)
        if known is not None:
            return known["thing"]
        thing = {"file_id": file_id, "file_unique_id": _short(f"{kind[0]}{sha}", 14), **facts}
        if kind in {"document", "video", "audio", "animation"}:
            thing["file_name"] = name
        thing["file_size"] = len(upload.content)
        self._write(sha, upload.content)
        suffix = Path(name).suffix or mimetypes.guess_extension(str(facts.get("mime_type", ""))) or ""
        path = f"{_FOLDER[kind]}/{thing['file_unique_id']}{suffix.lower()}"
        self._state.put("file", file_id, {"kind": kind, "sha": sha, "path": path, "thing": thing})
        return thing

    def known(self, kind: Kind, file_id: str) -> dict[str, Any]:
        """The Telegram object of a `file_id` of this kind."""
        if file_id.startswith(("http://", "https://")):
            raise bad_request("failed to get HTTP URL content")
        row = self._state.tables["file"].get(file_id)
        if row is None:
            raise bad_request(WRONG_FILE)
        if row["kind"] != kind:
            raise bad_request(f"can't use file of type {_TYPE_NAME[row['kind']]} as {_TYPE_NAME[kind]}")
        return row["thing"]

    def row(self, file_id: str) -> dict[str, Any] | None:
        return self._state.tables["file"].get(file_id)

    def by_path(self, path: str) -> dict[str, Any] | None:
        return next((row for row in self._state.tables["file"].values() if row["path"] == path), None)

    def content(self, row: dict[str, Any]) -> bytes:
        sha = row["sha"]
        return self._folder.joinpath(sha).read_bytes() if self._folder else self._memory[sha]

    def on_disk(self, row: dict[str, Any]) -> Path | None:
        return self._folder / row["sha"] if self._folder else None

    def _write(self, sha: str, content: bytes) -> None:
        if self._folder is None:
            self._memory[sha] = content
            return
        path = self._folder / sha
        if not path.exists():
            fresh = path.with_suffix(".new")
            fresh.write_bytes(content)
            fresh.replace(path)


def _check_photo(facts: dict[str, Any], size: int) -> None:
    if "width" not in facts:
        raise bad_request("IMAGE_PROCESS_FAILED")
    if size > _PHOTO_LIMIT:
        raise bad_request(f"file of size {size} bytes is too big for a photo; the maximum size is {_PHOTO_LIMIT} bytes")
    width, height = facts["width"], facts["height"]
    if width + height > _PHOTO_SIDES or max(width, height) > _PHOTO_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def _short(text: str, length: int) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")[:length]

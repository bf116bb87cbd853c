"""Requests of a bot, checked by aiogram's own models of the Bot API methods: whatever aiogram does not know is refused.

Values arrive as form fields or JSON; both become plain JSON values of the types that the model declares. The model
itself only judges: building Telegram objects again for every request would make the sandbox slow.
"""

import types as python_types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Annotated, Any, Literal

import orjson
from aiogram import methods
from aiogram.client.default import Default
from aiogram.methods import TelegramMethod
from aiogram.types.base import TelegramObject
from pydantic import BaseModel, ValidationError

from bot.sandbox.errors import bad_request

Kind = Literal["text", "integer", "number", "flag", "chat", "object"]

_MODELS: dict[str, type[TelegramMethod[Any]]] = {
    model.__api_method__.lower(): model
    for model in (getattr(methods, name) for name in methods.__all__)
    if isinstance(model, type) and issubclass(model, TelegramMethod) and model is not TelegramMethod
}
_FLAGS = {"true": True, "True": True, "1": True, "false": False, "False": False, "0": False, "": False}


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the Bot API: its name, aiogram's model and the kind of each parameter."""

    name: str
    model: type[TelegramMethod[Any]]
    kinds: Mapping[str, Kind]


@cache
def find_method(name: str) -> Method | None:
    """The method by its name, in any case, as Telegram takes it; None when the Bot API has no such method."""
    model = _MODELS.get(name.lower())
    if model is None:
        return None
    kinds: dict[str, Kind] = {each: _kind(each, field.annotation) for each, field in model.model_fields.items()}
    return Method(model.__api_method__, model, kinds)


def _kind(name: str, annotation: Any) -> Kind:
    if name in {"chat_id", "from_chat_id"}:
        return "chat"
    plain = {each for each in _members(annotation) if each not in (type(None), Default)}
    if plain == {bool}:
        return "flag"
    if (plain & {int} and plain <= {int, str}) or any(getattr(each, "__name__", "") == "datetime" for each in plain):
        return "integer"
    if plain == {float}:
        return "number"
    if str in plain and all(each is str or (isinstance(each, type) and each.__name__ == "InputFile") for each in plain):
        return "text"
    return "object"


def _members(annotation: Any) -> list[Any]:
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        return _members(typing.get_args(annotation)[0])
    if origin in (typing.Union, python_types.UnionType):
        return [member for each in typing.get_args(annotation) for member in _members(each)]
    return [annotation]


def read_params(method: Method, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as JSON values, or a 400 that names what is wrong."""
    params: dict[str, Any] = {}
    for name, value in raw.items():
        kind = method.kinds.get(name)
        if kind is None:
            raise bad_request(f'unknown parameter "{name}" of {method.name}')
        if value is not None:
            params[name] = _objects(method, name, value) if kind == "object" else _convert(name, kind, value)
    checked = {
        name: value for name, value in params.items() if method.kinds[name] != "object" or not isinstance(value, Seen)
    }
    plain = {name: value.value if isinstance(value, Seen) else value for name, value in params.items()}
    if len(checked) == len(plain):
        _check(method, plain)
    else:
        _check(method, {**plain, **{name: None for name in plain if name not in checked}})
    return plain


@dataclass(frozen=True, slots=True)
class Seen:
    """An object parameter that was judged before: menus are sent again and again with the same buttons."""

    value: Any


def _objects(method: Method, name: str, value: Any) -> Any:
    if isinstance(value, str):
        if name == "reply_markup":
            return _markup(method.name, value)
        return _json(name, value)
    return value


@lru_cache(maxsize=4096)
def _markup(method_name: str, source: str) -> Seen:
    method = find_method(method_name)
    if method is None or "reply_markup" not in method.kinds:
        raise bad_request('unknown parameter "reply_markup"')
    value = _json("reply_markup", source)
    field = method.model.model_fields["reply_markup"]
    for candidate in _members(field.annotation):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            try:
                _refuse_extras(candidate.model_validate(value), "reply_markup")
            except ValidationError:
                continue
            return Seen(value)
    raise bad_request("object expected as reply markup")


def _json(name: str, value: str) -> Any:
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None


def _convert(name: str, kind: Kind, value: Any) -> Any:
    if kind == "flag" and isinstance(value, str) and value in _FLAGS:
        return _FLAGS[value]
    if kind in {"integer", "chat"} and isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            if kind == "chat" or not value:
                return value
            raise bad_request(f'invalid parameter "{name}": an integer is expected') from None
    if kind == "number" and isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            raise bad_request(f'invalid parameter "{name}": a number is expected') from None
    if kind == "text" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return value


def _check(method: Method, params: dict[str, Any]) -> None:
    try:
        checked = method.model.model_validate(params)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        missing = first["type"] == "missing" and len(first["loc"]) == 1
        raise bad_request(
            f'parameter "{where}" is required' if missing else f'invalid parameter "{where}": {first["msg"]}'
        ) from None
    for name in params:
        if method.kinds[name] == "object":
            _refuse_extras(getattr(checked, name), name)


def _refuse_extras(value: Any, where: str) -> None:
    if isinstance(value, list):
        for each in value:
            _refuse_extras(each, where)
    elif isinstance(value, TelegramObject):
        if value.model_extra:
            raise bad_request(f'unknown field "{next(iter(value.model_extra))}" in {where}')
        for name in value.model_fields_set:
            child = getattr(value, name, None)
            if isinstance(child, (list, TelegramObject)):
                _refuse_extras(child, f"{where}.{name}")

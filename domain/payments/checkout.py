"""Links to Payme's checkout page.

Source: developer.help.paycom.uz, "Sending a cheque by GET": the page's address and base64 of `m=…;ac.<field>=…;a=…`.
"""

from base64 import b64encode
from dataclasses import dataclass

from domain.language import Language
from domain.payments.model import Order

ACCOUNT_FIELD = "order_id"

_PADDINGS = ((), ("ct=5000",), ("ct=15000",), ("ct=100000",))
"""Nothing, or milliseconds before Payme goes back to the bot: they move what follows by 2, 0 and 1 bytes of three."""


def checkout_token(fields: dict[str, str]) -> str:
    """The fields as Payme's page reads them. ValueError for what its format cannot carry."""
    text = ";".join(f"{name}={value}" for name, value in fields.items())
    if not text.isascii() or text.count(";") != len(fields) - 1:
        raise ValueError("a checkout field holds a semicolon or is not ASCII")
    return b64encode(text.encode("ascii")).decode("ascii")


@dataclass(frozen=True, slots=True)
class Checkout:
    """The cash desk that takes the payments."""

    merchant_id: str
    url: str
    """Payme's checkout page, without a slash at its end."""

    def link(self, order: Order, language: Language, return_url: str | None = None) -> str:
        """Where the order is paid; afterwards Payme leads to `return_url`.

        The token is one segment of a path, so it must not hold the `/` that base64 knows: a `?` of the return link
        makes one wherever it is the third byte of a group, and padding moves it elsewhere.
        """
        order_fields = {
            "m": self.merchant_id,
            f"ac.{ACCOUNT_FIELD}": order.code,
            "a": str(order.price.tiyin),
            "l": language.value,
        }
        for padding in _PADDINGS:
            fields = order_fields | dict(part.split("=") for part in padding)
            if return_url is not None:
                fields["c"] = return_url
            token = checkout_token(fields)
            if not set(token) & set("/+"):
                return f"{self.url}/{token}"
        raise ValueError("the return link cannot be written into a checkout link")

from bot.i18n import N_
from domain.errors import DomainError
from domain.payments.errors import (
    AlreadyOwned,
    ChangedMeanwhile,
    NotForSale,
    OrderBusy,
    OrderClosed,
    OrderGone,
    OrderPaid,
    RailClosed,
    StarsRefused,
)

SENTENCES: dict[type[DomainError], str] = {
    OrderGone: N_("You have no such order. /payments shows yours."),
    NotForSale: N_("This is not sold right now. /learn shows what there is."),
    AlreadyOwned: N_("It is open to you already: there is nothing to pay."),
    OrderPaid: N_("This order is paid already. Thank you!"),
    OrderBusy: N_("This order is being paid right now. Please wait a minute and check again."),
    OrderClosed: N_("This order is closed. Please make a new one."),
    RailClosed: N_("This order cannot be paid that way right now. Please choose another way in /payments."),
    StarsRefused: N_("This invoice does not fit your order. Please open the order in /payments and pay from there."),
    ChangedMeanwhile: N_("Something changed just now. Please try once more."),
}

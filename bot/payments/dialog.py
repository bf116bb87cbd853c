"""The order, the list of one's orders, and what is said where nothing can be paid online."""

from aiogram_dialog.widgets.kbd import Button, Row, Url
from aiogram_dialog.widgets.text import Format

from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.payments.actions import (
    buy_again,
    check,
    give_up,
    open_order,
    to_catalogue,
    to_menu,
    to_orders,
    to_product,
    to_transfer,
    to_tuition,
)
from bot.payments.getters import contact, order_page, own_orders
from bot.payments.stars import pay_with_stars
from bot.payments.states import Orders

_MENU = Button(Label("🏠 Menu"), id="menu", on_click=to_menu)

dialog = Dialog(
    Window(
        T("🧾 <b>{title}</b>"),
        T("Price: <b>{price}</b>", when="is_product"),
        T("Amount: <b>{price}</b>", when="is_tuition"),
        T("\nThe payment opens every lesson of the course, for good.", when="opens_course"),
        T("\nThe payment opens this lesson, for good.", when="opens_lesson"),
        T("\nThe payment goes to your monthly tuition.", when="pays_tuition"),
        T("⏳ Please pay before {expires}.", when="is_waiting"),
        T("⏳ A payment with Payme has begun. Once it is through, it arrives within a minute.", when="at_payme"),
        T("⏳ A payment in Stars has begun. It takes a few seconds.", when="at_stars"),
        T("🔎 Your receipt is being checked, usually within a working day.", when="at_staff"),
        T("Right now this order cannot be paid here. Please ask your teacher.", when="is_stuck"),
        T("✅ Paid on {paid}", when="is_paid"),
        T("✖️ You have cancelled this order.", when="is_cancelled"),
        T("⌛️ The time for paying this order is over.", when="is_expired"),
        T("↩️ The payment was cancelled and the money goes back to you.", when="is_refunded"),
        T("\nOrder {code}"),
        Url(Label("💳 Pay with Payme: {price}"), Format("{pay_url}"), when="by_payme"),
        Button(
            Label("⭐ Pay {stars} Star", "⭐ Pay {stars} Stars", count="stars"),
            id="stars",
            on_click=pay_with_stars,
            when="by_stars",
        ),
        Button(Label("🧾 Pay by transfer"), id="transfer", on_click=to_transfer, when="by_transfer"),
        Button(Label("🧾 My receipt"), id="proof", on_click=to_transfer, when="at_staff"),
        Button(Label("🔄 Check the payment"), id="check", on_click=check, when="may_check"),
        Button(Label("✖️ Cancel the order"), id="give_up", on_click=give_up, when="may_cancel"),
        Button(Label("▶️ Open what I bought"), id="open", on_click=to_product, when="opens_product"),
        Button(Label("🛒 Order again"), id="again", on_click=buy_again, when="may_repeat"),
        Button(Label("🎓 Open my tuition"), id="tuition", on_click=to_product, when="is_tuition"),
        Url(Label("🧾 Fiscal receipt"), Format("{receipt_url}"), id="receipt", when="has_receipt"),
        Row(Button(Label("💳 My payments"), id="orders", on_click=to_orders), _MENU),
        state=Orders.order,
        getter=order_page,
        preview_data={
            "title": "Kvadrat tenglamalar",
            "price": "149 000 so‘m",
            "is_product": True,
            "code": "7K2M9QXW4TBN",
            "opens_course": True,
            "is_open": True,
            "is_waiting": True,
            "may_check": True,
            "may_cancel": True,
            "by_payme": True,
            "by_stars": True,
            "stars": 596,
            "by_transfer": True,
            "expires": "3 March 2026, 12:00",
            "pay_url": "https://checkout.paycom.uz/",
        },
        hint=N_("To pay, choose a way below. If you have paid already, press 🔄."),
    ),
    Window(
        T("💳 <b>My payments</b>"),
        T("You have not bought anything yet. Many lessons are free.", when="is_empty"),
        Button(Label("🎓 Tuition: {debt} to pay"), id="tuition_debt", on_click=to_tuition, when="owes_tuition"),
        Button(Label("🎓 Tuition"), id="tuition", on_click=to_tuition, when="has_tuition"),
        choices(id="order", items="orders", on_click=open_order, pages="orders_page"),
        Row(Button(Label("📚 Catalogue"), id="catalogue", on_click=to_catalogue), _MENU),
        state=Orders.list,
        getter=own_orders,
        preview_data={
            "orders": [("7K2M9QXW4TBN", "✅ Foizlar · 149 000 so‘m"), ("7K2M9QXW4TBM", "⏳ 2-dars · 15 000 so‘m")],
            "is_empty": False,
            "owes_tuition": True,
            "debt": "400 000 so‘m",
        },
    ),
    Window(
        T("💳 This centre does not take payments online yet."),
        T("To buy, please write to {contact}.", when="has_contact"),
        T("To buy, please ask your teacher.", when="is_unknown"),
        Row(Button(Label("📚 Catalogue"), id="catalogue", on_click=to_catalogue), _MENU),
        state=Orders.unavailable,
        getter=contact,
        preview_data={"contact": "@ustoz_admin", "has_contact": True},
    ),
)

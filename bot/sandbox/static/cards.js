/** Contacts, places, invoices, dice and the lines that a chat says about itself. */

import { fileUrl } from "/sandbox/static/api.js";
import { avatar, el, icon } from "/sandbox/static/dom.js";
import { money, personName } from "/sandbox/static/format.js";
import { t } from "/sandbox/static/i18n.js";

function contactCard(contact) {
  return el("div", { class: "contact-card" },
    avatar(personName(contact) || "?", contact.user_id),
    el("div", {},
      el("div", { class: "card-title" }, personName(contact)),
      el("div", { class: "card-note" }, contact.phone_number.startsWith("+") ? contact.phone_number : `+${contact.phone_number}`)));
}

function placeCard(place, venue) {
  const { latitude, longitude } = place;
  return el("a", { class: "place-card", href: `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=15/${latitude}/${longitude}`, target: "_blank", rel: "noopener noreferrer", "aria-label": t("openMap") },
    el("div", { class: "place-map", "aria-hidden": "true" }, icon("pin")),
    el("div", { class: "card-title" }, venue?.title ?? t("location")),
    el("div", { class: "card-note" }, venue?.address ?? `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`));
}

function invoiceCard(message) {
  const invoice = message.invoice;
  const photo = message.photo?.at(-1);
  return el("div", { class: "invoice-card" },
    photo && el("img", { src: fileUrl(photo.file_id), alt: "" }),
    el("div", { class: "card-title" }, invoice.title),
    el("div", { class: "invoice-text" }, invoice.description),
    el("div", { class: "invoice-sum" }, money(invoice.total_amount, invoice.currency), message.paid && ` · ${t("paidAlready")}`));
}

const dice = (one) => el("div", { class: "big-emoji", role: "img", "aria-label": `${one.emoji} ${one.value}` }, one.emoji, el("sub", {}, String(one.value)));

/** A message's special content, or null. */
export function cardOf(message) {
  if (message.contact) return contactCard(message.contact);
  if (message.venue) return placeCard(message.venue.location, message.venue);
  if (message.location) return placeCard(message.location);
  if (message.invoice) return invoiceCard(message);
  if (message.dice) return dice(message.dice);
  return null;
}

/** The sentence of a service message, or null when the message is an ordinary one. */
export function serviceText(message) {
  const payment = message.successful_payment ?? message.refunded_payment;
  if (payment) {
    const amount = money(payment.total_amount, payment.currency);
    const what = message.successful_payment ? "paid" : "refunded";
    return message.paid_for ? t(`${what}For`, { amount, title: message.paid_for }) : t(what, { amount });
  }
  if (message.pinned_message) return t("pinned");
  return null;
}

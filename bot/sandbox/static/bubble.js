/** One message, or one album, as an element. */

import { cardOf, serviceText } from "/sandbox/static/cards.js";
import { el } from "/sandbox/static/dom.js";
import { clock, fullTime, personName, summary } from "/sandbox/static/format.js";
import { t } from "/sandbox/static/i18n.js";
import { inlineKeyboard } from "/sandbox/static/keyboards.js";
import { album, isBare, isEdgeToEdge, mediaOf } from "/sandbox/static/media.js";
import { pollBody } from "/sandbox/static/polls.js";
import { enliven } from "/sandbox/static/rich.js";
import { session } from "/sandbox/static/session.js";

const unixOf = (date) => (typeof date === "number" ? date : Date.parse(date) / 1000);
export const timeOf = (message) => unixOf(message.date);

const EMOJI_ONLY = /^(?:\p{Extended_Pictographic}(?:\uFE0F|\u200D\p{Extended_Pictographic}|[\u{1F3FB}-\u{1F3FF}])*){1,3}$/u;

function meta(message) {
  const seconds = timeOf(message);
  return el("span", { class: "meta" },
    message.edit_date && message.from_me && el("span", {}, t("edited")),
    el("time", { datetime: new Date(seconds * 1000).toISOString(), title: fullTime(seconds) }, clock(seconds)),
    message.from_me && el("span", { class: "ticks", "aria-hidden": "true", html: '<svg viewBox="0 0 18 12"><path d="M1.500 6.500 4.700 9.700 11 2.500M7.700 9.200l.6.600L15 2.500"/></svg>' }));
}

function originName(origin) {
  const person = origin.sender_user;
  if (person) return personName(person);
  return origin.sender_user_name ?? origin.chat?.title ?? origin.sender_chat?.title ?? "";
}

function replyQuote(message, jump) {
  const original = message.reply_to_message;
  if (!original) return null;
  const mine = original.from_me ?? original.from?.id === session.persona.id;
  return el("button", { type: "button", class: "quote", on: { click: () => jump(original.message_id) } },
    el("span", { class: "quote-name" }, mine ? t("you") : session.bot.first_name),
    el("span", { class: "quote-text" }, message.quote?.text ?? summary(original)));
}

function textOf(message) {
  if (message.rich_html) return enliven(el("div", { class: "rich", html: message.rich_html, dir: message.rich_message?.is_rtl ? "rtl" : "auto" }));
  const html = message.html;
  if (html) return enliven(el("div", { class: "text", dir: "auto", html }));
  const plain = message.text ?? message.caption;
  return plain ? el("div", { class: "text", dir: "auto" }, plain) : null;
}

function reactionsOf(message) {
  const list = message.reactions ?? [];
  if (!list.length) return null;
  return el("div", { class: "reactions" }, list.map((one) => el("span", { class: "reaction" }, typeof one === "string" ? one : one.emoji ?? "⭐")));
}

function bubbleOf(messages, { vote, jump }) {
  const first = messages[0];
  const captioned = messages.find((message) => message.caption) ?? first;
  const media = messages.length > 1 ? album(messages) : first.invoice ? null : mediaOf(first);
  const text = textOf(captioned);
  const card = cardOf(first);
  const poll = first.poll && pollBody(first, vote);
  const edge = messages.every(isEdgeToEdge) && !first.invoice;
  const bare = isBare(first);
  const forwarded = first.forward_origin && el("div", { class: "forwarded" }, t("forwardedFrom", { name: originName(first.forward_origin) }));
  const via = first.via_bot && el("div", { class: "forwarded" }, t("viaBot", { name: first.via_bot.username }));
  const quote = replyQuote(first, jump);
  const known = media || text || card || poll;
  const jumbo = !media && !card && first.text && !first.entities && EMOJI_ONLY.test(first.text);
  const kind = [
    "bubble",
    edge && "edge",
    edge && !text && "picture-only",
    edge && (forwarded || quote) && "headed",
    bare && "bare",
    jumbo && "jumbo",
    first.rich_html && "wide",
    poll && "with-poll",
    (card || media) && !edge && "with-card",
  ].filter(Boolean).join(" ");
  const stamp = meta(messages.at(-1));
  const paragraph = text?.querySelector(":scope > .rich > p:last-child");
  paragraph?.append(stamp);
  const words = edge && text ? el("div", { class: "caption" }, text, stamp) : text;
  const body = captioned.show_caption_above_media ? [words, media] : [media, words];
  return el("div", { class: kind }, forwarded, via, quote, card, poll, ...body,
    !known && el("div", { class: "text faded" }, t("unsupported")), words === text && !paragraph && stamp);
}

function service(message, text) {
  return el("article", { class: "message service", "data-message-id": message.message_id, "data-from": message.from_me ? "me" : "bot", tabindex: "-1" }, el("span", { class: "pill" }, text));
}

/**
 * The element of one unit of the list: a message, or the messages of one media group.
 * `doing` holds what the element may ask for: vote(message, ids), jump(messageId), options(event, message).
 */
export function renderUnit(messages, doing) {
  const first = messages[0];
  const sentence = serviceText(first);
  if (sentence) return service(first, sentence);
  const who = first.from_me ? "me" : "bot";
  const stack = el("div", { class: "stack" }, bubbleOf(messages, doing), reactionsOf(first), inlineKeyboard(messages.at(-1)) ?? inlineKeyboard(first));
  return el("article", {
    class: `message from-${who}`,
    "data-message-id": first.message_id,
    "data-from": who,
    tabindex: "-1",
    "aria-label": `${who === "me" ? t("you") : session.bot.first_name}, ${clock(timeOf(first))}`,
  }, stack);
}

/** Replace only the buttons: what plays or is unfolded in the bubble stays as it is. */
export function replaceKeyboard(element, message) {
  const stack = element.querySelector(".stack");
  stack?.querySelector(":scope > .inline-keyboard")?.remove();
  const keyboard = inlineKeyboard(message);
  if (keyboard) stack.append(keyboard);
}

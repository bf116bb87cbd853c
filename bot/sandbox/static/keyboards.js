/** Buttons under a message and the keyboard that replaces the phone's own. */

import { el, icon } from "/sandbox/static/dom.js";
import { ask } from "/sandbox/static/dialogs.js";
import { money } from "/sandbox/static/format.js";
import { t } from "/sandbox/static/i18n.js";
import { followLink } from "/sandbox/static/links.js";
import { perform, session } from "/sandbox/static/session.js";
import { copyText, toast } from "/sandbox/static/toasts.js";

const ANSWER_WITHIN = 15_000;
const STYLES = new Set(["primary", "success", "danger"]);
const waiting = new Map();

const placeOf = (messageId, row, col) => `${messageId}:${row}:${col}`;

/** Stop the waiting sign of one message's buttons, or of all when the answer does not say which. */
export function settle(messageId = null) {
  for (const [place, { timer, messageId: id }] of waiting) {
    if (messageId !== null && id !== messageId) continue;
    clearTimeout(timer);
    waiting.delete(place);
    const button = document.querySelector(`[data-place="${place}"]`);
    button?.classList.remove("waiting");
    button?.removeAttribute("aria-busy");
  }
}

async function press(message, row, col, node) {
  const place = placeOf(message.message_id, row, col);
  if (waiting.has(place)) return;
  node.classList.add("waiting");
  node.setAttribute("aria-busy", "true");
  const timer = setTimeout(() => {
    settle(message.message_id);
    toast(t("noAnswer"));
  }, ANSWER_WITHIN);
  waiting.set(place, { timer, messageId: message.message_id });
  if ((await perform("press", { message_id: message.message_id, row, col })) === false) settle(message.message_id);
}

/** A button inside a rich message: it has no place in a keyboard, only its data. */
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("button[data-callback]");
  const id = Number(button?.closest(".message")?.dataset.messageId);
  if (!id || button.classList.contains("waiting")) return;
  button.classList.add("waiting");
  await perform("press", { message_id: id, data: button.dataset.callback });
  setTimeout(() => button.classList.remove("waiting"), 600);
});

async function pay(message) {
  const { title, total_amount: total, currency } = message.invoice;
  const amount = money(total, currency);
  if (await ask({ title: t("payTitle"), text: `${title}: ${amount}`, yes: t("pay", { amount }) })) {
    await perform("pay", { message_id: message.message_id });
  }
}

function inlineButton(message, button, row, col) {
  const link = button.url ?? button.login_url?.url ?? button.web_app?.url;
  const copies = button.copy_text?.text;
  const act = () => {
    if (link) return followLink(link) || window.open(link, "_blank", "noopener");
    if (copies) return copyText(copies);
    if (button.pay && message.invoice) return pay(message);
    if (button.callback_data !== undefined || button.callback_game) return press(message, row, col, node);
    // Telegram asks for a chat first; here there is only this one.
    const words = button.switch_inline_query_current_chat ?? button.switch_inline_query ?? button.switch_inline_query_chosen_chat?.query;
    if (words !== undefined) {
      return document.dispatchEvent(new CustomEvent("compose", { detail: `@${session.bot.username} ${words}` }));
    }
    return toast(t("unsupported"));
  };
  const node = el("button", {
    type: "button",
    class: `inline-button ${STYLES.has(button.style) ? button.style : ""}`,
    "data-testid": "inline-button",
    "data-place": placeOf(message.message_id, row, col),
    disabled: Boolean(button.disabled || (button.pay && message.paid)),
    on: { click: act },
  }, el("span", {}, button.text), (link || copies) && el("span", { class: "corner" }, icon(link ? "link" : "copy")));
  if (waiting.has(node.dataset.place)) node.classList.add("waiting");
  return node;
}

/** An invoice with no keyboard of its own has Telegram's pay button, until it is paid. */
const payRow = (message) =>
  message.invoice && !message.paid && [[{ text: t("pay", { amount: money(message.invoice.total_amount, message.invoice.currency) }), pay: true }]];

/** The rows of buttons that belong to a message, or null. */
export function inlineKeyboard(message) {
  const rows = message.reply_markup?.inline_keyboard ?? payRow(message);
  if (!rows?.length) return null;
  return el("div", { class: "inline-keyboard" }, rows.map((buttons, row) =>
    el("div", { class: "inline-row" }, buttons.map((button, col) => inlineButton(message, button, row, col)))));
}

async function shareContact() {
  const { phone_number: phone } = session.persona;
  const shown = phone.startsWith("+") ? phone : `+${phone}`;
  if (await ask({ title: t("shareTitle"), text: t("shareAsk", { phone: shown }), yes: t("shareYes") })) await perform("contact", {});
}

async function shareLocation() {
  if (await ask({ title: t("location"), text: t("locationAsk"), yes: t("shareYes") })) await perform("location", {});
}

function replyAction(button) {
  if (button.request_contact) return shareContact();
  if (button.request_location) return shareLocation();
  if (button.request_poll) return document.dispatchEvent(new CustomEvent("new-quiz"));
  if (button.web_app) return window.open(button.web_app.url, "_blank", "noopener");
  return perform("send", { text: button.text });
}

/** The reply keyboard's panel; `used` is called after a press of a keyboard that hides itself. */
export function replyPanel(keyboard, used) {
  return el("div", { class: "reply-panel", role: "group", "aria-label": t("replyKeyboard") }, keyboard.keyboard.map((buttons) =>
    el("div", { class: "reply-row" }, buttons.map((raw) => {
      const button = typeof raw === "string" ? { text: raw } : raw;
      return el("button", {
        type: "button",
        class: `reply-button ${STYLES.has(button.style) ? button.style : ""}`,
        "data-testid": "reply-button",
        on: { click: async () => { if ((await replyAction(button)) !== false && keyboard.one_time_keyboard) used(); } },
      }, button.text);
    }))));
}

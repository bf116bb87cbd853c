/** The foot of the chat: writing, replying, editing, the keyboards, or the one button that takes their place. */

import { installDrop, openAttachMenu } from "/sandbox/static/attach.js";
import { commandList } from "/sandbox/static/commands.js";
import { byId, el, icon, iconButton } from "/sandbox/static/dom.js";
import { summary } from "/sandbox/static/format.js";
import { t } from "/sandbox/static/i18n.js";
import { inlineList } from "/sandbox/static/inline.js";
import { replyPanel } from "/sandbox/static/keyboards.js";
import { focusNewest } from "/sandbox/static/message-menu.js";
import { isEmpty, messageById, scrollToEnd } from "/sandbox/static/messages.js";
import { makeQuiz } from "/sandbox/static/quizform.js";
import { recordVoice } from "/sandbox/static/recorder.js";
import { perform, session } from "/sandbox/static/session.js";

/** Telegram's own limit; its apps cut a longer text into several messages, and so does this page. */
const LONGEST = 4096;
const finePointer = matchMedia("(pointer: fine)");

const footer = byId("footer");
let target = null;
let keyboardShown = true;
const unsent = new Map();

const field = el("textarea", {
  id: "composer", class: "composer-field", rows: "1", "data-testid": "composer", enterkeyhint: "send", autocomplete: "off",
  role: "combobox", "aria-autocomplete": "list", "aria-controls": "command-list", "aria-expanded": "false", "aria-haspopup": "listbox",
});
const commands = commandList(field, (text) => deliver(text));
const inline = inlineList(field, () => { field.value = ""; grow(); scrollToEnd(); });
const context = el("div", { class: "context", hidden: true });
const menuButton = el("button", { type: "button", class: "menu-button", "data-testid": "menu", on: { click: () => { commands.toggle(); field.focus({ preventScroll: true }); } } }, icon("menu"), el("span"));
const keyboardButton = iconButton("keyboard", "", () => { keyboardShown = !keyboardShown; drawKeyboard(); });
const attachButton = iconButton("attach", "", () => openAttachMenu(attachButton, takeReply), { "data-testid": "attach" });
const sendButton = el("button", { type: "button", class: "round-button", "data-testid": "send", on: { click: () => submit() } });
const bar = el("div", { class: "composer" }, menuButton, field, keyboardButton, attachButton, sendButton);
const keyboardSlot = el("div", { class: "keyboard-slot", hidden: true });
const tray = el("div", { class: "tray" }, commands.node, inline.node, context, bar, keyboardSlot);

function takeReply() {
  const id = target?.kind === "reply" ? target.message.message_id : null;
  setTarget(null);
  return id;
}

/** Cut where a person would: at a line or a space near the limit. */
function pieces(text) {
  const parts = [];
  let rest = text;
  while (rest.length > LONGEST) {
    const head = rest.slice(0, LONGEST);
    const cut = Math.max(head.lastIndexOf("\n"), head.lastIndexOf(" "));
    const at = cut > LONGEST / 2 ? cut : LONGEST;
    parts.push(rest.slice(0, at));
    rest = rest.slice(at).trimStart();
  }
  return rest ? [...parts, rest] : parts;
}

async function deliver(text) {
  const replyTo = takeReply();
  field.value = "";
  grow();
  scrollToEnd();
  for (const [index, piece] of pieces(text).entries()) {
    const body = index === 0 && replyTo ? { text: piece, reply_to: replyTo } : { text: piece };
    if ((await perform("send", body)) === false) {
      field.value = field.value || text;
      grow();
      return;
    }
  }
}

async function submit() {
  const text = field.value.trim();
  if (!text && target?.kind !== "edit") return recordVoice((node) => bar.replaceWith(node), () => footer.querySelector(".recording")?.replaceWith(bar), takeReply);
  commands.close();
  inline.close();
  if (target?.kind !== "edit") return deliver(text);
  const { message } = target;
  if (text && text !== message.text && (await perform("edit", { message_id: message.message_id, text })) === false) return undefined;
  field.value = "";
  setTarget(null);
  return grow();
}

function grow() {
  field.style.height = "";
  if (field.scrollHeight > field.clientHeight) field.style.height = `${Math.min(field.scrollHeight, 168)}px`;
  const writing = field.value.trim() !== "" || target?.kind === "edit";
  tray.classList.toggle("writing", writing);
  const name = writing ? (target?.kind === "edit" ? "check" : "send") : "mic";
  if (sendButton.dataset.face === name) return;
  sendButton.dataset.face = name;
  sendButton.replaceChildren(icon(name));
  const label = t(writing ? "send" : "record");
  sendButton.setAttribute("aria-label", label);
  sendButton.title = label;
}

function setTarget(next) {
  const wasEditing = target?.kind === "edit";
  target = next;
  context.hidden = !next;
  if (wasEditing && next?.kind !== "edit") field.value = "";
  if (next) {
    const mine = next.message.from_me;
    context.replaceChildren(icon(next.kind === "edit" ? "edit" : "reply"),
      el("div", { class: "context-text" },
        el("b", {}, next.kind === "edit" ? t("editing") : mine ? t("you") : session.bot.first_name),
        el("span", {}, summary(next.message))),
      iconButton("close", t("cancel"), () => setTarget(null)));
  }
  grow();
}

/** Answer a message: the next one sent carries the reference. */
export function replyTo(message) {
  setTarget({ kind: "reply", message });
  field.focus();
}

/** Change an own message in the text field. */
export function editMessage(message) {
  setTarget({ kind: "edit", message });
  field.value = message.text;
  grow();
  field.focus();
}

/** Put the cursor into the text field where that does not pop up a phone's keyboard. */
export const focusComposer = () => finePointer.matches && field.isConnected && field.focus({ preventScroll: true });

function drawKeyboard() {
  const keyboard = session.replyKeyboard;
  const has = Boolean(keyboard?.keyboard?.length);
  keyboardButton.hidden = !has;
  keyboardButton.setAttribute("aria-pressed", String(has && keyboardShown));
  keyboardSlot.hidden = !has || !keyboardShown;
  keyboardSlot.replaceChildren(...(has ? [replyPanel(keyboard, () => { keyboardShown = false; drawKeyboard(); })] : []));
  field.placeholder = keyboard?.input_field_placeholder ?? t("message");
}

/** Show the keyboard that the bot has just sent, or take it away. */
export function setReplyKeyboard(keyboard, askedId = null) {
  session.replyKeyboard = keyboard ?? null;
  keyboardShown = true;
  drawKeyboard();
  const asked = askedId && messageById(askedId);
  if (asked) replyTo(asked);
}

/** Show the bot's commands, if it has any. */
export function setCommands(list) {
  session.commands = list ?? [];
  menuButton.hidden = session.commands.length === 0;
  commands.close();
}

const wholeButton = (key, testid, click) =>
  el("button", { type: "button", class: "whole-button", "data-testid": testid, on: { click } }, t(key));

/** Draw the foot anew: the composer, Start in an empty chat, Unblock in a blocked one. */
export function drawFooter() {
  field.setAttribute("aria-label", t("message"));
  menuButton.lastElementChild.textContent = t("menu");
  menuButton.setAttribute("aria-label", t("commands"));
  for (const [button, key] of [[keyboardButton, "replyKeyboard"], [attachButton, "attach"]]) {
    button.setAttribute("aria-label", t(key));
    button.title = t(key);
  }
  sendButton.dataset.face = "";
  grow();
  drawKeyboard();
  if (session.blocked) footer.replaceChildren(wholeButton("unblock", "unblock", () => perform("unblock")));
  else if (isEmpty()) footer.replaceChildren(wholeButton("start", "start", () => perform("start")));
  else if (!tray.isConnected) {
    footer.replaceChildren(tray);
    grow();
  }
}

/** Each person's unsent text waits for them. */
export function switchWriter(before, after) {
  if (before) unsent.set(before, target?.kind === "edit" ? "" : field.value);
  setTarget(null);
  field.value = unsent.get(after) ?? "";
  inline.close();
  grow();
}

field.addEventListener("input", () => {
  grow();
  commands.follow(field.value);
  inline.follow(field.value);
});
field.addEventListener("blur", () => { commands.close(); inline.close(); });
field.addEventListener("keydown", (event) => {
  if (event.isComposing || commands.key(event) || inline.key(event)) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    if (field.value.trim()) submit();
  } else if (event.key === "Escape" && target) setTarget(null);
  else if (event.key === "ArrowUp" && field.value === "") {
    event.preventDefault();
    focusNewest();
  }
});
menuButton.addEventListener("pointerdown", (event) => event.preventDefault());
document.addEventListener("compose", (event) => {
  field.value = event.detail;
  grow();
  field.focus();
  inline.follow(field.value);
});
document.addEventListener("new-quiz", makeQuiz);
installDrop(field, takeReply);

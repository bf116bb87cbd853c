/** The open chat: its snapshot and its events, handed to the parts of the page that show them. */

import * as api from "/sandbox/static/api.js";
import { drawFooter, focusComposer, setCommands, setReplyKeyboard, switchWriter } from "/sandbox/static/composer.js";
import { alertText } from "/sandbox/static/dialogs.js";
import { byId, el, icon } from "/sandbox/static/dom.js";
import { endDraft, hideDraft, redrawDraft, showDraft } from "/sandbox/static/drafts.js";
import { personName } from "/sandbox/static/format.js";
import { t } from "/sandbox/static/i18n.js";
import { takeResults } from "/sandbox/static/inline.js";
import { settle } from "/sandbox/static/keyboards.js";
import { followLink } from "/sandbox/static/links.js";
import * as list from "/sandbox/static/messages.js";
import { showPinned } from "/sandbox/static/pins.js";
import { silence } from "/sandbox/static/player.js";
import { session } from "/sandbox/static/session.js";
import { follow } from "/sandbox/static/stream.js";
import { clearToasts, toast } from "/sandbox/static/toasts.js";

const ACTION_LASTS = 5000;
const BANNER_AFTER = 900;
const ACTIONS = {
  upload_photo: "uploadPhoto", upload_video: "uploadVideo", record_video: "uploadVideo", upload_document: "uploadFile",
  record_voice: "uploadVoice", upload_voice: "uploadVoice",
};

let stream = null;
let lastSeq = -1;
let actionTimer = 0;
let bannerTimer = 0;

function showStatus(text = null) {
  const status = byId("status");
  clearTimeout(actionTimer);
  status.classList.toggle("active", text !== null);
  const rest = [t("bot"), session.persona && t("youAre", { name: personName(session.persona) })].filter(Boolean).join(" · ");
  status.replaceChildren(text ?? rest, ...(text ? [el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"))] : []));
}

function showAction(action) {
  showStatus(t(ACTIONS[action] ?? "typing"));
  actionTimer = setTimeout(() => showStatus(), ACTION_LASTS);
}

function showFrame() {
  const empty = list.isEmpty();
  const welcome = byId("welcome");
  welcome.hidden = !empty;
  if (empty) {
    welcome.replaceChildren(el("div", { class: "welcome-card" },
      el("div", { class: "welcome-mark", "aria-hidden": "true" }, icon("cap")),
      el("h2", {}, t("welcome")),
      el("p", {}, session.bot.description || t("welcomeText"))));
  }
  drawFooter();
}

function setBlocked(blocked) {
  session.blocked = Boolean(blocked);
  showFrame();
}

function add(message) {
  const wasEmpty = list.isEmpty();
  if (!message.from_me) {
    hideDraft();
    showStatus();
  }
  list.upsert(message);
  if (wasEmpty) {
    showFrame();
    focusComposer();
  }
}

function answer(event) {
  settle(event.message_id ?? null);
  if (event.url && !followLink(event.url)) window.open(event.url, "_blank", "noopener");
  if (!event.text) return;
  if (event.show_alert) alertText(session.bot.first_name, event.text);
  else toast(event.text);
}

const HANDLERS = {
  message: (event) => add(event.message),
  edit: (event) => {
    settle(event.message.message_id);
    list.upsert(event.message);
  },
  delete: (event) => {
    list.remove(event.message_ids);
    showPinned();
    if (list.isEmpty()) showFrame();
  },
  draft: (event) => showDraft(event.draft),
  draft_end: () => endDraft(),
  toast: answer,
  answered: (event) => settle(event.message_id),
  keyboard: (event) => setReplyKeyboard(event.keyboard, event.force_reply),
  commands: (event) => setCommands(event.commands),
  action: (event) => showAction(event.action),
  poll: (event) => list.upsert(event.message),
  reaction: (event) => list.upsert(event.message),
  invoice_paid: (event) => list.upsert(event.message),
  pinned: (event) => showPinned(event.pinned),
  persona: (event) => document.dispatchEvent(new CustomEvent("persona-language", { detail: event.language_code })),
  blocked: (event) => setBlocked(event.blocked),
  inline: (event) => takeResults(event),
};

function handle(event) {
  lastSeq = event.seq ?? lastSeq;
  HANDLERS[event.type]?.(event);
}

function takeSnapshot(chat, fresh) {
  if (chat.bot) {
    session.bot = { ...session.bot, ...chat.bot };
    byId("bot-name").textContent = session.bot.first_name;
    document.title = session.bot.first_name;
  }
  session.blocked = Boolean(chat.blocked);
  if (fresh || chat.seq < lastSeq) list.reset(chat.messages);
  else list.reconcile(chat.messages);
  lastSeq = chat.seq;
  setCommands(chat.commands);
  setReplyKeyboard(chat.reply_keyboard);
  showPinned(chat.pinned);
  if (chat.draft) showDraft(chat.draft);
  else hideDraft();
  showFrame();
}

function setConnected(connected) {
  clearTimeout(bannerTimer);
  const banner = byId("banner");
  if (connected) banner.hidden = true;
  else {
    bannerTimer = setTimeout(() => {
      banner.textContent = t("reconnecting");
      banner.hidden = false;
    }, BANNER_AFTER);
  }
}

/** Open a person's chat; resolves when its messages are on the page. */
export function openChat(persona) {
  stream?.close();
  silence();
  hideDraft();
  settle();
  clearToasts();
  switchWriter(session.persona?.id, persona.id);
  session.persona = persona;
  let fresh = true;
  showStatus();
  setConnected(true);
  stream = follow(persona.id, {
    snapshot: (chat) => {
      takeSnapshot(chat, fresh);
      fresh = false;
    },
    event: handle,
    connected: () => setConnected(true),
    lost: () => setConnected(false),
  });
  return stream.first;
}

/** Draw everything of the open chat in the language that has just been chosen. */
export function redrawChat() {
  showStatus();
  list.redraw();
  redrawDraft();
  showPinned();
  showFrame();
}

/** Forget the open chat on both sides. */
export async function clearChat() {
  await api.clear(session.persona.id);
  hideDraft();
  list.reset([]);
  showPinned([]);
  setReplyKeyboard(null);
  showFrame();
}

/** The page starts here: people, languages, the chat's own menu, and links that arrive with the address. */

import * as api from "/sandbox/static/api.js";
import { clearChat, openChat, redrawChat } from "/sandbox/static/chat.js";
import { editMessage, focusComposer, replyTo } from "/sandbox/static/composer.js";
import { ask, openMenu } from "/sandbox/static/dialogs.js";
import { byId, icon } from "/sandbox/static/dom.js";
import { setLanguage, t, translateSkeleton } from "/sandbox/static/i18n.js";
import { startWith } from "/sandbox/static/links.js";
import { installMessageMenu } from "/sandbox/static/message-menu.js";
import { jump, setActions } from "/sandbox/static/messages.js";
import { perform, session } from "/sandbox/static/session.js";
import { drawSidebar } from "/sandbox/static/sidebar.js";
import { toastFailure } from "/sandbox/static/toasts.js";

const REMEMBERED = "ustoz-sandbox-persona";
const RETRY_AFTER = 1500;

function speak() {
  setLanguage(session.persona.language_code);
  translateSkeleton();
  drawSidebar(choose, () => {
    speak();
    redrawChat();
  });
}

async function choose(id) {
  const persona = session.personas.find((one) => one.id === id) ?? session.personas[0];
  if (persona.id === session.persona?.id) return;
  localStorage.setItem(REMEMBERED, String(persona.id));
  const opened = openChat(persona);
  speak();
  redrawChat();
  await opened;
  focusComposer();
}

function openChatMenu() {
  const box = byId("chat-menu").getBoundingClientRect();
  openMenu(box.right - 220, box.bottom + 4, [
    { icon: icon("trash"), label: t("clear"), testid: "clear", danger: true, run: async () => {
      if (await ask({ title: t("clear"), text: t("clearAsk"), yes: t("clearYes"), danger: true })) await clearChat().catch(toastFailure);
    } },
    session.blocked
      ? { icon: icon("check"), label: t("unblock"), testid: "menu-unblock", run: () => perform("unblock") }
      : { icon: icon("block"), label: t("block"), testid: "block", danger: true, run: () => perform("block") },
  ], t("more"));
}

/** The language may be changed elsewhere too: in another window, or by a test. */
function followLanguage(event) {
  if (session.persona.language_code === event.detail) return;
  session.persona.language_code = event.detail;
  speak();
  redrawChat();
}

async function loadPersonas() {
  for (;;) {
    try {
      return await api.personas();
    } catch {
      const banner = byId("banner");
      banner.textContent = t("reconnecting");
      banner.hidden = false;
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER));
    }
  }
}

async function main() {
  for (const node of document.querySelectorAll("[data-icon]")) node.append(icon(node.dataset.icon));
  setActions({ vote: async (message, ids) => (await perform("vote", { message_id: message.message_id, option_ids: ids })) !== false, jump });
  installMessageMenu({ reply: replyTo, edit: editMessage, compose: focusComposer });
  document.addEventListener("persona-language", followLanguage);
  byId("chat-menu").addEventListener("click", openChatMenu);
  const asked = new URLSearchParams(location.search);
  session.personas = await loadPersonas();
  await choose(Number(asked.get("persona") ?? localStorage.getItem(REMEMBERED)));
  document.documentElement.dataset.ready = "true";
  if (asked.has("start")) {
    history.replaceState(null, "", location.pathname);
    await startWith(asked.get("start"));
  }
}

main();

/** What can be done with one message: right click, long press, or the keyboard. */

import { closeMenu, menuIsOpen, openMenu } from "/sandbox/static/dialogs.js";
import { byId, icon } from "/sandbox/static/dom.js";
import { t } from "/sandbox/static/i18n.js";
import { messageById } from "/sandbox/static/messages.js";
import { canRetract } from "/sandbox/static/polls.js";
import { perform } from "/sandbox/static/session.js";
import { copyText } from "/sandbox/static/toasts.js";

const LONG_PRESS = 480;
const MOVED = 12;
const log = byId("log");

const idOf = (target) => {
  const tile = target.closest("[data-tile-id]");
  const node = target.closest(".message[data-message-id]");
  return Number(tile?.dataset.tileId ?? node?.dataset.messageId);
};

function items(message, node, { reply, edit }) {
  const text = node.querySelector(".text, .rich")?.innerText;
  const list = [{ icon: icon("reply"), label: t("reply"), testid: "menu-reply", run: () => reply(message) }];
  const open = !message.has_protected_content;
  if (text && open) list.push({ icon: icon("copy"), label: t("copy"), testid: "menu-copy", run: () => copyText(text) });
  if (open) list.push({ icon: icon("forward"), label: t("forward"), testid: "menu-forward", run: () => perform("forward", { from_message_id: message.message_id }) });
  if (message.from_me && message.text && !message.forward_origin) list.push({ icon: icon("edit"), label: t("edit"), testid: "menu-edit", run: () => edit(message) });
  if (canRetract(message)) list.push({ icon: icon("cross"), label: t("retract"), testid: "menu-retract", run: () => perform("vote", { message_id: message.message_id, option_ids: [] }) });
  return list;
}

function openFor(target, x, y, doing) {
  const message = messageById(idOf(target));
  const node = target.closest(".message");
  if (!message || node.classList.contains("service")) return false;
  openMenu(x, y, items(message, node, doing), t("options"));
  return true;
}

function step(node, by) {
  const all = [...log.querySelectorAll(".message")];
  const next = all[all.indexOf(node) + by];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
}

/** Install the menu; `doing` is {reply(message), edit(message), compose()}. */
export function installMessageMenu(doing) {
  log.addEventListener("contextmenu", (event) => {
    const selected = String(getSelection());
    if (event.target.closest("a[href], video") || selected) return;
    if (menuIsOpen() || openFor(event.target, event.clientX, event.clientY, doing)) event.preventDefault();
  });

  log.addEventListener("dblclick", (event) => {
    if (event.target.closest("button, a, .player, video, .spoiler, details, pre") || !event.target.closest(".message")) return;
    const message = messageById(idOf(event.target));
    if (message) {
      getSelection().removeAllRanges();
      doing.reply(message);
    }
  });

  let timer = 0;
  let start = null;
  let longPressed = false;
  const forget = () => clearTimeout(timer);
  log.addEventListener("pointerdown", (event) => {
    longPressed = false;
    if (event.pointerType !== "touch" || !event.target.closest(".message")) return;
    start = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => {
      longPressed = !menuIsOpen() && openFor(event.target, start.x, start.y, doing);
      if (longPressed) navigator.vibrate?.(12);
    }, LONG_PRESS);
  });
  log.addEventListener("pointermove", (event) => {
    if (start && Math.hypot(event.clientX - start.x, event.clientY - start.y) > MOVED) forget();
  });
  for (const name of ["pointerup", "pointercancel"]) log.addEventListener(name, forget);
  byId("scroller").addEventListener("scroll", forget, { passive: true });
  byId("scroller").addEventListener("wheel", () => closeMenu(), { passive: true });
  log.addEventListener("click", (event) => {
    if (!longPressed) return;
    longPressed = false;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  log.addEventListener("keydown", (event) => {
    const node = event.target.closest(".message");
    if (!node || (event.target !== node && event.key !== "ContextMenu")) return;
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by) step(node, by);
    else if (event.key === "Enter" || event.key === "ContextMenu") {
      const box = node.querySelector(".bubble").getBoundingClientRect();
      openFor(event.target, box.left + 24, Math.max(box.top + 16, 60), doing);
    } else if (event.key === "Escape") doing.compose();
    else return;
    event.preventDefault();
  });
}

/** Put the focus on the newest message: from there the arrows walk through the chat. */
export const focusNewest = () => [...log.querySelectorAll(".message")].at(-1)?.focus({ preventScroll: true });

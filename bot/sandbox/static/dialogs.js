/** Modal dialogs: questions, alerts and a picture in full. The browser's own <dialog> keeps the focus inside. */

import { el, iconButton } from "/sandbox/static/dom.js";
import { t } from "/sandbox/static/i18n.js";

/** Open a dialog around `content`; the promise gives what `close(value)` was called with, or null. */
export function openDialog(build, className = "") {
  return new Promise((resolve) => {
    let answer = null;
    const dialog = el("dialog", { class: `dialog ${className}` });
    const close = (value) => {
      answer = value;
      dialog.close();
    };
    dialog.append(...build(close));
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

const actions = (...buttons) => el("div", { class: "dialog-actions" }, ...buttons);

export const dialogButton = (text, click, kind = "", props = {}) =>
  el("button", { type: "button", class: `dialog-button ${kind}`, on: { click }, ...props }, text);

/** Ask yes or no; resolves to true only after the yes. */
export async function ask({ title, text, yes, danger = false }) {
  const answer = await openDialog((close) => [
    title && el("h2", {}, title),
    el("p", {}, text),
    actions(
      dialogButton(t("cancel"), () => close(false)),
      dialogButton(yes, () => close(true), danger ? "danger" : "strong", { autofocus: true, "data-testid": "confirm" }),
    ),
  ].filter(Boolean));
  return answer === true;
}

/** Show a callback answer that wants to be read. */
export const alertText = (title, text) =>
  openDialog((close) => [
    el("h2", {}, title),
    el("p", { "data-testid": "alert" }, text),
    actions(dialogButton(t("ok"), () => close(true), "strong", { autofocus: true, "data-testid": "confirm" })),
  ]);

/** Show a picture as large as the window allows. */
export const showPicture = (source, alt = "") =>
  openDialog((close) => [
    el("img", { src: source, alt, on: { click: () => close(null) } }),
    iconButton("close", t("close"), () => close(null), { class: "icon-button lightbox-close" }),
  ], "lightbox");

let openMenuElement = null;

/** Open a menu at a point; the items are {icon node, label, run, danger}. */
export function openMenu(x, y, items, label) {
  closeMenu();
  const opener = document.activeElement;
  const buttons = items.map((item) =>
    el("button", {
      type: "button",
      role: "menuitem",
      class: item.danger ? "menu-item danger" : "menu-item",
      "data-testid": item.testid,
      on: { click: () => { closeMenu(); item.run(); } },
    }, item.icon, el("span", {}, item.label)));
  const menu = el("div", { class: "menu", role: "menu", "aria-label": label }, ...buttons);
  document.body.append(menu);
  menu.style.left = `${Math.max(8, Math.min(x, innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(y, innerHeight - menu.offsetHeight - 8))}px`;
  menu.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) buttons[(at + step + buttons.length) % buttons.length].focus();
    else if (event.key === "Escape" || event.key === "Tab") closeMenu(opener);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  openMenuElement = menu;
  buttons[0]?.focus({ preventScroll: true });
}

/** Close the open menu, if there is one, and give the focus back. */
export function closeMenu(focusOn) {
  openMenuElement?.remove();
  openMenuElement = null;
  focusOn?.focus?.({ preventScroll: true });
}

export const menuIsOpen = () => openMenuElement !== null;

document.addEventListener("pointerdown", (event) => {
  if (openMenuElement && !openMenuElement.contains(event.target)) closeMenu();
});
window.addEventListener("blur", () => closeMenu());
window.addEventListener("resize", () => closeMenu());

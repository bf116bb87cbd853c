/** Short answers that come and go by themselves. */

import { byId, el } from "/sandbox/static/dom.js";
import { t } from "/sandbox/static/i18n.js";

const SHOWN_FOR = 3500;

/** Show one line for a few seconds; a longer text stays longer. */
export function toast(text) {
  const node = el("div", { class: "toast", "data-testid": "toast" }, text);
  const shelf = byId("toasts");
  while (shelf.children.length >= 3) shelf.firstChild.remove();
  shelf.append(node);
  const leave = () => {
    node.classList.add("leaving");
    setTimeout(() => node.remove(), 250);
  };
  node.addEventListener("click", leave);
  setTimeout(leave, SHOWN_FOR + text.length * 30);
}

/** Another chat is opened: what was said in this one is over. */
export const clearToasts = () => byId("toasts").querySelectorAll(".toast").forEach((node) => node.remove());

/** Say why an action failed, in one line. */
export const toastFailure = (problem) => toast(t("failed", { reason: problem.message }));

/** Copy to the clipboard and say so. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("copied"));
  } catch {
    const field = el("textarea", { style: "position:fixed;opacity:0", value: text });
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    toast(t(done ? "copied" : "copyFailed"));
  }
}

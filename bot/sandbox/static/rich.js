/** Bringing the server's formatted HTML to life: spoilers, folded quotations, code, tables, pictures. */

import { el, icon } from "/sandbox/static/dom.js";
import { t } from "/sandbox/static/i18n.js";
import { showPicture } from "/sandbox/static/dialogs.js";
import { copyText } from "/sandbox/static/toasts.js";

const FOLDED_LINES = 3;

function hideSpoiler(node) {
  node.classList.add("spoiler");
  node.tabIndex = 0;
  node.setAttribute("role", "button");
  node.setAttribute("aria-label", t("spoiler"));
  const reveal = (event) => {
    if (node.classList.contains("revealed")) return;
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    node.classList.add("revealed");
    for (const name of ["role", "tabindex", "aria-label"]) node.removeAttribute(name);
  };
  node.addEventListener("click", reveal, true);
  node.addEventListener("keydown", reveal);
}

/** A quotation longer than three lines starts folded; its own button opens it. */
function foldQuotation(quotation) {
  const toggle = el("button", { type: "button", class: "fold-toggle", "aria-expanded": "false", "aria-label": t("showMore") }, icon("down"));
  const body = el("div", { class: "fold-body" });
  body.append(...quotation.childNodes);
  quotation.append(body, toggle);
  quotation.classList.add("foldable", "folded");
  const flip = () => {
    const folded = quotation.classList.toggle("folded");
    toggle.setAttribute("aria-expanded", String(!folded));
    toggle.setAttribute("aria-label", folded ? t("showMore") : t("showLess"));
  };
  toggle.addEventListener("click", flip);
  body.addEventListener("click", (event) => quotation.classList.contains("folded") && !event.target.closest("a") && flip());
  requestAnimationFrame(() => {
    const line = parseFloat(getComputedStyle(body).lineHeight) || 20;
    if (body.scrollHeight <= line * (FOLDED_LINES + 0.5)) {
      quotation.classList.remove("foldable", "folded");
      toggle.remove();
    }
  });
}

function nameCode(block) {
  const code = block.querySelector("code[class*='language-']");
  const language = code?.className.match(/language-([\w+#-]+)/)?.[1] ?? block.dataset.language;
  const copy = el("button", { type: "button", class: "code-copy", "aria-label": t("copy"), title: t("copy"), on: { click: () => copyText(block.textContent) } }, icon("copy"));
  const frame = el("div", { class: "code" }, el("div", { class: "code-head" }, el("span", {}, language ?? ""), copy));
  block.replaceWith(frame);
  frame.append(block);
  block.tabIndex = 0;
}

function frameTable(table) {
  if (table.parentElement?.classList.contains("table-frame")) return;
  const frame = el("div", { class: "table-frame", tabindex: "0", role: "region", "aria-label": table.caption?.textContent || t("messages") });
  table.replaceWith(frame);
  frame.append(table);
}

function openPicture(picture) {
  if (picture.closest("a, button")) return;
  picture.loading = "lazy";
  picture.classList.add("zoomable");
  picture.tabIndex = 0;
  picture.setAttribute("role", "button");
  const open = () => showPicture(picture.currentSrc || picture.src, picture.alt);
  picture.addEventListener("click", open);
  picture.addEventListener("keydown", (event) => event.key === "Enter" && open());
}

/** A block begins and ends its own line: the line break that a text keeps around it would be an empty line. */
function trimAround(block) {
  const before = block.previousSibling;
  const after = block.nextSibling;
  if (before?.nodeType === Node.TEXT_NODE) before.data = before.data.replace(/\n$/, "");
  if (after?.nodeType === Node.TEXT_NODE) after.data = after.data.replace(/^\n/, "");
  if (after?.data === "") after.remove();
}

/** Enliven sanitised HTML that has just been put into `root`. */
export function enliven(root) {
  root.querySelectorAll(".spoiler").forEach(hideSpoiler);
  root.querySelectorAll("blockquote.expandable").forEach(foldQuotation);
  root.querySelectorAll("pre").forEach(nameCode);
  root.querySelectorAll("table").forEach(frameTable);
  root.querySelectorAll("img:not(.emoji)").forEach(openPicture);
  if (root.classList.contains("text")) {
    root.querySelectorAll(":scope > blockquote, :scope > .code").forEach(trimAround);
    if (root.lastChild instanceof Element && root.lastChild.matches("blockquote, .code")) root.classList.add("ends-in-block");
  }
  root.querySelectorAll("math[display=block]").forEach((formula) => {
    const frame = el("div", { class: "math-frame", tabindex: "0" });
    formula.replaceWith(frame);
    frame.append(formula);
  });
  root.querySelectorAll("[data-command]").forEach((command) => {
    command.tabIndex = 0;
    command.setAttribute("role", "button");
    command.addEventListener("keydown", (event) => event.key === "Enter" && command.click());
  });
  root.querySelectorAll("a[href]").forEach((link) => {
    if (link.getAttribute("href").startsWith("#")) return;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  });
  return root;
}

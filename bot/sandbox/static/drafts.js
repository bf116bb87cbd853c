/** The answer that is being written: it grows in place, then makes room for the real message. */

import { byId, el, icon } from "/sandbox/static/dom.js";
import { t } from "/sandbox/static/i18n.js";
import { enliven } from "/sandbox/static/rich.js";
import { perform } from "/sandbox/static/session.js";

/** Telegram forgets a draft that nobody renews after about this long. */
const LIFETIME = 30_000;
const GRACE = 250;

const slot = byId("draft-slot");
let expiry = 0;
let content = null;
let shown = null;

const dots = () => el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));

function body(draft) {
  const html = draft.rich_html || draft.html;
  const parts = [];
  if (draft.thinking || !html) {
    parts.push(el("div", { class: "thinking" }, el("span", {}, typeof draft.thinking === "string" && draft.thinking ? draft.thinking : t("thinking")), dots()));
  }
  if (html) parts.push(enliven(el("div", { class: draft.rich_html ? "rich" : "text", dir: "auto", html })));
  return parts;
}

/** Keep what the reader has unfolded while the text grows. */
function replaceContent(parts) {
  const open = [...content.querySelectorAll("details")].map((one) => one.open);
  content.replaceChildren(...parts);
  content.querySelectorAll("details").forEach((one, index) => { one.open = open[index] ?? one.open; });
}

/** Show a draft or its next frame. */
export function showDraft(draft) {
  clearTimeout(expiry);
  expiry = setTimeout(hideDraft, LIFETIME);
  if (!content || shown.draft_id !== draft.draft_id || shown.can_stop !== draft.can_stop) {
    content = el("div", { class: "draft-content" });
    const stop = draft.can_stop !== false && el("button", { type: "button", class: "stop", "data-testid": "stop", on: { click: (event) => { event.currentTarget.disabled = true; perform("stop", { draft_id: draft.draft_id }); } } }, icon("stop"), t("stop"));
    slot.replaceChildren(el("div", { class: "message from-bot run-start run-end draft", "data-testid": "draft", "aria-live": "off" },
      el("div", { class: "stack" }, el("div", { class: `bubble ${draft.rich_html ? "wide" : ""}` }, content), stop)));
  }
  shown = draft;
  slot.querySelector(".bubble").classList.toggle("wide", Boolean(draft.rich_html));
  replaceContent(body(draft));
}

/** Take the draft away at once. */
export function hideDraft() {
  clearTimeout(expiry);
  slot.replaceChildren();
  content = null;
  shown = null;
}

/** The draft has ended: its message usually follows at once, so wait a moment to let one replace the other. */
export function endDraft() {
  clearTimeout(expiry);
  expiry = setTimeout(hideDraft, GRACE);
}

export const redrawDraft = () => shown && showDraft({ ...shown });

/** The newest pinned message, under the header; a tap leads to it. */

import { byId, el, icon } from "/sandbox/static/dom.js";
import { summary } from "/sandbox/static/format.js";
import { t } from "/sandbox/static/i18n.js";
import { jump, messageById } from "/sandbox/static/messages.js";

let pinned = [];

/** Draw the bar for these message ids, the newest last. */
export function showPinned(ids = pinned) {
  pinned = ids ?? [];
  const message = pinned.map(messageById).findLast(Boolean);
  const bar = byId("pinned");
  bar.hidden = !message;
  bar.replaceChildren(...(message ? [
    el("button", { type: "button", class: "pinned-button", "data-testid": "pinned", on: { click: () => jump(message.message_id) } },
      icon("pinned"),
      el("span", { class: "context-text" }, el("b", {}, t("pinned")), el("span", {}, summary(message)))),
  ] : []));
}

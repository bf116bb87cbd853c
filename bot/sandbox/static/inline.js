/** Inline mode: what the bot offers while `@bot words` is being typed, above the text field. */

import { el } from "/sandbox/static/dom.js";
import { t } from "/sandbox/static/i18n.js";
import { startWith } from "/sandbox/static/links.js";
import { perform, session } from "/sandbox/static/session.js";

const ASK_AFTER = 250;

let take = () => {};

/** Hand the bot's results, an event of the chat, to the list that waits for them. */
export const takeResults = (event) => take(event);

/** The words behind the bot's own name, or null when nothing is asked of it. */
function wordsOf(text) {
  const match = /^@(\w+)\s([^]*)$/.exec(text);
  return match && match[1].toLowerCase() === session.bot.username.toLowerCase() ? match[2].trim() : null;
}

/** The list of results. `field` is the textarea and keeps the focus; `sent` is called once a result was sent. */
export function inlineList(field, sent) {
  const list = el("div", { class: "command-list", id: "inline-list", role: "listbox", "data-testid": "inline-results", hidden: true });
  let timer = 0;
  let asked = null;
  let query = null;
  let next = "";
  let at = -1;

  const options = () => [...list.querySelectorAll("[role=option]")];

  const mark = (index) => {
    at = index;
    options().forEach((node, one) => node.setAttribute("aria-selected", String(one === index)));
    const node = options()[index];
    node?.scrollIntoView({ block: "nearest" });
    if (node) field.setAttribute("aria-activedescendant", node.id);
    else field.removeAttribute("aria-activedescendant");
  };

  const close = () => {
    clearTimeout(timer);
    query = asked = null;
    list.hidden = true;
    list.replaceChildren();
    mark(-1);
  };

  const ask = async (offset) => {
    const answer = await perform("inline", { query, offset });
    if (answer !== false) asked = answer.inline_query_id;
    pending.splice(0).forEach(show);
  };

  const option = (id, testid, click, ...children) =>
    el("div", { class: "command-item inline-item", role: "option", id: `inline-${id}`, "data-testid": testid, on: { pointerdown: (event) => event.preventDefault(), click } }, ...children);

  const choose = async (queryId, result) => {
    close();
    if ((await perform("choose", { inline_query_id: queryId, id: result.id })) !== false) sent();
  };

  const open = (button) => {
    close();
    sent();
    startWith(button.start_parameter);
  };

  /** The event may come before the answer to the question that caused it. */
  const pending = [];

  const show = (event) => {
    if (query === null) return;
    if (event.inline_query_id !== asked) {
      pending.push(event);
      return;
    }
    const fresh = !next;
    if (fresh) list.replaceChildren();
    next = event.next_offset;
    list.setAttribute("aria-label", t("inlineResults"));
    if (fresh && event.button) list.append(option("button", "inline-open", () => open(event.button), el("b", {}, event.button.text)));
    event.results.forEach((result) => list.append(
      option(`${event.inline_query_id}-${result.id}`, "inline-result", () => choose(event.inline_query_id, result), el("b", {}, result.title), el("span", {}, result.description ?? ""))));
    if (!list.childElementCount) list.append(el("div", { class: "command-item" }, el("span", {}, t("nothingFound"))));
    list.hidden = false;
    if (fresh) mark(-1);
  };
  take = show;

  list.addEventListener("scroll", () => {
    if (!next || asked === null || list.scrollTop + list.clientHeight < list.scrollHeight - 40) return;
    const offset = next;
    asked = null;
    ask(offset);
  });

  return {
    node: list,
    close,
    /** Follow what is typed: the bot's name and a space ask the bot. */
    follow(text) {
      const words = wordsOf(text);
      if (words === query) return;
      clearTimeout(timer);
      if (words === null) return close();
      query = words;
      next = "";
      asked = null;
      pending.length = 0;
      timer = setTimeout(() => ask(""), ASK_AFTER);
    },
    /** Take a key for the list; true when it was one. */
    key(event) {
      const found = list.hidden ? [] : options();
      if (!found.length) return false;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") mark((at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length);
      else if (event.key === "Escape") close();
      else if (event.key === "Enter" && !event.shiftKey && at >= 0) found[at].click();
      else return false;
      event.preventDefault();
      return true;
    },
  };
}

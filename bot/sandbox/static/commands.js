/** The bot's commands: the list behind the Menu button and the completion of a typed slash. */

import { el } from "/sandbox/static/dom.js";
import { t } from "/sandbox/static/i18n.js";
import { session } from "/sandbox/static/session.js";

const matching = (typed) => {
  const prefix = typed.slice(1).toLowerCase();
  return session.commands.filter((one) => one.command.toLowerCase().startsWith(prefix));
};

/**
 * A list above the text field. `field` is the textarea, `choose(command)` runs the chosen one.
 * The field keeps the focus while the arrows move through the list.
 */
export function commandList(field, choose) {
  const list = el("div", { class: "command-list", id: "command-list", role: "listbox", "aria-label": t("commands"), "data-testid": "commands", hidden: true });
  let at = -1;
  let found = [];

  const mark = (index) => {
    at = index;
    [...list.children].forEach((node, one) => node.setAttribute("aria-selected", String(one === index)));
    const node = list.children[index];
    node?.scrollIntoView({ block: "nearest" });
    if (node) field.setAttribute("aria-activedescendant", node.id);
    else field.removeAttribute("aria-activedescendant");
  };

  const close = () => {
    list.hidden = true;
    found = [];
    mark(-1);
    field.setAttribute("aria-expanded", "false");
  };

  const pick = (command) => {
    close();
    choose(`/${command.command}`);
  };

  const show = (commands, marked) => {
    found = commands;
    if (!found.length) return close();
    list.setAttribute("aria-label", t("commands"));
    list.replaceChildren(...found.map((one, index) =>
      el("div", { class: "command-item", role: "option", id: `command-${index}`, "data-testid": `command-${one.command}`, on: { pointerdown: (event) => event.preventDefault(), click: () => pick(one) } },
        el("b", {}, `/${one.command}`), el("span", {}, one.description))));
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    return mark(marked);
  };

  return {
    node: list,
    close,
    isOpen: () => !list.hidden,
    toggle: () => (list.hidden ? show(session.commands, 0) : close()),
    /** Follow what is typed: a slash and letters show the commands that begin so. */
    follow(text) {
      if (/^\/\w*$/.test(text)) show(matching(text), 0);
      else close();
    },
    /** Take a key for the list; true when it was one. */
    key(event) {
      if (list.hidden) return false;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        mark((at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length);
      } else if (event.key === "Escape") close();
      else if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") {
        if (at < 0) return false;
        pick(found[at]);
      } else return false;
      event.preventDefault();
      return true;
    },
  };
}

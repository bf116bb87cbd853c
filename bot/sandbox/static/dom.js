/** Building elements: text is always text; only the server's sanitised HTML enters through `html`. */

export const byId = (id) => document.getElementById(id);

/** Make an element. `on` maps event names to listeners, `html` is trusted markup, everything else is an attribute. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (name === "html") node.innerHTML = value;
    else if (name === "dataset") Object.assign(node.dataset, value);
    else if (name === "style") node.style.cssText = value;
    else if (["value", "disabled", "checked", "hidden", "muted", "loop"].includes(name)) node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const PATHS = {
  menu: "M4 7h16M4 12h16M4 17h16",
  more: "M12 5.500v.01M12 12v.01M12 18.500v.01",
  close: "M6 6l12 12M18 6 6 18",
  down: "M6 9.500l6 6 6-6",
  send: "M4.500 12 3 4.500 21 12 3 19.500 4.500 12zm0 0H12",
  attach: "M20 11.500l-8 8a5 5 0 0 1-7-7l8.500-8.500a3.400 3.400 0 0 1 4.800 4.800L10 17.200a1.700 1.700 0 0 1-2.400-2.400l7.600-7.600",
  mic: "M12 3.500a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0v-5a3 3 0 0 1 3-3zM5.500 11.500a6.500 6.500 0 0 0 13 0M12 18v3",
  keyboard: "M4 6.500h16v11H4zM7.500 10h.01M10.500 10h.01M13.500 10h.01M16.500 10h.01M8.500 14h7",
  check: "M5 12.500l4.500 4.500L19 7.500",
  cross: "M7 7l10 10M17 7 7 17",
  reply: "M9.500 6 4 11.500 9.500 17M4.500 11.500H14a6 6 0 0 1 6 6v1",
  forward: "M14.500 6l5.500 5.500-5.500 5.500M19.500 11.500H10a6 6 0 0 0-6 6v1",
  copy: "M9 9h10.500v10.500H9zM15 9V4.500H4.500V15H9",
  edit: "M4.500 19.500l1-4.500L16 4.500l3.500 3.500L9 18.500zM13.500 7l3.500 3.500",
  trash: "M5 7h14M10 7V4.500h4V7M7 7l1 12.500h8L17 7",
  block: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM6.500 6.500l11 11",
  file: "M7 3.500h7L18.500 8v12.500H7zM13.500 4v4.500h5",
  photo: "M4 5.500h16v13H4zM4.500 16l5-5 4 4 2.500-2.500 4 4M15.500 9v.01",
  video: "M4 6.500h11v11H4zM15 10.500l5-3v9l-5-3z",
  quiz: "M5 5h14v14H5zM8.500 12l2.500 2.500L15.500 10",
  pin: "M12 21c4-4.500 6-7.500 6-10.500a6 6 0 0 0-12 0c0 3 2 6 6 10.500zM12 10.500v.01",
  pinned: "M9 4h6l-.800 6.500 3.300 3v1.500h-11V13.500l3.300-3zM12 15v5.500",
  link: "M8 16 16.500 7.500M9.500 7H17v7.500",
  play: "M8 5.500v13l10.500-6.500z",
  pause: "M8.500 6v12M15.500 6v12",
  stop: "M7.500 7.500h9v9h-9z",
  cap: "M12 5 2.500 9.500 12 14l9.500-4.500zM6.500 12v4.200c0 1.400 2.500 2.500 5.500 2.500s5.500-1.100 5.500-2.500V12M21.500 9.500V15",
  globe: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM4.500 12h15M12 4.500c2.500 2 3.500 4.500 3.500 7.500s-1 5.500-3.500 7.500c-2.500-2-3.500-4.500-3.500-7.500s1-5.500 3.500-7.500z",
  plus: "M12 5v14M5 12h14",
  smile: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM9 10v.01M15 10v.01M8.500 14c1.800 2.300 5.200 2.300 7 0",
  star: "M12 4l2.400 5.100 5.600.7-4.100 3.900 1 5.500-4.900-2.700-4.900 2.700 1-5.500L4 9.800l5.600-.7z",
  bulb: "M9 18h6M10 21h4M12 3.500a6 6 0 0 0-3.500 10.900c.6.500 1 1.100 1 1.900h5c0-.8.400-1.400 1-1.900A6 6 0 0 0 12 3.500z",
};
const FILLED = new Set(["play", "stop", "star"]);

/** An icon drawn with the current text colour. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", FILLED.has(name) ? "icon filled" : "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export const iconButton = (name, label, click, props = {}) =>
  el("button", { type: "button", class: "icon-button", "aria-label": label, title: label, on: { click }, ...props }, icon(name));

/** The initials and a stable colour for somebody who has no picture. */
export function avatar(name, key, className = "avatar") {
  const initials = name.split(/\s+/).filter(Boolean).slice(0, 2).map((word) => [...word][0].toUpperCase()).join("");
  return el("span", { class: `${className} hue-${Math.abs(Number(key) || 0) % 6}`, "aria-hidden": "true" }, initials);
}

/**
 * The list of messages: ordered by id, drawn from the end, older ones when the reader comes near the top.
 * The list keeps its place: at the end it follows new messages, elsewhere nothing under the eyes moves.
 */

import { renderUnit, replaceKeyboard, timeOf } from "/sandbox/static/bubble.js";
import { byId, el } from "/sandbox/static/dom.js";
import { dayKey, dayName } from "/sandbox/static/format.js";

const PAGE = 60;
const NEAR_END = 80;
const NEAR_TOP = 700;
const SAME_RUN = 600;

const scroller = byId("scroller");
const log = byId("log");
const toEnd = byId("to-end");

const messages = new Map();
let units = [];
let from = 0;
let pinned = true;
let unseen = 0;
let doing = {};

export const messageById = (id) => messages.get(id);
export const isEmpty = () => messages.size === 0;

/** Tell the list what its messages may ask for. */
export function setActions(actions) {
  doing = actions;
}

const fingerprint = (message) => JSON.stringify({ ...message, reply_markup: undefined, edit_date: message.from_me ? message.edit_date : undefined });
const sameGroup = (a, b) => a.media_group_id && a.media_group_id === b.media_group_id;

function group() {
  const ordered = [...messages.values()].sort((a, b) => a.message_id - b.message_id);
  messages.clear();
  for (const message of ordered) messages.set(message.message_id, message);
  units = [];
  for (const message of ordered) {
    const last = units.at(-1);
    if (last && sameGroup(last.messages[0], message)) last.messages.push(message);
    else units.push({ messages: [message], node: null });
  }
}

function draw(unit) {
  unit.node = renderUnit(unit.messages, doing);
  return unit.node;
}

function sectionFor(unit, atTop) {
  const key = dayKey(timeOf(unit.messages[0]));
  const neighbour = atTop ? log.firstElementChild : log.lastElementChild;
  if (neighbour?.dataset.day === key) return neighbour;
  const section = el("section", { class: "day", "data-day": key }, el("div", { class: "day-name" }, el("span", { class: "pill" }, dayName(timeOf(unit.messages[0])))));
  if (atTop) log.prepend(section);
  else log.append(section);
  return section;
}

const isService = (unit) => unit.node?.classList.contains("service");

function sameRun(a, b) {
  if (!a || !b || isService(a) || isService(b)) return false;
  const [one, other] = [a.messages[0], b.messages[0]];
  return one.from_me === other.from_me && Math.abs(timeOf(one) - timeOf(other)) < SAME_RUN && dayKey(timeOf(one)) === dayKey(timeOf(other));
}

/** A run of one sender's messages: rounded as one block, a tail on the last. */
function shape(index) {
  const unit = units[index];
  if (!unit?.node || isService(unit)) return;
  unit.node.classList.toggle("run-start", !sameRun(units[index - 1], unit));
  unit.node.classList.toggle("run-end", !sameRun(unit, units[index + 1]));
}

function shapeAround(index) {
  for (const near of [index - 1, index, index + 1]) shape(near);
}

function drawOlder() {
  if (from === 0) return;
  const fromEnd = scroller.scrollHeight - scroller.scrollTop;
  const until = from;
  from = Math.max(0, from - PAGE);
  for (let index = until - 1; index >= from; index -= 1) {
    const section = sectionFor(units[index], true);
    section.firstElementChild.after(draw(units[index]));
  }
  for (let index = from; index <= until; index += 1) shape(index);
  scroller.scrollTop = scroller.scrollHeight - fromEnd;
}

function drawAll() {
  log.replaceChildren();
  for (let index = from; index < units.length; index += 1) sectionFor(units[index], false).append(units[index].node ?? draw(units[index]));
  for (let index = from; index < units.length; index += 1) shape(index);
}

export function scrollToEnd(smooth = false) {
  pinned = true;
  unseen = 0;
  showToEnd();
  scroller.scrollTo({ top: scroller.scrollHeight, behavior: smooth ? "smooth" : "instant" });
}

function showToEnd() {
  toEnd.hidden = pinned;
  toEnd.dataset.count = unseen ? String(unseen) : "";
}

/** Put a whole chat into the list. */
export function reset(all) {
  messages.clear();
  units = [];
  for (const message of all) messages.set(message.message_id, message);
  group();
  from = Math.max(0, units.length - PAGE);
  log.setAttribute("aria-busy", "true");
  drawAll();
  log.removeAttribute("aria-busy");
  scrollToEnd();
}

/** Bring the list up to a newer snapshot of the same chat with as few changes as possible. */
export function reconcile(all) {
  const present = new Set(all.map((message) => message.message_id));
  remove([...messages.keys()].filter((id) => !present.has(id)));
  all.forEach((message) => upsert(message));
}

/** Draw everything again, as after a change of language. */
export function redraw() {
  const top = scroller.scrollTop;
  for (const unit of units) unit.node = null;
  drawAll();
  scroller.scrollTop = pinned ? scroller.scrollHeight : top;
}

function keepFocus(old, change) {
  const focused = document.activeElement;
  const place = old?.contains(focused) ? focused.dataset.place ?? "" : null;
  const fresh = change();
  if (place === null) return;
  const target = (place && fresh.querySelector(`[data-place="${place}"]`)) || fresh;
  target.focus({ preventScroll: true });
}

function change(message, old) {
  const unit = units.find((one) => one.messages.some((member) => member.message_id === message.message_id));
  unit.messages = unit.messages.map((member) => (member.message_id === message.message_id ? message : member));
  if (!unit.node) return;
  const index = units.indexOf(unit);
  const previous = unit.node;
  keepFocus(previous, () => {
    if (unit.messages.length === 1 && fingerprint(old) === fingerprint(message)) replaceKeyboard(previous, message);
    else previous.replaceWith(draw(unit));
    return unit.node;
  });
  shape(index);
}

function append(message) {
  const last = units.at(-1);
  if (last && sameGroup(last.messages[0], message)) {
    last.messages.push(message);
    const old = last.node;
    old?.replaceWith(draw(last));
  } else {
    const unit = { messages: [message], node: null };
    units.push(unit);
    const node = draw(unit);
    node.classList.add("arriving");
    sectionFor(unit, false).append(node);
  }
  shapeAround(units.length - 1);
}

/** Add a message or change the one that is there. */
export function upsert(message) {
  const old = messages.get(message.message_id);
  if (old && JSON.stringify(old) === JSON.stringify(message)) return;
  const newest = units.at(-1)?.messages.at(-1).message_id ?? 0;
  messages.set(message.message_id, message);
  if (old) change(message, old);
  else if (message.message_id > newest) append(message);
  else {
    group();
    from = Math.min(from, units.length);
    drawAll();
  }
  if (pinned || (message.from_me && !old)) scrollToEnd();
  else if (!old) {
    unseen += 1;
    showToEnd();
  }
}

/** Take messages away. */
export function remove(ids) {
  for (const id of ids) {
    if (!messages.delete(id)) continue;
    const index = units.findIndex((unit) => unit.messages.some((member) => member.message_id === id));
    const unit = units[index];
    unit.messages = unit.messages.filter((member) => member.message_id !== id);
    if (unit.messages.length) {
      const old = unit.node;
      if (old) old.replaceWith(draw(unit));
      continue;
    }
    const section = unit.node?.parentElement;
    unit.node?.remove();
    if (section && section.children.length === 1) section.remove();
    units.splice(index, 1);
    if (index < from) from -= 1;
    shapeAround(index);
  }
}

/** Scroll to a message and light it up for a moment. */
export function jump(id) {
  const index = units.findIndex((unit) => unit.messages.some((member) => member.message_id === id));
  if (index < 0) return;
  while (index < from) drawOlder();
  const { node } = units[index];
  pinned = false;
  node.scrollIntoView({ block: "center", behavior: "smooth" });
  node.classList.remove("lit");
  requestAnimationFrame(() => node.classList.add("lit"));
}

let quiet = 0;
let lastTop = 0;

/** The name of the day that sticks to the top is there while the reader scrolls. */
function showDay() {
  for (const section of log.children) section.firstElementChild.classList.toggle("stuck", section.offsetTop < scroller.scrollTop - 2);
  scroller.classList.add("scrolling");
  clearTimeout(quiet);
  quiet = setTimeout(() => scroller.classList.remove("scrolling"), 900);
}

// Only a reader who scrolls up leaves the end; growing content does not push anybody away from it.
scroller.addEventListener("scroll", () => {
  showDay();
  const top = scroller.scrollTop;
  if (scroller.scrollHeight - top - scroller.clientHeight < NEAR_END) pinned = true;
  else if (top < lastTop - 1) pinned = false;
  lastTop = top;
  if (pinned) unseen = 0;
  showToEnd();
  if (scroller.scrollTop < NEAR_TOP) drawOlder();
}, { passive: true });
toEnd.addEventListener("click", () => scrollToEnd(true));

const follower = new ResizeObserver(() => {
  if (pinned) scroller.scrollTop = scroller.scrollHeight;
});
for (const node of [scroller, log, byId("draft-slot")]) follower.observe(node);

/** Polls and quizzes: vote by tapping, then see the shares, the right answer and its explanation. */

import { el, icon } from "/sandbox/static/dom.js";
import { t } from "/sandbox/static/i18n.js";

/** What this person chose. */
const choiceOf = (poll) => poll.chosen_option_ids ?? [];
/** The right answers; the server tells them only after the vote or the end. */
const correctIds = (poll) => poll.correct_option_ids ?? [];

/** Whether this person may take the vote back. */
export const canRetract = (message) => Boolean(message.poll?.allows_revoting && !message.poll.is_closed && choiceOf(message.poll).length);

function kindLine(poll) {
  const parts = [t(poll.type === "quiz" ? "quiz" : "poll")];
  if (poll.is_anonymous) parts.unshift(t("anonymous"));
  if (poll.is_closed) parts.push(t("finalResults"));
  const line = parts.join(", ");
  return line[0].toUpperCase() + line.slice(1);
}

function resultRow(poll, option, index, chosen) {
  const share = poll.total_voter_count ? Math.round(((option.voter_count ?? 0) / poll.total_voter_count) * 100) : 0;
  const right = correctIds(poll).includes(index);
  const mine = chosen.includes(index);
  const wrong = poll.type === "quiz" && mine && !right && correctIds(poll).length > 0;
  const state = right && poll.type === "quiz" ? "right" : wrong ? "wrong" : mine ? "mine" : "";
  const mark = state === "wrong" ? icon("cross") : state ? icon("check") : null;
  const spoken = { right: t("rightAnswer"), wrong: t("wrongAnswer") }[state];
  return el("li", { class: `poll-result ${state}`, style: `--share:${share}%` },
    el("span", { class: "poll-share" }, `${share}%`),
    el("span", { class: "poll-text" }, option.text, spoken && el("span", { class: "sr-only" }, ` (${spoken})`)),
    el("span", { class: "poll-mark" }, mark),
    el("span", { class: "poll-bar", "aria-hidden": "true" }));
}

function ballot(message, vote, chosen) {
  const poll = message.poll;
  const several = poll.allows_multiple_answers;
  const picked = new Set(chosen);
  const options = poll.options.map((option, index) =>
    el("button", { type: "button", class: "poll-option", "data-testid": "poll-option", "aria-pressed": String(picked.has(index)), on: { click: (event) => tap(event.currentTarget, index) } },
      el("span", { class: several ? "poll-box square" : "poll-box" }, icon("check")),
      el("span", { class: "poll-text" }, option.text)));
  const send = several && el("button", { type: "button", class: "poll-send", "data-testid": "poll-send", disabled: picked.size === 0, on: { click: () => cast([...picked]) } }, t("vote"));

  async function cast(ids) {
    options.forEach((button) => { button.disabled = true; });
    if (!(await vote(message, ids))) {
      options.forEach((button) => { button.disabled = false; button.classList.remove("waiting"); });
    }
  }
  function tap(button, index) {
    if (!several) {
      button.classList.add("waiting");
      return cast([index]);
    }
    if (!picked.delete(index)) picked.add(index);
    button.setAttribute("aria-pressed", String(picked.has(index)));
    send.disabled = picked.size === 0;
    return undefined;
  }
  return [el("div", { class: "poll-options" }, options), send];
}

function countdown(poll) {
  if (!poll.close_date || poll.is_closed) return null;
  const ends = typeof poll.close_date === "number" ? poll.close_date * 1000 : Date.parse(poll.close_date);
  const node = el("span", { class: "poll-timer", role: "timer" });
  const tick = () => {
    const left = Math.ceil((ends - Date.now()) / 1000);
    node.textContent = left > 0 ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : "";
    node.classList.toggle("hurry", left <= 5);
    if (left > 0) setTimeout(() => node.isConnected && tick(), 500);
  };
  tick();
  return node;
}

/** The body of a poll's bubble. `vote(message, ids)` resolves to whether the vote was taken. */
export function pollBody(message, vote) {
  const poll = message.poll;
  const chosen = choiceOf(message.poll);
  const answered = chosen.length > 0;
  const shown = answered || poll.is_closed;
  const right = correctIds(poll);
  const isRight = answered && right.length > 0 && right.length === chosen.length && chosen.every((id) => right.includes(id));
  const verdict = poll.type === "quiz" && answered && right.length > 0;
  const total = poll.total_voter_count;
  return el("div", { class: "poll", "data-testid": "poll", "data-answered": String(answered) },
    el("div", { class: "poll-question" }, poll.question),
    poll.description && el("div", { class: "poll-description" }, poll.description),
    el("div", { class: "poll-kind" }, el("span", {}, kindLine(poll)), countdown(poll)),
    shown
      ? el("ul", { class: "poll-results" }, poll.options.map((option, index) => resultRow(poll, option, index, chosen)))
      : ballot(message, vote, chosen),
    verdict && el("div", { class: `poll-verdict ${isRight ? "right" : "wrong"}`, "data-testid": "poll-verdict" }, icon(isRight ? "check" : "cross"), t(isRight ? "rightAnswer" : "wrongAnswer")),
    shown && poll.explanation && el("div", { class: "poll-explanation" }, icon("bulb"), el("span", {}, poll.explanation)),
    el("div", { class: "poll-votes" }, total ? t("votes", { count: total }) : t("noVotes")));
}

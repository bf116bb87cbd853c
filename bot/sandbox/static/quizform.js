/** The form with which a person makes a quiz poll. */

import { dialogButton, openDialog } from "/sandbox/static/dialogs.js";
import { el, icon } from "/sandbox/static/dom.js";
import { t } from "/sandbox/static/i18n.js";
import { perform } from "/sandbox/static/session.js";

const MOST_OPTIONS = 12;

function optionRow(list, number) {
  return el("div", { class: "quiz-option" },
    el("input", { type: "radio", name: "correct", class: "quiz-correct", "aria-label": `${t("markCorrect")}: ${number}`, title: t("markCorrect"), "data-testid": `quiz-correct-${number}` }),
    el("input", { type: "text", class: "field", maxlength: "100", placeholder: t("option", { number }), "aria-label": t("option", { number }), "data-testid": `quiz-option-${number}` }));
}

function read(form) {
  const question = form.querySelector("[name=question]").value.trim();
  const rows = [...form.querySelectorAll(".quiz-option")]
    .map((row) => ({ text: row.querySelector(".field").value.trim(), correct: row.querySelector(".quiz-correct").checked }))
    .filter((row) => row.text);
  const correct = rows.findIndex((row) => row.correct);
  const explanation = form.querySelector("[name=explanation]").value.trim();
  if (!question || rows.length < 2) return { problem: t("needQuestion") };
  if (correct < 0) return { problem: t("needCorrect") };
  return { poll: { question, options: rows.map((row) => row.text), correct_option_id: correct, explanation: explanation || undefined } };
}

/** Ask for a quiz and send it to the bot. */
export async function makeQuiz() {
  const poll = await openDialog((close) => {
    const options = el("div", { class: "quiz-options" });
    const more = el("button", { type: "button", class: "quiz-more", on: { click: () => add(true) } }, icon("plus"), t("addOption"));
    const add = (focus) => {
      const row = optionRow(options, options.children.length + 1);
      options.append(row);
      more.hidden = options.children.length >= MOST_OPTIONS;
      if (focus) row.querySelector(".field").focus();
    };
    const problem = el("p", { class: "form-problem", role: "alert" });
    const form = el("form", { class: "quiz-form", novalidate: true, on: { submit: (event) => {
      event.preventDefault();
      const result = read(form);
      if (result.poll) close(result.poll);
      else problem.textContent = result.problem;
    } } },
    el("h2", {}, t("newQuiz")),
    el("textarea", { class: "field", name: "question", rows: "2", maxlength: "300", placeholder: t("question"), "aria-label": t("question"), autofocus: true, "data-testid": "quiz-question" }),
    el("p", { class: "field-hint" }, t("markCorrect")),
    options, more,
    el("input", { type: "text", class: "field", name: "explanation", maxlength: "200", placeholder: t("explanation"), "aria-label": t("explanation"), "data-testid": "quiz-explanation" }),
    problem,
    el("div", { class: "dialog-actions" }, dialogButton(t("cancel"), () => close(null)), el("button", { class: "dialog-button strong", "data-testid": "confirm" }, t("send"))));
    add();
    add();
    add();
    return [form];
  }, "form-dialog");
  return poll ? perform("poll", poll) : false;
}

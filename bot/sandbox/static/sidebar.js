/** Who is writing: the four people of the sandbox, and the language they speak. */

import * as api from "/sandbox/static/api.js";
import { avatar, byId, el } from "/sandbox/static/dom.js";
import { personName } from "/sandbox/static/format.js";
import { currentLanguage, LANGUAGES, t } from "/sandbox/static/i18n.js";
import { session } from "/sandbox/static/session.js";
import { toastFailure } from "/sandbox/static/toasts.js";

const sidebar = byId("sidebar");
const scrim = byId("scrim");
const opener = byId("open-sidebar");
const narrow = matchMedia("(max-width: 899px)");

function setOpen(open) {
  sidebar.classList.toggle("open", open);
  scrim.hidden = !open;
  sidebar.inert = narrow.matches && !open;
  opener.setAttribute("aria-expanded", String(open));
  if (open) sidebar.querySelector("[aria-current=true]")?.focus();
}

/** Close the drawer of a narrow window. */
export function closeSidebar() {
  const wasOpen = sidebar.classList.contains("open");
  setOpen(false);
  if (wasOpen) opener.focus({ preventScroll: true });
}

const roleName = (role) => (["student", "teacher", "admin"].includes(role) ? t(role) : role);

function personaButton(persona, choose) {
  const current = persona.id === session.persona?.id;
  return el("button", {
    type: "button", class: "persona", "data-testid": `persona-${persona.id}`, "aria-current": String(current), "data-role": persona.role,
    on: { click: () => { closeSidebar(); choose(persona.id); } },
  },
  avatar(personName(persona), persona.id),
  el("span", { class: "persona-text" },
    el("span", { class: "persona-name" }, personName(persona)),
    el("span", { class: "persona-role" }, roleName(persona.role))),
  el("span", { class: "persona-language" }, persona.language_code));
}

/** Draw the people and the languages; `choose(id)` opens a chat, `speak()` follows a change of language. */
export function drawSidebar(choose, speak) {
  byId("personas").replaceChildren(...session.personas.map((persona) => personaButton(persona, choose)));
  byId("languages").replaceChildren(...LANGUAGES.map(([code, name]) =>
    el("button", { type: "button", role: "radio", class: "segment", "aria-checked": String(code === currentLanguage()), "data-testid": `language-${code}`, lang: code, on: { click: () => change(code, speak) } }, name)));
}

async function change(code, speak) {
  const { persona } = session;
  try {
    await api.setLanguageOf(persona.id, code);
    persona.language_code = code;
    speak();
    byId("languages").querySelector("[aria-checked=true]").focus();
  } catch (problem) {
    toastFailure(problem);
  }
}

opener.addEventListener("click", () => setOpen(true));
scrim.addEventListener("click", closeSidebar);
byId("close-sidebar").addEventListener("click", closeSidebar);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && sidebar.classList.contains("open")) closeSidebar();
});
sidebar.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step && event.target.getAttribute("role") === "radio") {
    const all = [...byId("languages").children];
    all[(all.indexOf(event.target) + step + all.length) % all.length].focus();
  }
});
narrow.addEventListener("change", () => setOpen(false));
setOpen(false);

/** Who is using the page, which chat is open, and doing something in it. */

import * as api from "/sandbox/static/api.js";
import { toastFailure } from "/sandbox/static/toasts.js";

/** The page's only shared state. */
export const session = {
  personas: [],
  persona: null,
  bot: { first_name: "Ustoz", username: "" },
  commands: [],
  replyKeyboard: null,
  blocked: false,
};

/** Act in the open chat. Resolves to the server's answer, or to false after saying why it refused. */
export async function perform(action, body) {
  try {
    return (await api.act(session.persona.id, action, body)) ?? true;
  } catch (problem) {
    toastFailure(problem);
    return false;
  }
}

/** Links that Telegram would open in itself: the bot's own deep links stay inside the page. */

import { t } from "/sandbox/static/i18n.js";
import { perform, session } from "/sandbox/static/session.js";
import { toast } from "/sandbox/static/toasts.js";

const TELEGRAM_HOSTS = new Set(["t.me", "telegram.me", "telegram.dog"]);
const PAYLOAD = /^[\w-]{0,64}$/;

/** What a link asks of this bot: {payload}, {elsewhere: true} for Telegram's other places, null for the open web. */
export function readLink(address) {
  let url;
  try {
    url = new URL(address, location.href);
  } catch {
    return null;
  }
  const own = (name) => name.toLowerCase() === session.bot.username.toLowerCase();
  if (url.protocol === "tg:") {
    const place = url.host || url.pathname.replace(/^\/+/, "").split("?")[0];
    const name = url.searchParams.get("domain") ?? "";
    return place === "resolve" && (own(name) || !session.bot.username) ? { payload: url.searchParams.get("start") ?? "" } : { elsewhere: true };
  }
  if (!TELEGRAM_HOSTS.has(url.hostname)) return null;
  const name = url.pathname.split("/")[1] ?? "";
  return own(name) || !session.bot.username ? { payload: url.searchParams.get("start") ?? "" } : null;
}

/** Open the bot with a payload, as tapping its link in Telegram does. */
export async function startWith(payload) {
  if (!PAYLOAD.test(payload)) return toast(t("failed", { reason: payload.slice(0, 40) }));
  return perform("start", payload ? { payload } : {});
}

/** Follow a link inside the page when it belongs here; false when the browser should open it. */
export function followLink(address) {
  const target = readLink(address);
  if (!target) return false;
  if (target.elsewhere) toast(t("unsupported"));
  else startWith(target.payload);
  return true;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (link && followLink(link.getAttribute("href"))) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const command = event.target.closest?.("[data-command]");
  if (!command) return;
  event.preventDefault();
  perform("send", { text: command.dataset.command });
});

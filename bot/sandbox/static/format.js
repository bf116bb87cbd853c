/** Times, sizes and sums as a person reads them. */

import { currentLanguage, locale, t } from "/sandbox/static/i18n.js";

/** Browsers rarely carry Uzbek month names. */
const UZBEK_MONTHS = ["yanvar", "fevral", "mart", "aprel", "may", "iyun", "iyul", "avgust", "sentabr", "oktabr", "noyabr", "dekabr"];

const cache = new Map();

function formatter(name, options) {
  const key = `${locale()} ${name}`;
  if (!cache.has(key)) cache.set(key, new Intl.DateTimeFormat(locale(), options));
  return cache.get(key);
}

export const clock = (unix) =>
  formatter("clock", { hour: "2-digit", minute: "2-digit", hour12: false }).format(new Date(unix * 1000));

export const fullTime = (unix) =>
  formatter("full", { dateStyle: "short", timeStyle: "medium" }).format(new Date(unix * 1000));

/** A key that is equal for two moments of the same local day. */
export const dayKey = (unix) => new Date(unix * 1000).toDateString();

export function dayName(unix) {
  const date = new Date(unix * 1000);
  const now = new Date();
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (date.toDateString() === now.toDateString()) return t("today");
  if (date.toDateString() === yesterday.toDateString()) return t("yesterday");
  const options = { day: "numeric", month: "long" };
  if (currentLanguage() === "uz") {
    const year = date.getFullYear() === now.getFullYear() ? "" : `, ${date.getFullYear()}`;
    return `${date.getDate()}-${UZBEK_MONTHS[date.getMonth()]}${year}`;
  }
  if (date.getFullYear() === now.getFullYear()) return formatter("day", options).format(date);
  return formatter("year", { ...options, year: "numeric" }).format(date);
}

export function size(bytes) {
  if (!bytes) return "";
  const units = ["B", "KB", "MB", "GB"];
  const step = Math.min(Math.floor(Math.log(bytes) / Math.log(1024)), units.length - 1);
  const amount = bytes / 1024 ** step;
  return `${new Intl.NumberFormat(locale(), { maximumFractionDigits: amount < 10 && step > 0 ? 1 : 0 }).format(amount)} ${units[step]}`;
}

export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds || 0));
  const tail = String(whole % 60).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}:${tail}`;
  return `${Math.floor(whole / 3600)}:${String(Math.floor(whole / 60) % 60).padStart(2, "0")}:${tail}`;
}

/** Stars are whole; other currencies arrive in their hundredths, as Telegram sends them. */
export function money(amount, currency) {
  if (currency === "XTR") return `⭐ ${amount}`;
  return new Intl.NumberFormat(locale(), { style: "currency", currency, maximumFractionDigits: amount % 100 ? 2 : 0 }).format(amount / 100);
}

export const personName = (person) => [person.first_name, person.last_name].filter(Boolean).join(" ");

/** One line that stands for a message: in a reply, in the edit bar. */
export function summary(message) {
  const text = message.text ?? message.caption;
  if (text) return text.replace(/\s+/g, " ").slice(0, 140);
  if (message.rich_html) {
    const spaced = message.rich_html.replace(/<\/(?:p|h\d|li|t[dhr]|div|summary|blockquote|pre)>/g, "$& ");
    const page = new DOMParser().parseFromString(spaced, "text/html");
    return page.body.textContent.replace(/\s+/g, " ").trim().slice(0, 140);
  }
  if (message.photo) return t("photo");
  if (message.video || message.animation || message.video_note) return t("video");
  if (message.voice) return t("voice");
  if (message.audio) return message.audio.title ?? t("audio");
  if (message.document) return message.document.file_name ?? t("file");
  if (message.poll) return message.poll.question;
  if (message.contact) return t("contact");
  if (message.location) return t("location");
  if (message.invoice) return message.invoice.title;
  if (message.sticker) return message.sticker.emoji ?? "";
  return t("message");
}

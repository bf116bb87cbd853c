/** Photos, videos, albums, stickers and documents inside a bubble. */

import { fileUrl } from "/sandbox/static/api.js";
import { showPicture } from "/sandbox/static/dialogs.js";
import { el, icon } from "/sandbox/static/dom.js";
import { duration, size } from "/sandbox/static/format.js";
import { t } from "/sandbox/static/i18n.js";
import { audioPlayer, voicePlayer } from "/sandbox/static/player.js";

const WIDEST = 440;
const TALLEST = 420;
const NARROWEST = 140;
const ALBUM_ROWS = { 2: [2], 3: [1, 2], 4: [2, 2], 5: [2, 3], 6: [3, 3], 7: [2, 2, 3], 8: [2, 3, 3], 9: [3, 3, 3], 10: [2, 2, 3, 3] };
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Reserve the picture's place before it has loaded, so that nothing jumps. */
function frame(width, height) {
  if (!width || !height) return `width:${WIDEST * 0.7}px;aspect-ratio:4/3`;
  const scale = Math.min(WIDEST / width, TALLEST / height, 2);
  return `width:${Math.max(NARROWEST, Math.round(width * scale))}px;aspect-ratio:${width}/${height}`;
}

function veil(message, node) {
  if (!message.has_media_spoiler) return node;
  node.classList.add("veiled");
  const lift = (event) => {
    if (!node.classList.contains("veiled")) return;
    event.preventDefault();
    event.stopPropagation();
    node.classList.remove("veiled");
  };
  node.addEventListener("click", lift, true);
  return node;
}

const largest = (photo) => photo.reduce((best, one) => (one.width * one.height > best.width * best.height ? one : best));

function photoButton(message, style) {
  const photo = largest(message.photo);
  const source = fileUrl(photo.file_id);
  return veil(message, el("button", { type: "button", class: "photo", style, "aria-label": t("photo"), on: { click: () => showPicture(source, message.caption ?? "") } },
    el("img", { src: source, alt: message.caption ?? t("photo"), loading: "lazy", decoding: "async" })));
}

function videoPlayer(message, video, style) {
  const poster = video.thumbnail && fileUrl(video.thumbnail.file_id);
  return veil(message, el("div", { class: "video", style },
    el("video", { src: fileUrl(video.file_id), controls: true, preload: "metadata", playsinline: true, poster, "aria-label": t("video") })));
}

function animation(message) {
  const clip = message.animation;
  return el("div", { class: "video", style: frame(clip.width, clip.height) },
    el("video", { src: fileUrl(clip.file_id), loop: true, muted: true, playsinline: true, autoplay: !calm.matches, controls: calm.matches }));
}

const roundVideo = (note) =>
  el("div", { class: "video round" },
    el("video", { src: fileUrl(note.file_id), preload: "metadata", playsinline: true, controls: true, "aria-label": t("video") }));

const DOT = 64;

function sticker(one) {
  // The sandbox's own stickers are a single dot: their emoji is the picture.
  if (one.is_animated || one.file_size <= DOT) return el("div", { class: "big-emoji" }, one.emoji ?? "🙂");
  const tag = one.is_video ? "video" : "img";
  return el(tag, { class: "sticker", src: fileUrl(one.file_id), alt: one.emoji ?? "", loop: true, muted: true, autoplay: !calm.matches });
}

const extension = (name) => (name.includes(".") ? name.split(".").pop().slice(0, 4) : "");

/** A document row; a PDF opens in a new tab, anything else is downloaded under its own name. */
function documentRow(file) {
  const name = file.file_name ?? t("file");
  const opens = file.mime_type === "application/pdf" || /\.pdf$/i.test(name);
  const kind = extension(name).toLowerCase();
  const image = file.thumbnail && el("img", { src: fileUrl(file.thumbnail.file_id), alt: "", loading: "lazy" });
  return el("a", {
    class: "document",
    href: fileUrl(file.file_id),
    ...(opens ? { target: "_blank", rel: "noopener" } : { download: name }),
  },
  el("span", { class: `document-icon kind-${kind || "other"}`, "aria-hidden": "true" }, image ?? (kind ? el("b", {}, kind) : icon("file"))),
  el("span", { class: "document-text" },
    el("span", { class: "document-name" }, name),
    el("span", { class: "document-size" }, size(file.file_size))));
}

const visual = (message) => message.photo || (message.video && !message.video.file_name?.endsWith(".mkv"));

function tile(message, style) {
  const node = message.photo ? photoButton(message, style) : videoPlayer(message, message.video, style);
  node.dataset.tileId = message.message_id;
  if (message.video?.duration) node.append(el("span", { class: "tile-time" }, duration(message.video.duration)));
  return node;
}

/** Photos and videos of one media group as a grid, other files as a list. */
export function album(messages) {
  if (!messages.every(visual)) return el("div", { class: "document-list" }, messages.map((message) => mediaOf(message)));
  const rows = ALBUM_ROWS[messages.length] ?? [2];
  const grid = el("div", { class: "album" });
  let taken = 0;
  for (const count of rows) {
    for (const message of messages.slice(taken, taken + count)) {
      grid.append(tile(message, `grid-column:span ${6 / count};aspect-ratio:${count === 1 ? "16/9" : "1"}`));
    }
    taken += count;
  }
  return grid;
}

/** The media of one message, or null when it has none. */
export function mediaOf(message) {
  if (message.photo) {
    const photo = largest(message.photo);
    return photoButton(message, frame(photo.width, photo.height));
  }
  if (message.animation) return animation(message);
  if (message.video) return videoPlayer(message, message.video, frame(message.video.width, message.video.height));
  if (message.video_note) return roundVideo(message.video_note);
  if (message.voice) return voicePlayer(message.voice);
  if (message.audio) return audioPlayer(message.audio);
  if (message.document) return documentRow(message.document);
  if (message.sticker) return sticker(message.sticker);
  return null;
}

/** Whether the media should fill the bubble to its edges. */
export const isEdgeToEdge = (message) => Boolean(message.photo || message.video || message.animation);
/** Whether the message has no bubble at all. */
export const isBare = (message) => Boolean(message.sticker || message.video_note || message.dice);

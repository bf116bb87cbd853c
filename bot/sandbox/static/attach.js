/** Sending files: picked, dropped, pasted or recorded. */

import * as api from "/sandbox/static/api.js";
import { dialogButton, openDialog, openMenu } from "/sandbox/static/dialogs.js";
import { byId, el, icon } from "/sandbox/static/dom.js";
import { size } from "/sandbox/static/format.js";
import { t } from "/sandbox/static/i18n.js";
import { makeQuiz } from "/sandbox/static/quizform.js";
import { perform, session } from "/sandbox/static/session.js";
import { toastFailure } from "/sandbox/static/toasts.js";

const MOST_AT_ONCE = 10;

/** What goes into one album together, as in the apps; what is missing here goes alone. */
const SHELVES = { photo: "pictures", video: "pictures", document: "files", audio: "music" };

/** For each file the album that it belongs to: neighbours of one shelf make one; null for a file alone. */
export function albumsOf(kinds) {
  const albums = kinds.map(() => null);
  for (let start = 0, end; start < kinds.length; start = end) {
    const shelf = SHELVES[kinds[start]];
    for (end = start + 1; end < kinds.length && shelf && SHELVES[kinds[end]] === shelf;) end += 1;
    if (end - start > 1) albums.fill(String(crypto.getRandomValues(new BigUint64Array(1))[0]), start, end);
  }
  return albums;
}

function kindOf(file) {
  if (/^image\/(jpeg|png|webp)$/.test(file.type)) return "photo";
  if (/^video\/(mp4|webm|quicktime)$/.test(file.type)) return "video";
  if (file.type.startsWith("audio/")) return "audio";
  return "document";
}

/** Upload with a visible progress; true when it has arrived. */
export async function send(upload) {
  const bar = el("i");
  const note = el("div", { class: "uploading", role: "status" }, el("span", {}, `${t("uploading")}: ${upload.name ?? upload.file.name}`), el("div", { class: "progress" }, bar));
  byId("toasts").append(note);
  try {
    await api.upload(session.persona.id, upload, (share) => { bar.style.width = `${share * 100}%`; });
    return true;
  } catch (problem) {
    toastFailure(problem);
    return false;
  } finally {
    note.remove();
  }
}

function preview(file, kind) {
  if (kind === "photo" || kind === "video") {
    return el(kind === "photo" ? "img" : "video", { src: URL.createObjectURL(file), alt: file.name, muted: true, class: "upload-preview" });
  }
  return el("div", { class: "upload-file" }, icon("file"), el("span", {}, file.name), el("small", {}, size(file.size)));
}

/** A video reads its file for as long as it is shown, so the address is given back afterwards. */
function release(node) {
  const source = node.src;
  if (!source) return;
  node.removeAttribute("src");
  if (node instanceof HTMLMediaElement) node.load();
  URL.revokeObjectURL(source);
}

/** Show what is about to be sent, ask for a caption, then send. */
export async function offer(files, asFile, takeReply) {
  const chosen = [...files].slice(0, MOST_AT_ONCE);
  if (!chosen.length) return;
  const kinds = chosen.map((file) => (asFile ? "document" : kindOf(file)));
  const previews = chosen.map((file, index) => preview(file, kinds[index]));
  const field = el("input", { type: "text", class: "field", maxlength: "1024", placeholder: t("caption"), "aria-label": t("caption"), autofocus: true, "data-testid": "caption" });
  const agreed = await openDialog((close) => [
    el("form", { on: { submit: (event) => { event.preventDefault(); close(true); } } },
      el("div", { class: "upload-list" }, previews),
      field,
      el("div", { class: "dialog-actions" }, dialogButton(t("cancel"), () => close(null)), el("button", { class: "dialog-button strong", "data-testid": "confirm" }, t("send")))),
  ], "form-dialog");
  previews.forEach(release);
  if (!agreed) return;
  const replyTo = takeReply();
  const albums = albumsOf(kinds);
  for (const [index, file] of chosen.entries()) {
    await send({ file, kind: kinds[index], caption: index === 0 ? field.value.trim() : "", replyTo: index === 0 ? replyTo : null, album: albums[index] });
  }
}

function pick(accept, several, then) {
  const input = el("input", { type: "file", accept, multiple: several, class: "sr-only", "data-testid": "file-input" });
  input.addEventListener("change", () => {
    then(input.files);
    input.remove();
  });
  input.addEventListener("cancel", () => input.remove());
  document.body.append(input);
  input.click();
}

/** Where there is no microphone: a recording is chosen from the files. */
export const pickVoice = (takeReply) =>
  pick("audio/*", false, ([file]) => file && send({ file, kind: "voice", replyTo: takeReply() }));

/** The menu behind the paper clip. */
export function openAttachMenu(button, takeReply) {
  const box = button.getBoundingClientRect();
  openMenu(box.left - 40, box.top - 236, [
    { icon: icon("photo"), label: t("photoOrVideo"), testid: "attach-photo", run: () => pick("image/*,video/*", true, (files) => offer(files, false, takeReply)) },
    { icon: icon("file"), label: t("file"), testid: "attach-file", run: () => pick("", true, (files) => offer(files, true, takeReply)) },
    { icon: icon("quiz"), label: t("quiz"), testid: "attach-quiz", run: makeQuiz },
    { icon: icon("pin"), label: t("location"), testid: "attach-location", run: () => perform("location", {}) },
    { icon: icon("smile"), label: t("sticker"), testid: "attach-sticker", run: () => perform("sticker", {}) },
  ], t("attach"));
}

/** Files dragged onto the page or pasted into the text field are offered like picked ones. */
export function installDrop(field, takeReply) {
  const curtain = byId("drop");
  let depth = 0;
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  const allowed = () => !session.blocked && !document.querySelector("dialog[open]");
  addEventListener("dragenter", (event) => {
    if (!carriesFiles(event) || !allowed()) return;
    depth += 1;
    curtain.hidden = false;
  });
  addEventListener("dragleave", (event) => {
    if (carriesFiles(event)) depth = Math.max(0, depth - 1);
    curtain.hidden = depth === 0;
  });
  addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    curtain.hidden = true;
    if (allowed()) offer(event.dataTransfer.files, false, takeReply);
  });
  field.addEventListener("paste", (event) => {
    if (!event.clipboardData?.files.length) return;
    event.preventDefault();
    offer(event.clipboardData.files, false, takeReply);
  });
}

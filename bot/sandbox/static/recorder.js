/** Recording a voice message in the browser. */

import { pickVoice, send } from "/sandbox/static/attach.js";
import { el, icon, iconButton } from "/sandbox/static/dom.js";
import { duration } from "/sandbox/static/format.js";
import { t } from "/sandbox/static/i18n.js";
import { toast } from "/sandbox/static/toasts.js";

const FORMATS = [["audio/ogg;codecs=opus", "ogg"], ["audio/webm;codecs=opus", "webm"], ["audio/mp4", "m4a"]];
const SHORTEST = 500;

const canRecord = () => Boolean(window.MediaRecorder && navigator.mediaDevices?.getUserMedia);

/** Record into `bar`, which takes the composer's place until the recording is sent or thrown away. */
export async function recordVoice(showBar, hideBar, takeReply) {
  if (!canRecord()) return pickVoice(takeReply);
  let microphone;
  try {
    microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    toast(t("micDenied"));
    return pickVoice(takeReply);
  }
  const [type, ending] = FORMATS.find(([format]) => MediaRecorder.isTypeSupported(format)) ?? ["", "webm"];
  const recorder = new MediaRecorder(microphone, type ? { mimeType: type } : {});
  const pieces = [];
  const began = Date.now();
  let keep = false;
  const time = el("span", { class: "record-time" }, "0:00");
  const ticking = setInterval(() => { time.textContent = duration((Date.now() - began) / 1000); }, 250);
  const finish = (kept) => {
    keep = kept;
    if (recorder.state !== "inactive") recorder.stop();
  };
  recorder.addEventListener("dataavailable", (event) => event.data.size && pieces.push(event.data));
  recorder.addEventListener("stop", () => {
    clearInterval(ticking);
    microphone.getTracks().forEach((track) => track.stop());
    hideBar();
    if (!keep || Date.now() - began < SHORTEST) return;
    const mime = (type || "audio/webm").split(";")[0];
    send({ file: new Blob(pieces, { type: mime }), name: `voice.${ending}`, kind: "voice", replyTo: takeReply() });
  });
  const stop = el("button", { type: "button", class: "round-button", "aria-label": t("send"), title: t("send"), on: { click: () => finish(true) } }, icon("send"));
  showBar(el("div", { class: "composer recording", on: { keydown: (event) => event.key === "Escape" && finish(false) } },
    iconButton("trash", t("cancel"), () => finish(false)),
    el("span", { class: "record-dot", "aria-hidden": "true" }), time,
    el("span", { class: "record-label", role: "status" }, t("recording")), stop));
  stop.focus();
  return recorder.start();
}

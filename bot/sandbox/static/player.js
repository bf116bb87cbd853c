/** Voice and audio players. One sound plays at a time. */

import { fileUrl } from "/sandbox/static/api.js";
import { el, icon } from "/sandbox/static/dom.js";
import { duration, size } from "/sandbox/static/format.js";
import { t } from "/sandbox/static/i18n.js";

const BARS = 34;
let playing = null;

/** Bars that are always the same for the same recording: bots get no waveform from Telegram either. */
function waveform(seed) {
  let state = 7;
  for (const letter of seed) state = (state * 31 + letter.codePointAt(0)) >>> 0;
  return Array.from({ length: BARS }, (_, index) => {
    state = (state * 1103515245 + 12345) >>> 0;
    const swell = 0.55 + 0.45 * Math.sin((index / BARS) * Math.PI);
    return Math.round((20 + ((state >>> 16) % 80)) * swell);
  });
}

function player(file, known, track, lines) {
  const sound = new Audio();
  sound.preload = known ? "none" : "metadata";
  sound.src = fileUrl(file.file_id);
  const time = el("span", { class: "player-time" }, duration(known));
  const button = el("button", { type: "button", class: "player-button", "aria-label": t("play") }, icon("play"));
  const length = () => (Number.isFinite(sound.duration) && sound.duration > 0 ? sound.duration : known || 1);

  const draw = () => {
    const at = Math.min(1, sound.currentTime / length());
    track.style.setProperty("--at", `${at * 100}%`);
    track.setAttribute("aria-valuenow", String(Math.round(at * 100)));
    time.textContent = duration(sound.paused && sound.currentTime === 0 ? length() : sound.currentTime);
  };
  const face = () => {
    button.replaceChildren(icon(sound.paused ? "play" : "pause"));
    button.setAttribute("aria-label", t(sound.paused ? "play" : "pause"));
    draw();
  };
  const seek = (share) => {
    sound.currentTime = Math.max(0, Math.min(1, share)) * length();
    draw();
  };
  button.addEventListener("click", () => {
    if (!sound.paused) return sound.pause();
    if (playing && playing !== sound) playing.pause();
    playing = sound;
    return sound.play().catch(face);
  });
  for (const name of ["play", "pause", "loadedmetadata"]) sound.addEventListener(name, face);
  sound.addEventListener("timeupdate", draw);
  sound.addEventListener("ended", () => {
    sound.currentTime = 0;
    face();
  });
  track.addEventListener("click", (event) => {
    const box = track.getBoundingClientRect();
    seek((event.clientX - box.left) / box.width);
  });
  track.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -5, ArrowRight: 5 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    seek((sound.currentTime + step) / length());
  });
  return el("div", { class: "player" }, button, el("div", { class: "player-body" }, ...lines, track, el("div", { class: "player-foot" }, time, el("span", {}, size(file.file_size)))));
}

const slider = (className, ...children) =>
  el("div", { class: `track ${className}`, role: "slider", tabindex: "0", "aria-label": t("play"), "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": "0" }, ...children);

export function voicePlayer(voice) {
  const bars = () => waveform(voice.file_unique_id ?? voice.file_id).map((height) => el("i", { style: `height:${height}%` }));
  const track = slider("wave", el("span", { class: "wave-layer" }, bars()), el("span", { class: "wave-layer heard", "aria-hidden": "true" }, bars()));
  return player(voice, voice.duration, track, []);
}

export function audioPlayer(audio) {
  const title = audio.title ?? audio.file_name ?? t("audio");
  return player(audio, audio.duration, slider("line"), [
    el("div", { class: "player-title" }, title),
    audio.performer && el("div", { class: "player-artist" }, audio.performer),
  ].filter(Boolean));
}

/** Silence whatever plays, as when another chat is opened. */
export function silence() {
  playing?.pause();
  playing = null;
}

/** The sandbox's user side over HTTP: one function per thing that a person can do. */

const root = "/sandbox";

/** The server refused; the message is its own sentence. */
export class Refused extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

function reasonOf(status, body) {
  try {
    const parsed = JSON.parse(body);
    return parsed.description ?? parsed.error ?? parsed.message ?? `HTTP ${status}`;
  } catch {
    return body.length > 0 && body.length < 200 && !body.startsWith("<") ? body : `HTTP ${status}`;
  }
}

async function request(method, path, body) {
  const options = { method, headers: {} };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const response = await fetch(root + path, options);
  const text = await response.text();
  if (!response.ok) throw new Refused(response.status, reasonOf(response.status, text));
  return text ? JSON.parse(text) : null;
}

export const personas = () => request("GET", "/personas");
export const setLanguageOf = (id, code) => request("PATCH", `/personas/${id}`, { language_code: code });
export const chatOf = (id) => request("GET", `/chats/${id}`);
export const eventsOf = (id, after) => new EventSource(`${root}/chats/${id}/events?after=${after}`);
export const clear = (id) => request("POST", `/clear/${id}`, {});
export const fileUrl = (fileId) => `${root}/files/${encodeURIComponent(fileId)}`;

/** Everything a person does in a chat: send, press, contact, vote, pay and so on. */
export const act = (id, action, body = {}) => request("POST", `/chats/${id}/${action}`, body);

/** Upload one file; fetch has no upload progress, so this one is an XMLHttpRequest. */
export function upload(id, { file, name, kind, caption, replyTo, album }, onProgress) {
  const form = new FormData();
  form.append("kind", kind);
  if (caption) form.append("caption", caption);
  if (replyTo) form.append("reply_to", String(replyTo));
  if (album) form.append("album", album);
  form.append("file", file, name ?? file.name);
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open("POST", `${root}/chats/${id}/upload`);
    call.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    call.onload = () =>
      call.status < 400 ? resolve() : reject(new Refused(call.status, reasonOf(call.status, call.responseText)));
    call.onerror = () => reject(new TypeError("network"));
    call.send(form);
  });
}

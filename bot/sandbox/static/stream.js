/** Following one chat: a snapshot, then its events by number, and the same again after every interruption. */

import * as api from "/sandbox/static/api.js";

const FIRST_DELAY = 400;
const LONGEST_DELAY = 5000;

/**
 * Follow a chat until the returned function is called.
 * A reconnection starts from a fresh snapshot, so nothing is missed even when the server has started anew.
 */
export function follow(chatId, { snapshot, event, connected, lost }) {
  let source = null;
  let timer = 0;
  let delay = FIRST_DELAY;
  let closed = false;
  let connecting = false;

  const retry = () => {
    source?.close();
    if (closed) return;
    lost();
    clearTimeout(timer);
    timer = setTimeout(connect, delay);
    delay = Math.min(delay * 2, LONGEST_DELAY);
  };

  const listen = (after) => {
    let seen = after;
    source = api.eventsOf(chatId, after);
    source.onopen = () => {
      delay = FIRST_DELAY;
      connected();
    };
    source.onerror = retry;
    source.onmessage = (packet) => {
      const data = JSON.parse(packet.data);
      if (data.type === "reset") return retry();
      if (closed || (data.seq !== undefined && data.seq <= seen)) return;
      seen = data.seq ?? seen;
      return event(data);
    };
  };

  const connect = async () => {
    if (connecting) return;
    connecting = true;
    try {
      const chat = await api.chatOf(chatId);
      if (closed) return;
      snapshot(chat);
      listen(chat.seq);
    } catch {
      retry();
    } finally {
      connecting = false;
    }
  };

  const wake = () => {
    if (!source || source.readyState === EventSource.CLOSED) {
      delay = FIRST_DELAY;
      clearTimeout(timer);
      connect();
    }
  };
  window.addEventListener("online", wake);
  const first = connect();

  return {
    first,
    close() {
      closed = true;
      clearTimeout(timer);
      source?.close();
      window.removeEventListener("online", wake);
    },
  };
}

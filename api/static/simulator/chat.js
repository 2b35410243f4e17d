// One open conversation: its stream, its outbox, its drawing.

import { rows } from "./bubbles.js";
import { Conversation } from "./conversation.js";
import { byId } from "./dom.js";
import { Outbox } from "./outbox.js";
import { Stream } from "./stream.js";
import { word } from "./words.js";

const NEAR = 120; // pixels from the end within which the reader is at the end
const FRESH_SECONDS = 3;
const outboxes = new Map(); // they go on sending while another conversation is open

export class Chat {
  #conversation = new Conversation();
  #timer;
  #connected = false;
  #unseen = 0;
  #drawn = new Set();
  #queued = false;
  #first = true;

  constructor(company, phone, onNews) {
    this.onNews = onNews;
    const key = `${company}/${phone}`;
    if (!outboxes.has(key)) outboxes.set(key, new Outbox(company, phone, () => {}));
    this.outbox = outboxes.get(key);
    this.outbox.onChange = () => this.#draw();
    byId("log").onscroll = () => this.#atEnd() && this.#caughtUp();
    byId("to-end").onclick = () => this.#scrollToEnd();
    this.stream = new Stream(company, phone, {
      onEvent: (event) => this.#take(event),
      onState: (connected) => {
        this.#connected = connected;
        this.#draw();
      },
    });
    this.#draw();
  }

  send(kind, text, name) {
    this.outbox.add({ kind, text, name });
    this.#scrollToEnd();
  }

  close() {
    clearTimeout(this.#timer);
    this.stream.close();
    this.outbox.onChange = () => {};
    byId("log").replaceChildren();
    this.#caughtUp();
  }

  #take(event) {
    const isNew = this.#conversation.take(event);
    if (event.kind === "customer") this.outbox.forget(event.id);
    if (isNew) this.onNews(event);
    if (isNew && event.kind === "bubble" && !this.#first && !this.#atEnd()) this.#unseen += 1;
    this.#draw();
  }

  /** Draws once for all that happens before the next frame. */
  #draw() {
    if (this.#queued) return;
    this.#queued = true;
    requestAnimationFrame(() => {
      this.#queued = false;
      this.#paint();
    });
  }

  #paint() {
    const follow = this.#atEnd() || this.#first;
    const typing = this.#conversation.typingFor();
    const entries = [...this.#conversation.entries, ...this.#waiting()];
    for (const entry of entries) entry.fresh = !this.#first && !this.#drawn.has(entry.id) && (entry.age ?? 0) < FRESH_SECONDS;
    this.#drawn = new Set(entries.map((entry) => entry.id));
    byId("log").replaceChildren(...rows(entries, typing > 0));
    this.#showState(typing > 0);
    clearTimeout(this.#timer);
    if (typing > 0) this.#timer = setTimeout(() => this.#draw(), typing + 50);
    if (follow) this.#scrollToEnd();
    if (this.#conversation.entries.length) this.#first = false;
    byId("to-end").hidden = this.#atEnd();
    byId("unseen").hidden = this.#unseen === 0;
    byId("unseen").textContent = String(this.#unseen);
  }

  #waiting() {
    const waiting = this.outbox.messages.filter((message) => !this.#conversation.has(message.id));
    return waiting.map(({ id, text, kind, at, state, why }) => ({
      ...{ id, at, state, why, mine: true },
      text: kind === "text" ? text : `[${kind}]`,
    }));
  }

  #showState(typing) {
    const state = byId("peer-state");
    state.className = `peer-state${typing ? " typing" : this.#connected ? "" : " lost"}`;
    const text = word(typing ? "typing" : this.#connected ? "online" : "connecting");
    if (state.textContent !== text) state.textContent = text;
  }

  #atEnd() {
    const log = byId("log");
    return log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
  }

  #scrollToEnd() {
    byId("log").scrollTop = byId("log").scrollHeight;
    this.#caughtUp();
  }

  #caughtUp() {
    this.#unseen = 0;
    byId("to-end").hidden = true;
    byId("unseen").hidden = true;
  }
}

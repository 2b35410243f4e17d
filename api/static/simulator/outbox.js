// What the customer wrote and the server has not taken yet. It survives a reload, goes out in order, and is sent again
// with the same id until the server answers: the agent knows an id that it has seen.

import { Refused, send } from "./http.js";

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 10_000;

/** An id that nobody else makes; `crypto.randomUUID` is missing where a page is not served over TLS. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `sim.${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

export class Outbox {
  #key;
  #sending = false;

  constructor(company, phone, onChange) {
    this.company = company;
    this.phone = phone;
    this.onChange = onChange;
    this.#key = `perennial.outbox.${company}.${phone}`;
    this.messages = JSON.parse(localStorage.getItem(this.#key) ?? "[]");
    this.flush();
  }

  add(message) {
    const added = { ...message, id: newId(), at: new Date().toISOString(), state: "pending" };
    this.messages.push(added);
    this.#save();
    this.flush();
  }

  /** The screen shows it now: it is no longer ours. */
  forget(id) {
    const left = this.messages.filter((message) => message.id !== id);
    if (left.length === this.messages.length) return;
    this.messages = left;
    this.#save();
  }

  async flush() {
    if (this.#sending) return;
    this.#sending = true;
    let wait = FIRST_WAIT;
    for (let next = this.#next(); next; next = this.#next()) {
      const outcome = await this.#try(next);
      if (outcome === "pending") {
        await new Promise((resolve) => setTimeout(resolve, wait));
        wait = Math.min(wait * 2, LONGEST_WAIT);
        continue;
      }
      wait = FIRST_WAIT;
      next.state = outcome;
      this.#save();
    }
    this.#sending = false;
  }

  #next() {
    return this.messages.find((message) => message.state === "pending");
  }

  async #try({ id, text, kind, name }) {
    try {
      await send({ company: this.company, phone: this.phone, id, text, kind, name });
      return "accepted";
    } catch (error) {
      if (!(error instanceof Refused)) return "pending";
      const message = this.messages.find((each) => each.id === id);
      if (message) message.why = error.message;
      return "failed";
    }
  }

  #save() {
    const kept = this.messages.filter((message) => message.state === "pending");
    if (kept.length) localStorage.setItem(this.#key, JSON.stringify(kept));
    else localStorage.removeItem(this.#key);
    this.onChange();
  }
}

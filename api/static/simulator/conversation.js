// What one phone shows, worked out from its events: entries in order, who has seen what, whether somebody types.

const TYPING_SECONDS = 25; // as long as WhatsApp shows it

export class Conversation {
  entries = [];
  #known = new Map();
  #typingUntil = 0;

  /** Returns whether something new is to be read. */
  take({ kind, id, text, at, age }) {
    if (kind === "typing") {
      this.#typingUntil = Date.now() + (TYPING_SECONDS - age) * 1000;
      return false;
    }
    if (kind === "seen") {
      this.#see(id);
      return false;
    }
    if (kind === "bubble") this.#typingUntil = 0;
    if (this.#known.has(id)) return false;
    const entry = { id, text, at, mine: kind === "customer", state: "accepted", age };
    this.#known.set(id, entry);
    this.entries.push(entry);
    return true;
  }

  has(id) {
    return this.#known.has(id);
  }

  /** Milliseconds for which "typing…" still shows. */
  typingFor() {
    return Math.max(0, this.#typingUntil - Date.now());
  }

  #see(id) {
    const seen = this.#known.get(id);
    if (!seen) return;
    // Reading a message is having read all before it.
    for (const entry of this.entries.slice(0, this.entries.indexOf(seen) + 1)) entry.state = "seen";
  }
}

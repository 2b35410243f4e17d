// The left side: the company, and its customers' phones.

import { byId, hue, initials, make } from "./dom.js";
import { customers } from "./http.js";
import { spaced } from "./people.js";
import { when } from "./times.js";
import { word } from "./words.js";

const REFRESH_EVERY = 5000;
const PLACEHOLDERS = { "[image]": "📷", "[audio]": "🎤", "[sticker]": "💟" };

const preview = (text) => text.replace(/^\[(image|audio|sticker)\]/, (mark) => `${PLACEHOLDERS[mark]} ${word(mark.slice(1, -1))}`);

export class Panel {
  #chats = [];

  constructor({ address, current, names, onNames }) {
    this.address = address; // (phone) => the page's address for it
    this.current = current; // () => { company, phone }
    this.names = names; // () => Names
    this.onNames = onNames; // a name became known that this browser did not give
    setInterval(() => document.hidden || this.refresh(), REFRESH_EVERY);
  }

  /** Asks for the list; an API that does not answer leaves the one that is shown. */
  async refresh() {
    const { company } = this.current();
    if (!company) return;
    try {
      const chats = await customers(company);
      if (company !== this.current().company) return; // another one was picked meanwhile
      this.#chats = chats;
      const unknown = chats.filter(({ phone, name }) => name && !this.names().get(phone));
      for (const { phone, name } of unknown) this.names().set(phone, name);
      if (unknown.length) this.onNames();
    } catch {
      return;
    }
    this.draw();
  }

  clear() {
    this.#chats = [];
    this.draw();
  }

  draw() {
    const { phone } = this.current();
    const listed = this.#chats.some((chat) => chat.phone === phone);
    const shown = phone && !listed ? [{ phone, text: "", at: null, kind: "customer" }, ...this.#chats] : this.#chats;
    const links = shown.map((chat) => this.#link(chat, chat.phone === phone));
    byId("chats").replaceChildren(...(links.length ? links : [make("p", "empty", word("noCustomers"))]));
  }

  #link({ phone, kind, text, at }, isCurrent) {
    const name = this.names().get(phone) ?? spaced(phone);
    const avatar = make("span", `avatar ${hue(phone)}`, initials(name));
    avatar.ariaHidden = "true";
    const last = text ? (kind === "bubble" ? "" : "✓ ") + preview(text) : spaced(phone);
    const link = make("a", "chat-link", avatar, make("span", "who", name), make("span", "when", at ? when(at) : ""), make("span", "last", last));
    link.href = this.address(phone);
    link.dataset.phone = phone;
    if (isCurrent) link.ariaCurrent = "page";
    return link;
  }
}

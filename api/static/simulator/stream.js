// What happens on the phone, as it happens. The browser reconnects by itself with the last event's id; where it gives
// up (a 503 while a server restarts), we begin again behind the last event seen.

import { eventsUrl } from "./http.js";

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 8000;

export class Stream {
  #source;
  #timer;
  #wait = FIRST_WAIT;
  #last = 0;

  constructor(company, phone, { onEvent, onState }) {
    this.company = company;
    this.phone = phone;
    this.onEvent = onEvent;
    this.onState = onState;
    this.#open();
  }

  close() {
    clearTimeout(this.#timer);
    this.#source.close();
  }

  #open() {
    this.#source = new EventSource(eventsUrl(this.company, this.phone, this.#last));
    this.#source.onopen = () => {
      this.#wait = FIRST_WAIT;
      this.onState(true);
    };
    this.#source.onmessage = (message) => this.#take(message);
    this.#source.onerror = () => this.#lost();
  }

  #take(message) {
    const id = Number(message.lastEventId);
    if (id <= this.#last) return; // came twice
    this.#last = id;
    this.onEvent(JSON.parse(message.data));
  }

  #lost() {
    this.onState(false);
    if (this.#source.readyState !== EventSource.CLOSED) return;
    this.#timer = setTimeout(() => this.#open(), this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
  }
}

// The conversation as WhatsApp draws it.

import { icon, make } from "./dom.js";
import { formatted, isJumbo } from "./formatting.js";
import { day, time } from "./times.js";
import { word } from "./words.js";

const TICKS = { pending: "clock", accepted: "tick", seen: "ticks", failed: "failed" };
const STICKERS = ["🌵", "🐶", "🎉", "💚", "🦋", "🌻"];
const PLACEHOLDER = /^\[(\w+)\]\s?([\s\S]*)$/;

/** All rows: a note, a chip for each day, a bubble for each entry, and the dots while somebody types. */
export function rows(entries, typing) {
  const made = [make("li", "chip note", word("note"))];
  let before;
  for (const entry of entries) {
    if (!before || day(before.at) !== day(entry.at)) made.push(make("li", "chip", day(entry.at)));
    made.push(bubble(entry, before?.mine !== entry.mine));
    before = entry;
  }
  if (typing) made.push(dots(before?.mine !== false));
  return made;
}

function bubble(entry, first) {
  const row = make("li", `bubble ${entry.mine ? "out" : "in"}`);
  row.classList.toggle("first", first);
  row.classList.toggle("fresh", entry.fresh === true);
  fill(row, entry);
  row.append(meta(entry));
  if (entry.why) row.append(make("span", "why", entry.why));
  return row;
}

function fill(row, { id, text }) {
  const [, kind, rest] = PLACEHOLDER.exec(text) ?? [];
  if (kind === "image") {
    row.append(make("div", "photo", icon("image", "icon", word("image"))), ...formatted(rest));
  } else if (kind === "audio") {
    const wave = make("span", "wave", ...Array.from({ length: 26 }, () => make("i")));
    row.append(make("div", "voice", icon("play", "icon", word("audio")), wave, "0:07"));
  } else if (kind === "sticker") {
    row.classList.add("bare");
    const chosen = STICKERS[[...id].reduce((sum, each) => sum + each.codePointAt(0), 0) % STICKERS.length];
    row.append(make("span", "big", chosen));
  } else {
    row.classList.toggle("jumbo", isJumbo(text));
    row.append(...formatted(text));
  }
}

function meta({ at, mine, state }) {
  const line = make("span", "meta", time(at));
  if (mine) line.append(icon(TICKS[state], `tick ${state}`, word(state)));
  return line;
}

function dots(first) {
  const row = make("li", "bubble in", make("span", "dots", make("i"), make("i"), make("i")));
  row.classList.toggle("first", first);
  row.ariaLabel = word("typing");
  return row;
}

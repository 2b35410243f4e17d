// WhatsApp's own marks and links, as DOM nodes.

import { make } from "./dom.js";

const MARKS = [
  [/```([\s\S]+?)```/, "code"],
  [/(?<![\p{L}\d*])\*(\S(?:[^*\n]*\S)?)\*(?![\p{L}\d*])/u, "strong"],
  [/(?<![\p{L}\d_])_(\S(?:[^_\n]*\S)?)_(?![\p{L}\d_])/u, "em"],
  [/(?<![\p{L}\d~])~(\S(?:[^~\n]*\S)?)~(?![\p{L}\d~])/u, "s"],
];
const LINK = /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]'*_~]/;

/** The nodes of a text. */
export function formatted(text) {
  const link = LINK.exec(text);
  if (link) return around(text, link, anchor(link[0]));
  for (const [pattern, tag] of MARKS) {
    const found = pattern.exec(text);
    if (found) return around(text, found, make(tag, "", ...(tag === "code" ? [found[1]] : formatted(found[1]))));
  }
  return text ? [text] : [];
}

function around(text, found, node) {
  const end = found.index + found[0].length;
  return [...formatted(text.slice(0, found.index)), node, ...formatted(text.slice(end))];
}

function anchor(address) {
  const link = make("a", "", address);
  link.href = address;
  link.target = "_blank";
  link.rel = "noreferrer noopener";
  return link;
}

/** Whether a text is nothing but up to three emojis: WhatsApp shows those large. */
export function isJumbo(text) {
  const parts = [...new Intl.Segmenter().segment(text)].map((each) => each.segment);
  return parts.length > 0 && parts.length <= 3 && parts.every((part) => /^\p{Extended_Pictographic}/u.test(part));
}

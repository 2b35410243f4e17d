// Where the customer writes.

import { byId, make } from "./dom.js";
import { word } from "./words.js";

const EMOJIS = "😀😂😊😍🤔😢😡👍🙏👋💪🎉❤️🔥✨✅😅🙌🤝💰📦📅☕🌵".match(/\p{Emoji}\uFE0F?/gu);
const TALLEST = 132;

/** `send(kind, text)` is called with what is to go out. */
export function composer(send) {
  const text = byId("text");
  const popovers = [
    [byId("emoji"), byId("emojis")],
    [byId("attach"), byId("attach-menu")],
  ];

  const close = () => {
    for (const [button, popover] of popovers) {
      popover.hidden = true;
      button.ariaExpanded = "false";
    }
  };

  const resize = () => {
    const empty = !text.value.trim();
    byId("send-icon").setAttribute("href", empty ? "#i-mic" : "#i-send");
    byId("send").ariaLabel = word(empty ? "sendAudio" : "send");
    text.style.height = "";
    if (!empty) text.style.height = `${Math.min(text.scrollHeight, TALLEST)}px`;
  };

  const submit = () => {
    const written = text.value.trim();
    if (!written) return;
    send("text", written);
    text.value = "";
    resize();
  };

  byId("emojis").append(
    ...EMOJIS.map((emoji) => {
      const button = make("button", "", emoji);
      button.type = "button";
      button.onclick = () => {
        text.setRangeText(emoji, text.selectionStart, text.selectionEnd, "end");
        resize();
        text.focus();
      };
      return button;
    }),
  );
  for (const [button, popover] of popovers) {
    button.onclick = () => {
      const open = popover.hidden;
      close();
      popover.hidden = !open;
      button.ariaExpanded = String(open);
    };
  }
  for (const button of byId("attach-menu").querySelectorAll("button")) {
    button.onclick = () => {
      close();
      send(button.dataset.kind, "");
    };
  }
  byId("log").addEventListener("click", close);
  text.addEventListener("input", resize);
  text.addEventListener("focus", () => (byId("attach-menu").hidden = true));
  text.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    close();
    submit();
  });
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    close();
    if (text.value.trim()) submit();
    else send("audio", "");
  });
  resize();
  return { focus: () => matchMedia("(pointer: fine)").matches && text.focus() };
}

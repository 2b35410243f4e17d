// The page: which company and which customer (both in the address), and what follows from that.

import { Chat } from "./chat.js";
import { composer } from "./composer.js";
import { byId, initials, make } from "./dom.js";
import { companies } from "./http.js";
import { Names, compact, invented, spaced } from "./people.js";
import { Panel } from "./panel.js";
import { time } from "./times.js";
import { translate, word } from "./words.js";

const known = new Map(); // companies by id
const here = { company: "", phone: "" };
let chat;
let unread = 0;

const names = () => new Names(here.company);
const nameOf = (phone) => names().get(phone) ?? spaced(phone);
const address = (phone, company = here.company) => `/simulator?${new URLSearchParams(phone ? { company, phone } : { company })}`;
const panel = new Panel({ address, current: () => here, names, onNames: drawFrame });
const field = composer((kind, text) => chat?.send(kind, text, nameOf(here.phone)));

/** Goes to the company and customer of the address. */
function show() {
  const wanted = new URLSearchParams(location.search);
  const company = known.has(wanted.get("company")) ? wanted.get("company") : ([...known.values()].find((each) => each.simulated)?.id ?? "");
  const phone = known.get(company)?.simulated ? compact(wanted.get("phone") ?? "") : "";
  if (company !== here.company) panel.clear();
  Object.assign(here, { company, phone });
  chat?.close();
  chat = phone ? new Chat(company, phone, news) : undefined;
  unread = 0;
  drawFrame();
  panel.draw();
  panel.refresh();
  if (phone) field.focus();
}

function go(phone, company = here.company) {
  history.pushState(null, "", address(phone, company));
  show();
}

function drawFrame() {
  const { company, phone } = here;
  const business = known.get(company)?.name ?? company;
  byId("company").value = company;
  byId("stage").dataset.view = phone ? "chat" : "list";
  byId("peer-name").textContent = business;
  byId("peer-avatar").textContent = initials(business);
  byId("customer-name").textContent = nameOf(phone);
  byId("customer-phone").textContent = spaced(phone);
  notice(known.size === 0 ? word("noCompanies") : known.get(company)?.simulated === false ? word("notSimulated") : "");
  byId("invent").disabled = !known.get(company)?.simulated;
  const agents = document.body.dataset.agentsUrl;
  for (const link of [byId("temporal"), byId("details-temporal")]) {
    link.hidden = !agents;
    link.href = `${agents}/${encodeURIComponent(`agent/${company}/${phone}`)}`;
  }
  drawTitle();
}

function drawTitle() {
  const count = unread ? `(${unread}) ` : "";
  document.title = here.phone ? `${count}${nameOf(here.phone)} · ${known.get(here.company)?.name}` : "Perennial";
}

function notice(text) {
  byId("notice").textContent = text;
  byId("notice").hidden = !text;
}

function news(event) {
  if (document.hidden && event.kind === "bubble") {
    unread += 1;
    drawTitle();
  }
  if (event.age < 5) panel.refresh();
}

function editCustomer() {
  byId("details-name").value = nameOf(here.phone);
  byId("details-phone").value = spaced(here.phone);
  byId("details").showModal();
}

function saveCustomer() {
  const phone = compact(byId("details-phone").value);
  names().set(phone, byId("details-name").value.trim());
  if (phone === here.phone) {
    drawFrame();
    panel.draw();
  } else {
    go(phone);
  }
}

function listen() {
  byId("invent").onclick = () => {
    const { phone, name } = invented();
    names().set(phone, name);
    go(phone);
  };
  byId("company").onchange = (event) => go("", event.target.value);
  byId("back").onclick = () => go("");
  byId("edit").onclick = editCustomer;
  byId("more").onclick = editCustomer;
  byId("details-cancel").onclick = () => byId("details").close();
  byId("details-form").onsubmit = saveCustomer;
  byId("chats").onclick = (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return; // another tab is another customer
    event.preventDefault();
    go(link.dataset.phone);
  };
  addEventListener("popstate", show);
  addEventListener("online", () => chat?.outbox.flush());
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    unread = 0;
    drawTitle();
  });
}

function tick() {
  byId("clock").textContent = time(new Date());
  setTimeout(tick, 60_000 - (Date.now() % 60_000));
}

/** The list of companies; an API that is not there yet is asked again. */
async function load() {
  for (;;) {
    try {
      return await companies();
    } catch {
      notice(word("unreachable"));
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}

translate(document);
tick();
listen();
for (const company of await load()) {
  known.set(company.id, company);
  const option = make("option", "", company.name);
  option.value = company.id;
  byId("company").append(option);
}
show();

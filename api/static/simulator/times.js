// Times and days as a phone writes them.

import { locale, word } from "./words.js";

const clock = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
const date = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" });
const short = new Intl.DateTimeFormat(locale, { day: "2-digit", month: "2-digit", year: "2-digit" });
const DAY = 86_400_000;

const isDay = (at, daysAgo) => new Date(at).toDateString() === new Date(Date.now() - daysAgo * DAY).toDateString();

export const time = (at) => clock.format(new Date(at));

export const day = (at) => (isDay(at, 0) ? word("today") : isDay(at, 1) ? word("yesterday") : date.format(new Date(at)));

export const when = (at) => (isDay(at, 0) ? time(at) : isDay(at, 1) ? word("yesterday") : short.format(new Date(at)));

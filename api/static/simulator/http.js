// The simulator's own endpoints.

const BASE = "/simulator/api";

/** The server understood, and will not take this: asking again is of no use. */
export class Refused extends Error {}

async function answer(response) {
  if (response.ok) return response.json();
  const problem = await response.json().catch(() => ({}));
  const detail = problem.detail ?? `HTTP ${response.status}`;
  throw response.status >= 400 && response.status < 500 ? new Refused(detail) : new Error(detail);
}

export const companies = async () => answer(await fetch(`${BASE}/companies`));

export const customers = async (company) => answer(await fetch(`${BASE}/customers?${new URLSearchParams({ company })}`));

export const send = async (message) =>
  answer(
    await fetch(`${BASE}/messages`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(message),
    }),
  );

export const eventsUrl = (company, phone, after) =>
  `${BASE}/events?${new URLSearchParams({ company, phone, after: String(after) })}`;

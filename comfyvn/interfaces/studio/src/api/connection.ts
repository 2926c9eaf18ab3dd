import { create } from "zustand";
import { usePreferences } from "@/design/preferences";
import { Away, problemOf } from "./problems";

type Connection = { state: "up" | "away" | "locked" };

/** Whether the server answers; "locked": it asks for its token. */
export const useConnection = create<Connection>(() => ({ state: "up" }));

const PAUSE_MS = 1000;
const GATEWAYS = new Set([502, 503, 504]);
let waiting: Promise<void> | null = null;

/**
 * Ask the server: with the actor, and writes with a key that makes a retry harmless.
 *
 * Throws Away where nobody answers, Problem where the answer is an error.
 */
export async function send(request: Request): Promise<Response> {
  request.headers.set("X-Actor", actor());
  if (request.method !== "GET" && !request.headers.has("Idempotency-Key"))
    request.headers.set("Idempotency-Key", crypto.randomUUID?.() ?? randomId());
  let answer: Response;
  try {
    answer = await fetch(request);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    gone();
    throw new Away();
  }
  if (GATEWAYS.has(answer.status)) {
    gone();
    throw new Away();
  }
  if (answer.status === 401) useConnection.setState({ state: "locked" });
  else if (useConnection.getState().state === "away") useConnection.setState({ state: "up" });
  if (!answer.ok) throw await problemOf(answer);
  return answer;
}

/** Headers carry Latin-1 only; others are written as in addresses. */
export function actor(): string {
  const name = usePreferences.getState().actor.trim() || "local";
  return /^[\x20-\x7e\xa0-\xff]+$/.test(name) ? name : encodeURIComponent(name).slice(0, 100);
}

/** Where the page came over plain HTTP from another machine, browsers offer less. */
function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

/** Return a new id for a command or an entity: 12 letters and digits. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => (byte % 36).toString(36)).join("");
}

/** Say that the server does not answer, and look for it until it does. */
export function gone(): void {
  useConnection.setState({ state: "away" });
  void back();
}

/** Wait until the server answers again. */
export function back(): Promise<void> {
  waiting ??= look().finally(() => {
    waiting = null;
  });
  return waiting;
}

async function look(): Promise<void> {
  while (useConnection.getState().state === "away") {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    try {
      if ((await fetch("/health", { cache: "no-store" })).ok) useConnection.setState({ state: "up" });
    } catch {
      // not yet
    }
  }
}

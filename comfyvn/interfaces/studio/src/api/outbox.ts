import { create } from "zustand";
import type { Outcome } from "./client";
import { back, newId, send, useConnection } from "./connection";
import { Away, Problem } from "./problems";

/** A command on its way. */
export type Entry = {
  /** Its Idempotency-Key: sent again after a break, it is carried out once. */
  key: string;
  url: string;
  body: unknown;
  project: string;
  branch: string;
  entity: string;
  version: number | null;
  label: string;
  /** A later change of the same thing takes the place of one that still waits. */
  replaces: string | null;
};

/** A field that somebody else changed meanwhile. "ours" is what the server holds, "theirs" what was asked here. */
export type Collision = { id: string; path: string; base: unknown; ours: unknown; theirs: unknown };
export type Collided = { entry: Entry; found: number; collisions: Collision[] };

/** A command that was carried out, and the version that its entity has since. */
export type Landed = { entry: Entry; version: number };

type Outbox = {
  waiting: readonly Entry[];
  /** What was carried out last; what is shown may be older than it for a moment. */
  landed: readonly Landed[];
  /** Commands that wait for a person to say which side they take. */
  collided: readonly Collided[];
};

export const useOutbox = create<Outbox>(() => ({ waiting: [], landed: [], collided: [] }));

type Ends = { resolve: (outcome: Outcome) => void; reject: (error: unknown) => void };
const ends = new Map<string, Ends>();
const SHELF = "comfyvn.outbox.";
const tab = newId();
let sending = false;

/** What else happens to each command that is refused; the shell sets it. */
export const told = { refused: (_entry: Entry, _problem: Problem): void => {} };

/**
 * Versions that only this page moved an entity to: from -> to. An edit that began on an older one of them did not
 * miss anything, so it need not ask the server twice.
 */
const own = new Map<string, Map<number, number>>();

export function enqueue(entry: Entry): Promise<Outcome> {
  const outcome = new Promise<Outcome>((resolve, reject) => ends.set(entry.key, { resolve, reject }));
  outcome.catch(() => {}); // whoever waits hears of it; nobody must
  useOutbox.setState(({ waiting }) => ({ waiting: replaced(waiting, entry) }));
  keep();
  void drain();
  return outcome;
}

function replaced(waiting: readonly Entry[], entry: Entry): Entry[] {
  const last = waiting.at(-1);
  const late =
    last && waiting.length > (sending ? 1 : 0) && last.replaces === entry.replaces && sameScope(last, entry);
  if (!late || entry.replaces === null) return [...waiting, entry];
  const before = ends.get(last.key);
  const now = ends.get(entry.key);
  if (before && now)
    ends.set(entry.key, {
      resolve: (outcome) => [before, now].forEach((end) => void end.resolve(outcome)),
      reject: (error) => [before, now].forEach((end) => void end.reject(error)),
    });
  ends.delete(last.key);
  return [...waiting.slice(0, -1), { ...entry, version: last.version }];
}

const sameScope = (one: Entry, other: Entry): boolean => scope(one) === scope(other);

/** Wait until everything was sent. */
export function sent(): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (useOutbox.getState().waiting.length) return;
      stop();
      resolve();
    };
    const stop = useOutbox.subscribe(look);
    look();
  });
}

/** Wait until the server has taken all that waits. */
export function settled(): Promise<void> {
  if (!useOutbox.getState().waiting.length) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = useOutbox.subscribe(({ waiting }) => {
      if (waiting.length) return;
      stop();
      resolve();
    });
  });
}

async function drain(): Promise<void> {
  if (sending) return;
  sending = true;
  try {
    for (let entry = useOutbox.getState().waiting[0]; entry; entry = useOutbox.getState().waiting[0]) {
      if (useConnection.getState().state === "away") await back();
      await post(entry);
    }
  } finally {
    sending = false;
  }
}

async function post(entry: Entry): Promise<void> {
  const headers: Record<string, string> = {
    "Content-Type": "application/json",
    "Idempotency-Key": entry.key,
  };
  const version = entry.version === null ? null : latest(entry, entry.version);
  if (version !== null) headers["If-Match"] = `"${version}"`;
  try {
    const answer = await send(
      new Request(entry.url, { method: "POST", headers, body: JSON.stringify(entry.body ?? {}) }),
    );
    const outcome: Outcome = await answer.json();
    advance(entry, outcome);
    land(entry, outcome);
    ends.get(entry.key)?.resolve(outcome);
    ends.delete(entry.key);
  } catch (error) {
    if (error instanceof Away) return; // it stays first
    if (!(error instanceof Problem)) throw error;
    if (error.status === 401) {
      await signedIn();
      return;
    }
    if (error.code === "stale" && restale(entry, error)) return;
    remove(entry);
    told.refused(entry, error);
    ends.get(entry.key)?.reject(error);
    ends.delete(entry.key);
  }
}

/** Take a stale command up again: at once where nothing really collides, else when a person has decided. */
function restale(entry: Entry, problem: Problem): boolean {
  const found = Number(problem.details.found);
  const collisions = problem.details.conflicts;
  if (!Array.isArray(collisions)) return false;
  if (collisions.length === 0) {
    replace(entry, { ...entry, version: found });
    return true;
  }
  useOutbox.setState(({ collided }) => ({ collided: [...collided, { entry, found, collisions }] }));
  remove(entry);
  return true;
}

/** Decide a collision: send what was asked here over what is there, or leave it. */
export function settle(collided: Collided, mine: boolean): void {
  useOutbox.setState((state) => ({ collided: state.collided.filter((other) => other !== collided) }));
  const { entry, found } = collided;
  if (mine) {
    useOutbox.setState(({ waiting }) => ({ waiting: [...waiting, { ...entry, version: found }] }));
    void drain();
  } else {
    ends.get(entry.key)?.reject(new Problem(409, "left", "The other version was taken."));
    ends.delete(entry.key);
  }
  keep();
}

function latest(entry: Entry, version: number): number {
  const moves = own.get(scope(entry));
  let now = version;
  for (let next = moves?.get(now); next !== undefined; next = moves?.get(now)) now = next;
  return now;
}

function advance(entry: Entry, outcome: Outcome): void {
  const to = outcome.versions?.[entry.entity];
  if (to === undefined || outcome.events === 0) return;
  const moves = own.get(scope(entry)) ?? new Map<number, number>();
  moves.set(to - outcome.events, to);
  own.set(scope(entry), moves);
}

/** Take an entry out of those that wait, and remember it until what is shown holds it, in one step. */
function land(entry: Entry, outcome: Outcome): void {
  const version = outcome.versions?.[entry.entity] ?? 0;
  useOutbox.setState(({ waiting, landed }) => ({
    waiting: waiting.filter((other) => other.key !== entry.key),
    landed: outcome.commit ? [...landed.slice(-REMEMBERED), { entry, version }] : landed,
  }));
  keep();
}

const REMEMBERED = 200;
const scope = (entry: Entry): string => `${entry.project}/${entry.branch}/${entry.entity}`;

function signedIn(): Promise<void> {
  return new Promise((resolve) => {
    const stop = useConnection.subscribe(({ state }) => {
      if (state === "locked") return;
      stop();
      resolve();
    });
  });
}

function remove(entry: Entry): void {
  useOutbox.setState(({ waiting }) => ({ waiting: waiting.filter((other) => other.key !== entry.key) }));
  keep();
}

function replace(entry: Entry, by: Entry): void {
  useOutbox.setState(({ waiting }) => ({
    waiting: waiting.map((other) => (other.key === entry.key ? by : other)),
  }));
  keep();
}

function keep(): void {
  const { waiting, collided } = useOutbox.getState();
  const kept = [...collided.map(({ entry }) => entry), ...waiting];
  if (kept.length) localStorage.setItem(SHELF + tab, JSON.stringify(kept));
  else localStorage.removeItem(SHELF + tab);
}

/** Take over what pages that are closed now left behind. Their keys see to it that nothing happens twice. */
export async function takeOver(): Promise<void> {
  const locks = navigator.locks;
  void locks?.request(SHELF + tab, () => new Promise(() => {}));
  const held = new Set((await locks?.query())?.held?.map(({ name }) => name));
  const left = Object.keys(localStorage).filter((name) => name.startsWith(SHELF) && !held.has(name));
  for (const name of left) {
    if (name === SHELF + tab) continue;
    const entries: Entry[] = JSON.parse(localStorage.getItem(name) ?? "[]");
    useOutbox.setState(({ waiting }) => ({ waiting: [...entries, ...waiting] }));
    keep();
    localStorage.removeItem(name);
  }
  void drain();
}

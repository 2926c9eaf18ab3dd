import { useSyncExternalStore } from "react";

/** Where a person is, as the address of the page says it. */
export type Place = {
  readonly view: string;
  readonly project: string;
  readonly branch: string;
  /** What of the view: of scenes, the id of the scene, then that of the line. */
  readonly path: readonly string[];
  /** A past position; everything is read only then. */
  readonly at?: number | undefined;
  /** The luck of a play that begins at this address. */
  readonly seed?: number | undefined;
};

const HOME: Place = { view: "home", project: "", branch: "", path: [] };

/** Read an address: `/`, `/studio/VIEW/…` without a project, `/p/PROJECT/BRANCH/VIEW/…?at=POSITION&seed=SEED`. */
export function parse(address: string): Place {
  const url = new URL(address, "http://studio");
  const parts = url.pathname.split("/").filter(Boolean).map(decode);
  const [at, seed] = ["at", "seed"].map((name) => {
    const number = url.searchParams.get(name);
    return number !== null && /^\d{1,15}$/.test(number) ? Number(number) : undefined;
  });
  if (parts[0] === "studio") return { ...HOME, view: parts[1] ?? "home", path: parts.slice(2) };
  if (parts[0] !== "p" || !parts[1]) return HOME;
  const [, project, branch = "main", view = "scenes", ...path] = parts;
  return { view, project, branch, path, at, seed };
}

/** Return the address of a place. */
export function href({ view, project, branch, path, at, seed }: Place): string {
  const end = path.map(encodeURIComponent).map((part) => `/${part}`);
  if (!project) return view === "home" ? "/" : `/studio/${encodeURIComponent(view)}${end.join("")}`;
  const start = ["p", project, branch, view].map(encodeURIComponent).join("/");
  const query = Object.entries({ at, seed }).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}=${value}`,
  );
  return `/${start}${end.join("")}${query.length ? `?${query.join("&")}` : ""}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

let place = parse(location.href);
const listeners = new Set<() => void>();

addEventListener("popstate", () => moved(parse(location.href)));

const left = new Map<string, readonly string[]>();
const leftKey = ({ project, branch, view }: Place) => [project, branch, view].join("/");

function moved(to: Place): void {
  place = to;
  left.set(leftKey(to), to.path);
  for (const listener of listeners) listener();
}

/** The place at this moment, outside of components. */
export const here = (): Place => place;

/** Go to a place; what is not said stays. Another view begins where it was left. */
export function go(to: Partial<Place>, options: { replace?: boolean } = {}): void {
  const wanted: Place = { ...place, seed: undefined, ...to };
  const next: Place =
    to.path || wanted.view === place.view ? wanted : { ...wanted, path: left.get(leftKey(wanted)) ?? [] };
  const address = href(next);
  if (address === href(place)) return;
  if (options.replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  moved(next);
}

export function usePlace(): Place {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, here);
}

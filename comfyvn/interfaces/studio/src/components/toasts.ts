import { create } from "zustand";

export type Toast = {
  id: number;
  kind: "info" | "good" | "error";
  text: string;
  /** More of it, for those who want to know. */
  details?: string | undefined;
  at: number;
  shown: boolean;
};

const KEPT = 20;
const SHOWN_MS = 6000;
let last = 0;

/** What was told, newest first; the last 20 stay to be read. */
export const useToasts = create<{ toasts: readonly Toast[] }>(() => ({ toasts: [] }));

/** Tell a person something. Errors stay until they are closed. */
export function toast(text: string, kind: Toast["kind"] = "info", details?: string): void {
  const id = ++last;
  const made: Toast = { id, kind, text, details, at: Date.now(), shown: true };
  useToasts.setState(({ toasts }) => ({ toasts: [made, ...toasts].slice(0, KEPT) }));
  if (kind !== "error") setTimeout(() => dismiss(id), SHOWN_MS);
}

/** Take a toast off the screen; the list keeps it. */
export function dismiss(id: number): void {
  useToasts.setState(({ toasts }) => ({
    toasts: toasts.map((told) => (told.id === id ? { ...told, shown: false } : told)),
  }));
}

/** Tell of an error: the words of the server, its code and what else it said. */
export function toastError(error: unknown, what = ""): void {
  const known = error instanceof Error ? error : new Error(String(error));
  const more = "details" in known ? JSON.stringify(known.details, null, 1) : known.stack;
  toast(what ? `${what}: ${known.message}` : known.message, "error", more);
}

const finishes = new Set<() => void>();

/** Have `finish` called when what is being typed must become a change: before an undo, or when the page goes away. */
export function whileEditing(finish: () => void): () => void {
  finishes.add(finish);
  return () => finishes.delete(finish);
}

/** Make changes of all that is being typed. */
export function finishEditing(): void {
  for (const finish of [...finishes]) finish();
}

addEventListener("pagehide", finishEditing);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) finishEditing();
});

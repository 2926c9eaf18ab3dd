import { placeAt } from "./steps";

type Heard = {
  /** Called with the place among the others, and the column, while it is carried. */
  over: (place: number, column: number) => void;
  done: (place: number, column: number) => void;
  left: () => void;
};

/** Carry a step of a board by the pointer; Escape leaves it where it was. */
export function dragging(
  event: React.PointerEvent<HTMLElement>,
  board: HTMLElement,
  scene: string,
  heard: Heard,
): void {
  if (event.button !== 0) return;
  event.preventDefault();
  const grip = event.currentTarget;
  grip.focus();
  grip.setPointerCapture(event.pointerId);
  const scroller = board.closest("section");
  const before = scroller?.scrollTop ?? 0;
  const rows = [...board.querySelectorAll<HTMLElement>("[data-scene]")];
  const middles = rows
    .filter((row) => row.dataset.scene !== scene)
    .map((row) => row.getBoundingClientRect())
    .map(({ top, height }) => top + height / 2);
  const rtl = getComputedStyle(board).direction === "rtl";
  const columns = [...(board.parentElement?.querySelectorAll<HTMLElement>("[data-lane]") ?? [])]
    .filter((element) => !board.contains(element))
    .map((element) => element.getBoundingClientRect());
  let at: [number, number] | null = null;

  function columnAt(x: number): number {
    const found = columns.findIndex(({ left, right }) => (rtl ? x >= left : x <= right));
    return found < 0 ? columns.length - 1 : found;
  }
  function moved({ clientX, clientY }: PointerEvent): void {
    if (!at && Math.hypot(clientX - event.clientX, clientY - event.clientY) < 4) return;
    const scrolled = (scroller?.scrollTop ?? 0) - before;
    at = [placeAt(middles, clientY + scrolled), columnAt(clientX)];
    heard.over(...at);
  }
  function up(): void {
    stop();
    if (at) heard.done(...at);
  }
  function key(pressed: KeyboardEvent): void {
    if (pressed.key !== "Escape") return;
    stop();
    heard.left();
  }
  function cancelled(): void {
    stop();
    heard.left();
  }
  function stop(): void {
    grip.removeEventListener("pointermove", moved);
    grip.removeEventListener("pointerup", up);
    grip.removeEventListener("pointercancel", cancelled);
    removeEventListener("keydown", key, true);
  }
  grip.addEventListener("pointermove", moved);
  grip.addEventListener("pointerup", up);
  grip.addEventListener("pointercancel", cancelled);
  addEventListener("keydown", key, true);
}

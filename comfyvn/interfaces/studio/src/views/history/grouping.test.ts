import { expect, it } from "vitest";
import type { Change } from "./changes";
import { grouped } from "./grouping";

const at = (day: number, hour: number, minute: number) => new Date(2026, 10, day, hour, minute).toISOString();
const change = (position: number, actor: string, when: string) =>
  ({ id: String(position), position, actor, at: when }) as Change;

it("changes stand under their day and under who worked without a long pause", () => {
  const rows = grouped([
    change(6, "ann", at(3, 9, 20)),
    change(5, "ann", at(3, 9, 0)),
    change(4, "ann", at(3, 8, 0)),
    change(3, "ben", at(3, 7, 59)),
    change(2, "ben", at(2, 23, 59)),
    change(1, "ben", at(2, 23, 58)),
  ]);
  expect(
    rows.map((row) =>
      row.kind === "day" ? "day" : row.kind === "session" ? `${row.actor} ${row.count}` : row.change.position,
    ),
  ).toEqual(["day", "ann 2", 6, 5, "ann 1", 4, "ben 1", 3, "day", "ben 2", 2, 1]);
  expect(grouped([])).toEqual([]);
});

// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { contrast, legible, parts } from "./colour";
import { lineAt, moved, type Playing, type Status, type Step } from "./playing";

const ground = [20, 22, 27] as const;
const status = (depth: number, version: number, variables = {}) =>
  ({ depth, version, variables, outputs: [], menu: null }) as unknown as Status;
const step = (what: string, version: number | null = null): Step => ({
  outputs: [{ type: "line", who: null, what, speaker: null, node: what, scene: "s" }],
  forced: null,
  version,
});
const playing: Playing = {
  status: status(1, 2, { luck: 1 }),
  steps: [step("a"), step("b", 2)],
  before: {},
  was: {},
};

test("going on adds a moment that comes letter by letter; going back shows all at once", () => {
  const on = moved(playing, { ...status(2, 3), outputs: step("c").outputs });
  expect(on?.steps.map(({ version }) => version)).toEqual([null, null, 3]);
  expect(on && lineAt(on.steps)).toMatchObject({ depth: 2, fresh: 3, line: { what: "c" } });
  const back = on && moved(on, status(0, 4), { rolled: true });
  expect(back?.steps).toHaveLength(1);
  expect(back && lineAt(back.steps)).toMatchObject({ depth: 0, fresh: null, line: { what: "a" } });
  expect(moved(playing, status(9, 5))).toBeNull();
});

test("a variable that is given another value can have its old one again, as long as that is on the way", () => {
  const forced = moved(playing, status(2, 3, { luck: 9 }), { forced: "luck" });
  expect(forced?.was).toEqual({ luck: 1 });
  expect(forced && lineAt(forced.steps)?.line.what).toBe("b");
  const again = forced && moved(forced, status(3, 4, { luck: 7 }), { forced: "luck" });
  expect(again?.was).toEqual({ luck: 1 });
  expect(again && moved(again, status(4, 5), { forced: "luck", reverts: true })?.was).toEqual({});
  expect(again && moved(again, status(1, 5), { rolled: true })?.was).toEqual({});
});

test("the colours of names can be read on the stage", () => {
  expect(legible("#ffcc00", ground)).toBe("rgb(255 204 0)");
  expect(legible("nothing", ground)).toBeUndefined();
  const [red = 0, green = 0, blue = 0] = legible("#102040", ground)?.match(/\d+/g)?.map(Number) ?? [];
  expect(contrast([red, green, blue], ground)).toBeGreaterThan(5);
  expect(parts("#abc")).toEqual([170, 187, 204]);
});

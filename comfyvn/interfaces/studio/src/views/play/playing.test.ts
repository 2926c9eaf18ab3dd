import { expect, test } from "vitest";
import { closedOptions } from "./options";
import { hueOf, imageKey, namesOn, placed, type Shown, type Stage } from "./staging";
import { cut, plain, runs } from "./tags";
import { type Piece, shownAt, stretches } from "./typing";

const piece = (text: string, more: Partial<Piece> = {}): Piece => ({
  text,
  shown: text,
  speed: null,
  factor: 1,
  pause: 0,
  click: false,
  ...more,
});
const shown = (base: string, more: Partial<Shown> = {}): Shown => ({
  tag: base,
  base,
  attributes: [],
  at: [],
  layer: "master",
  zorder: "",
  expression: "",
  ...more,
});
const stage = (more: Partial<Stage>): Stage => ({
  background: null,
  sprites: {},
  sounds: {},
  queued: {},
  voice: "",
  window: "",
  ...more,
});

test("a line comes at the speed that the reader likes, and stops where a click is waited for", () => {
  const all = stretches([piece("Hello "), piece("{w}", { shown: "", click: true }), piece("you.")], 10);
  expect(all.map(({ to, lasts }) => [to, lasts])).toEqual([
    [9, 600],
    [13, 400],
  ]);
  const [first, second] = all;
  if (!first || !second) throw new Error("two stretches");
  expect(shownAt(first, 0)).toBe(0);
  expect(shownAt(first, 250)).toBe(2);
  expect(shownAt(first, 600)).toBe(9);
  expect(shownAt(second, 100)).toBe(10);
  expect(shownAt(second, 9999)).toBe(13);
});

test("speed, factor and pauses of the text count; who likes it at once waits for nothing", () => {
  const pieces = [
    piece("ab", { speed: 20, factor: 2 }),
    piece("{w=1}", { shown: "", pause: 1 }),
    piece("cd"),
  ];
  const [slow] = stretches(pieces, 10);
  expect(slow?.lasts).toBe(50 + 1000 + 200);
  expect(slow && shownAt(slow, 500)).toBe(7);
  const [fast] = stretches(pieces, 0);
  expect(fast?.lasts).toBe(50);
  expect(stretches([], 30)).toEqual([{ beats: [], to: 0, lasts: 0 }]);
});

test("text tags give looks, not letters", () => {
  expect(runs("A {b}bold{/b} {color=#f00}red{/color}{w} {{x}")).toEqual([
    { start: 0, text: "A ", look: {} },
    { start: 5, text: "bold", look: { bold: true } },
    { start: 13, text: " ", look: {} },
    { start: 26, text: "red", look: { colour: "#f00" } },
    { start: 40, text: " ", look: {} },
    { start: 41, text: "{", look: {} },
    { start: 43, text: "x}", look: {} },
  ]);
  expect(plain("One{p}two{alt}not seen{/alt}{color=url(x)}!{/color}{done} gone")).toBe("One\ntwo!");
});

test("a line that is still coming keeps its room", () => {
  const { shown: there, rest } = cut(runs("{i}Hello{/i} you"), 6);
  expect(there.map(({ text }) => text)).toEqual(["Hel"]);
  expect(rest.map(({ text }) => text)).toEqual(["lo", " you"]);
});

test("sprites stand where the story says, others side by side, the nearest last", () => {
  const sprites = {
    ines: shown("ines", { zorder: "5" }),
    olek: shown("olek"),
    cat: shown("cat", { at: ["bounce", "right"] }),
    dog: shown("dog", { at: ["farleft"] }),
  };
  expect(placed(sprites).map(({ sprite, x }) => [sprite.tag, Math.round(x)])).toEqual([
    ["olek", 67],
    ["cat", 80],
    ["dog", 25],
    ["ines", 33],
  ]);
});

test("a stage tells which assets it needs", () => {
  const room = shown("bg", { attributes: ["room"] });
  const file = shown("", { tag: '"a/b.png"', expression: '"a/b.png"' });
  expect(imageKey(file)).toBe("file:a/b.png");
  const set = stage({ background: room, sprites: { file }, sounds: { music: "rain.ogg" }, voice: "v1.ogg" });
  expect(namesOn(set)).toEqual(["file:a/b.png", "file:rain.ogg", "file:v1.ogg", "image:bg room"]);
  expect(hueOf("bg room")).toBe(hueOf("bg room"));
});

test("options that are closed name their reason", () => {
  const edges = [
    { id: "a", text: "Go" },
    { id: "b", text: "Ring", condition: "clue and luck > 2" },
    { id: "c", text: "Ask again" },
  ];
  expect(closedOptions(edges, ["a"], { clue: false, luck: 1, name: "x" })).toEqual([
    { edge: "b", text: "Ring", condition: "clue and luck > 2", values: { clue: false, luck: 1 } },
    { edge: "c", text: "Ask again", condition: null, values: {} },
  ]);
});

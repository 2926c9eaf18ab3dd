import { expect, it } from "vitest";
import { type Mark, marks, sided, smoothed } from "./wording";

const text = (pieces: readonly Mark[], without: string) =>
  pieces
    .filter(([kind]) => kind !== without)
    .map(([, words]) => words)
    .join("");

it.each([
  ["The tuba has its own chair.", "The tuba has no chair any more."],
  ["", "All of it is new"],
  ["All of it goes", ""],
  ["大号有自己的椅子。", "大号没有椅子。"],
  ["It's ann's", "Its Ann's"],
  ["a ".repeat(700), "b ".repeat(700)],
])("both texts stand in the marks: %s → %s", (before, after) => {
  for (const found of [marks(before, after), smoothed(marks(before, after))]) {
    expect(text(found, "added")).toBe(before);
    expect(text(found, "removed")).toBe(after);
  }
});

it("marks whole words, and no more of them than changed", () => {
  expect(marks("The tuba has a chair.", "The tuba has the chair.")).toEqual([
    ["same", "The tuba has "],
    ["removed", "a"],
    ["added", "the"],
    ["same", " chair."],
  ]);
  expect(marks("same", "same")).toEqual([["same", "same"]]);
});

it("words that changed beside each other changed together", () => {
  const found = marks("It has its own chair", "It has the best chair");
  expect(sided(found, "both")).toEqual([
    ["same", "It has "],
    ["removed", "its own"],
    ["added", "the best"],
    ["same", " chair"],
  ]);
  expect(sided(found, "before").map(([, words]) => words)).toEqual(["It has ", "its own", " chair"]);
});

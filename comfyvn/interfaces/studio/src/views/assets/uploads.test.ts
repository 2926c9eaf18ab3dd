// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { batches } from "./uploads";

const given = (path: string, size = 1) => ({
  path,
  file: { name: path.split("/").at(-1) ?? "", size } as File,
});

test("files travel in small batches, each of one folder and without a name twice", () => {
  const files = [
    ...Array.from({ length: 10 }, (_, n) => given(`bg/${n}.png`)),
    given("me.png"),
    given("cg/me.png"),
  ];
  expect(batches(files).map(({ under, files }) => [under, files.length])).toEqual([
    ["bg", 8],
    ["bg", 2],
    ["", 1],
    ["cg", 1],
  ]);
  expect(batches([given("a.png"), given("a.png")]).map(({ files }) => files.length)).toEqual([1, 1]);
});

test("large files travel alone", () => {
  const sizes = [20 << 20, 20 << 20, 1].map((size, n) => given(`${n}.wav`, size));
  expect(batches(sizes).map(({ files }) => files.length)).toEqual([1, 2]);
});

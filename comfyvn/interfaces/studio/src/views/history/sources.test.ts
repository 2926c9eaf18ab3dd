import { expect, it } from "vitest";
import type { Schemas } from "@/api/client";
import { bySource } from "./sources";

const line = (commit: string, entity: string, kind = "scene") =>
  ({
    commit,
    entity,
    kind,
    name: entity.split(":")[1] ?? "",
    subject: `${entity}/${commit}`,
  }) as Schemas["Pending"];

it("what waits stands under its scene and the change that it came with", () => {
  const found = bySource([
    line("1", "scene:a"),
    line("1", "scene:a"),
    line("1", "scene:b"),
    line("2", "scene:b"),
    { ...line("3", "translation:x", "translation"), name: "b" },
    { ...line("3", "translation:y", "translation"), name: "b" },
  ]);
  expect(found.map(({ name, lines }) => [name, lines.length])).toEqual([
    ["a", 2],
    ["b", 1],
    ["b", 1],
    ["b", 2],
  ]);
});

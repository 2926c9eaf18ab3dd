// @vitest-environment node
import { unzipSync } from "fflate";
import { expect, test } from "vitest";
import { packed } from "./files";

test("what is packed keeps its paths and bytes", async () => {
  const long = new Uint8Array(5 << 20).fill(7);
  const given = [
    { path: "game/script.rpy", file: new File(["label start:\n"], "script.rpy") },
    { path: "game/empty.txt", file: new File([], "empty.txt") },
    { path: "game/ビ.png", file: new File([long], "ビ.png") },
  ];
  const zip = await packed(given, "game.zip");
  const found = unzipSync(new Uint8Array(await zip.arrayBuffer()));
  expect(zip.name).toBe("game.zip");
  expect(Object.keys(found)).toEqual(given.map(({ path }) => path));
  expect(new TextDecoder().decode(found["game/script.rpy"])).toBe("label start:\n");
  expect(found["game/empty.txt"]?.length).toBe(0);
  expect(found["game/ビ.png"]?.length).toBe(long.length);
  expect(found["game/ビ.png"]?.every((byte) => byte === 7)).toBe(true);
});

import { expect, it } from "vitest";
import { matches } from "./matching";

it("finds the best first and leaves out what does not fit", () => {
  const names = ["Quiet hours", "The quiet", "Unquiet", "Queue it", "Depot"];
  expect(matches("qui", names, (name) => name)).toEqual(["Quiet hours", "The quiet", "Unquiet", "Queue it"]);
  expect(matches(" ", names, (name) => name)).toEqual(names);
});

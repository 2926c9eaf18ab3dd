// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { go, here, href, parse } from "./place";

describe("an address", () => {
  it.each([
    "/",
    "/studio/settings",
    "/p/rain/main/scenes",
    "/p/rain/main/scenes/s1/n1?at=12",
    "/p/rain/main/play/s1/n1?seed=7",
    "/p/r%C3%A4in/a%20b/scenes/x%2Fy",
  ])("says a place, and the place says the address: %s", (address) => {
    expect(href(parse(address))).toBe(address);
  });

  it("is read as far as it makes sense", () => {
    expect(parse("/p/rain")).toEqual({
      view: "scenes",
      project: "rain",
      branch: "main",
      path: [],
      at: undefined,
      seed: undefined,
    });
    expect(parse("/p/rain/main/scenes/%E0%A4%A?at=-1").path).toEqual(["%E0%A4%A"]);
    expect(parse("/nothing").view).toBe("home");
  });
});

it("a view is entered where it was left", () => {
  go({ view: "scenes", project: "rain", branch: "main", path: ["s1"] });
  go({ view: "settings" });
  expect(here().path).toEqual([]);
  go({ view: "scenes" });
  expect(here().path).toEqual(["s1"]);
  expect(location.pathname).toBe("/p/rain/main/scenes/s1");
});

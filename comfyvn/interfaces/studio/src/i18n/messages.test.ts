// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { usePreferences } from "@/design/preferences";
import { fill, type Messages, messages } from "./messages";

const catalogues = import.meta.glob<Record<string, Messages>>("../{shell,components,views}/**/messages.ts", {
  eager: true,
});
const values = (text: string) => [...text.matchAll(/\{(\w+)/g)].map(([, name]) => name).toSorted();

describe.each(Object.entries(catalogues))("%s", (_path, module) => {
  it.each(Object.entries(module))("%s takes the same values in all languages", (_name, declared) => {
    for (const [key, text] of Object.entries(declared.catalogue.en)) {
      expect([key, values(declared.catalogue.de[key] ?? "")]).toEqual([key, values(text)]);
    }
  });
});

it("numbers choose the form", () => {
  expect(fill("{count|# line|# lines}", { count: 1 }, "en")).toBe("1 line");
  expect(fill("{count|# Zeile|# Zeilen}", { count: 1200 }, "de")).toBe("1.200 Zeilen");
  expect(fill("{who} and {missing}", { who: "Ines" }, "en")).toBe("Ines and {missing}");
});

it("follows the language of the person", () => {
  const text = messages({ en: { hello: "Hello {name}" }, de: { hello: "Hallo {name}" } });
  usePreferences.getState().set({ language: "de" });
  expect(text.now("hello", { name: "Ines" })).toBe("Hallo Ines");
  usePreferences.getState().set({ language: "pseudo" });
  expect(text.now("hello", { name: "Ines" })).toMatch(/^\[Hélló Ínés·+\]$/);
});

import { describe, expect, it } from "vitest";
import {
  centred,
  fitted,
  holds,
  LARGEST,
  panned,
  SMALLEST,
  seen,
  showing,
  toMap,
  toView,
  zoomed,
} from "./camera";

const size = { width: 800, height: 600 };

describe("a camera", () => {
  it("keeps what is under the pointer there while it zooms", () => {
    const before = { x: 100, y: -50, zoom: 0.5 };
    const at = { x: 320, y: 200 };
    const after = zoomed(before, 1.7, at);
    expect(after.zoom).toBeCloseTo(0.85);
    expect(toMap(after, at).x).toBeCloseTo(toMap(before, at).x);
    expect(toMap(after, at).y).toBeCloseTo(toMap(before, at).y);
    expect(toView(after, toMap(after, at))).toEqual(at);
  });

  it("zooms neither in nor out for ever", () => {
    expect(zoomed({ x: 0, y: 0, zoom: 1 }, 1000, { x: 0, y: 0 }).zoom).toBe(LARGEST);
    expect(zoomed({ x: 0, y: 0, zoom: 1 }, 0, { x: 0, y: 0 }).zoom).toBe(SMALLEST);
  });

  it("follows the pointer when it is dragged", () => {
    expect(panned({ x: 0, y: 0, zoom: 0.5 }, 10, -20)).toEqual({ x: -20, y: 40, zoom: 0.5 });
  });

  it("shows all of a map in the middle", () => {
    const bounds = { left: -1000, top: 0, right: 9000, bottom: 400 };
    const camera = fitted(bounds, size);
    expect(holds(seen(camera, size), bounds)).toBe(true);
    const { left, right } = seen(camera, size);
    expect((left + right) / 2).toBeCloseTo(4000);
    expect(fitted({ left: 0, top: 0, right: 10, bottom: 10 }, size).zoom).toBe(1);
  });

  it("moves no more than it must", () => {
    const camera = { x: 0, y: 0, zoom: 1 };
    expect(showing(camera, size, { left: 200, top: 200, right: 300, bottom: 300 })).toEqual(camera);
    expect(showing(camera, size, { left: 900, top: 200, right: 1000, bottom: 300 })).toEqual({
      x: 248,
      y: 0,
      zoom: 1,
    });
    expect(centred(camera, size, { x: 0, y: 0 })).toEqual({ x: -400, y: -300, zoom: 1 });
  });
});

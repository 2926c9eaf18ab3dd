/** What of a map is seen: the point of the map at the upper left corner of the view, and how large it is drawn. */
export type Camera = { readonly x: number; readonly y: number; readonly zoom: number };
export type Size = { readonly width: number; readonly height: number };
export type Point = { readonly x: number; readonly y: number };
export type Rect = {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
};

export const SMALLEST = 0.004;
export const LARGEST = 2;
/** From here on things are drawn as what they are, not as an overview. */
export const NEAR = 0.45;
/** How large things are drawn where a map is opened to be read. */
export const READING = 0.8;
/** Pixels between what is brought into view and the edge of the view. */
const MARGIN = 48;

const limited = (zoom: number) => Math.max(SMALLEST, Math.min(LARGEST, zoom));

export function toMap({ x, y, zoom }: Camera, at: Point): Point {
  return { x: x + at.x / zoom, y: y + at.y / zoom };
}

export function toView({ x, y, zoom }: Camera, at: Point): Point {
  return { x: (at.x - x) * zoom, y: (at.y - y) * zoom };
}

export function panned({ x, y, zoom }: Camera, dx: number, dy: number): Camera {
  return { x: x - dx / zoom, y: y - dy / zoom, zoom };
}

/** Return a camera that shows things `factor` times as large, and what is at a point of the view still there. */
export function zoomed(camera: Camera, factor: number, at: Point): Camera {
  const zoom = limited(camera.zoom * factor);
  const { x, y } = toMap(camera, at);
  return { x: x - at.x / zoom, y: y - at.y / zoom, zoom };
}

/** Return the part of the map that is seen. */
export function seen({ x, y, zoom }: Camera, { width, height }: Size, margin = 0): Rect {
  return {
    left: x - margin,
    top: y - margin,
    right: x + width / zoom + margin,
    bottom: y + height / zoom + margin,
  };
}

export function holds(outer: Rect, inner: Rect): boolean {
  return (
    outer.left <= inner.left &&
    outer.top <= inner.top &&
    outer.right >= inner.right &&
    outer.bottom >= inner.bottom
  );
}

/** Return a camera that shows all of a part of the map, in the middle; small maps are not blown up. */
export function fitted({ left, top, right, bottom }: Rect, { width, height }: Size, most = 1): Camera {
  const zoom = limited(
    Math.min(
      most,
      (width - 2 * MARGIN) / Math.max(1, right - left),
      (height - 2 * MARGIN) / Math.max(1, bottom - top),
    ),
  );
  return { x: (left + right - width / zoom) / 2, y: (top + bottom - height / zoom) / 2, zoom };
}

export function centred({ zoom }: Camera, { width, height }: Size, at: Point): Camera {
  return { x: at.x - width / zoom / 2, y: at.y - height / zoom / 2, zoom };
}

/** Return the camera moved as little as shows a part of the map. */
export function showing(camera: Camera, size: Size, part: Rect): Camera {
  const { left, top, right, bottom } = seen(camera, size, -MARGIN / camera.zoom);
  const dx = part.left < left ? part.left - left : part.right > right ? part.right - right : 0;
  const dy = part.top < top ? part.top - top : part.bottom > bottom ? part.bottom - bottom : 0;
  return { ...camera, x: camera.x + dx, y: camera.y + dy };
}

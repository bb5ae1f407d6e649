/** Tiny drawing for icons: shapes are questions "is this point inside?", points go from -1 to 1, y downwards. */
type Shape = (x: number, y: number) => boolean;
export type Colour = readonly [red: number, green: number, blue: number];

/** Painted in order; `null` cuts a hole. */
export type Layers = readonly (readonly [Shape, Colour | null])[];

export const circle =
  (radius: number): Shape =>
  (x, y) =>
    Math.hypot(x, y) <= radius;

/** A thick line with round ends through the points. */
export const stroke =
  (width: number, ...points: (readonly [number, number])[]): Shape =>
  (x, y) =>
    points.slice(1).some((to, index) => distance(x, y, points[index] ?? to, to) <= width / 2);

export const polygon =
  (...points: (readonly [number, number])[]): Shape =>
  (x, y) => {
    let inside = false;
    points.forEach(([ax, ay], index) => {
      const [bx, by] = points[(index + points.length - 1) % points.length] ?? [ax, ay];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    });
    return inside;
  };

/** The polygon with its corners rounded by growing it. */
export const rounded = (by: number, ...points: (readonly [number, number])[]): Shape => {
  const inner = polygon(...points);
  const edge = stroke(2 * by, ...points, points[0] ?? [0, 0]);
  return (x, y) => inner(x, y) || edge(x, y);
};

/** The heraldic form: straight at the top, drawn together to a point. */
export const shield =
  (size: number): Shape =>
  (x, y) => {
    const [u, v] = [Math.abs(x) / size, y / size];
    if (v < -0.95 || v > 1) return false;
    const half = v < 0.1 ? 0.82 : 0.82 * Math.sqrt(1 - ((v - 0.1) / 0.9) ** 1.7);
    const corner = Math.max(0, u - 0.62) ** 2 + Math.max(0, -0.75 - v) ** 2 <= 0.2 ** 2;
    return u <= half && (v > -0.75 || u < 0.62 || corner);
  };

function distance(x: number, y: number, a: readonly [number, number], b: readonly [number, number]): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dy * dy || 1;
  const along = Math.min(1, Math.max(0, ((x - a[0]) * dx + (y - a[1]) * dy) / length));
  return Math.hypot(x - a[0] - along * dx, y - a[1] - along * dy);
}

const fine = 6;

/** RGBA rows of a square picture, smoothed by looking at 36 points in every pixel. */
export function paint(layers: Layers, size: number): Buffer {
  const picture = Buffer.alloc(size * size * 4);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1)
      pixel(layers, size, column, row).copy(picture, (row * size + column) * 4);
  }
  return picture;
}

function pixel(layers: Layers, size: number, column: number, row: number): Buffer {
  const sum = [0, 0, 0];
  let covered = 0;
  for (let point = 0; point < fine * fine; point += 1) {
    const x = ((column + ((point % fine) + 0.5) / fine) / size) * 2 - 1;
    const y = ((row + (Math.floor(point / fine) + 0.5) / fine) / size) * 2 - 1;
    const colour = layers.findLast(([shape]) => shape(x, y))?.[1] ?? null;
    if (colour === null) continue;
    covered += 1;
    colour.forEach((part, index) => {
      sum[index] = (sum[index] ?? 0) + part;
    });
  }
  if (covered === 0) return Buffer.alloc(4);
  return Buffer.from([
    ...sum.map((part) => Math.round(part / covered)),
    Math.round((255 * covered) / fine ** 2),
  ]);
}

import { crc32, deflateSync } from 'node:zlib';

/*
 * Groundcrew's mark, drawn in code: a marshaller on the apron, head between two raised arms, a lit wand above each
 * hand, and a chevron on the vest. Lengths are in units of the symbol, which fits the square from -1 to 1; y points
 * down. The mark is the same left and right, so only the right half is described.
 */

type Point = readonly [x: number, y: number];
const WAND: readonly [Point, Point] = [
  [0.63, -0.42],
  [0.85, -0.86],
];
const ARM: readonly [Point, Point] = [
  [0, 0.4],
  [0.49, -0.13],
];
const CHEVRON: readonly [Point, Point] = [
  [0, 0.86],
  [0.4, 0.41],
];
const HEAD: readonly [Point, Point] = [
  [0, -0.3],
  [0, -0.3],
];
/** Half the width of each stroke, and the head's radius. */
const RADIUS = { wand: 0.13, arm: 0.12, chevron: 0.12, head: 0.225 } as const;

type Colour = readonly [red: number, green: number, blue: number];
const WHITE: Colour = [255, 255, 255];
const LIT: Colour = [255, 214, 120];
const AMBER: Colour = [255, 153, 20];
const DUSK: Colour = [38, 84, 134];
const NIGHT: Colour = [14, 28, 51];
/** The middle of the sky, for the manifest's accentColor. */
export const ACCENT_COLOUR = '#1A385C';

/** Distance from a point to the line between two others. */
function toLine(x: number, y: number, [[ax, ay], [bx, by]]: readonly [Point, Point]): number {
  const dx = bx - ax;
  const dy = by - ay;
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}

/** Distance to the edge of the wands and of the body; negative inside. */
const wandEdge = (x: number, y: number): number => toLine(Math.abs(x), y, WAND) - RADIUS.wand;
const bodyEdge = (x: number, y: number): number =>
  Math.min(
    toLine(Math.abs(x), y, ARM) - RADIUS.arm,
    toLine(Math.abs(x), y, CHEVRON) - RADIUS.chevron,
    toLine(x, y, HEAD) - RADIUS.head,
  );

const mix = (a: Colour, b: Colour, share: number): Colour => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];

type Pixel = readonly [...Colour, alpha: number];

/** The mark before an evening sky, in the light of its wands. */
function inColour(x: number, y: number): Pixel {
  if (bodyEdge(x, y) <= 0) return [...WHITE, 1];
  const middle = wandEdge(x, y) + RADIUS.wand;
  if (middle <= RADIUS.wand) return [...mix(LIT, AMBER, (middle / RADIUS.wand) ** 2), 1];
  const sky = mix(DUSK, NIGHT, Math.max(0, Math.min(1, (y + 2) / 4)));
  return [...mix(sky, AMBER, 0.55 * Math.exp(-((middle / 0.36) ** 2))), 1];
}

const inOutline = (x: number, y: number): Pixel => [...WHITE, Math.min(wandEdge(x, y), bodyEdge(x, y)) <= 0 ? 1 : 0];

function chunk(type: string, data: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(data.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}

/** A pixel that an edge runs through is the mean of this many squared points, which makes the edge smooth. */
const SAMPLES = 8;

/** The mean of a pixel whose middle is (x, y) and whose side is `side`. */
function average(x: number, y: number, side: number, at: (x: number, y: number) => Pixel): Pixel {
  const sum: [number, number, number, number] = [0, 0, 0, 0];
  for (let nth = 0; nth < SAMPLES ** 2; nth += 1) {
    const right = (((nth % SAMPLES) + 0.5) / SAMPLES - 0.5) * side;
    const down = ((Math.floor(nth / SAMPLES) + 0.5) / SAMPLES - 0.5) * side;
    const [red, green, blue, alpha] = at(x + right, y + down);
    sum[0] += red * alpha;
    sum[1] += green * alpha;
    sum[2] += blue * alpha;
    sum[3] += alpha;
  }
  const [red, green, blue, alpha] = sum;
  return alpha === 0 ? [...WHITE, 0] : [red / alpha, green / alpha, blue / alpha, alpha / SAMPLES ** 2];
}

/** A square PNG of `size` pixels, 8 bits a channel with alpha; `scale` is how many pixels one unit takes. */
function png(size: number, scale: number, at: (x: number, y: number) => Pixel): Uint8Array {
  const stride = size * 4 + 1;
  const rows = Buffer.alloc(stride * size);
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column < size; column += 1) {
      const x = (column + 0.5 - size / 2) / scale;
      const y = (row + 0.5 - size / 2) / scale;
      const onEdge = Math.min(Math.abs(wandEdge(x, y)), Math.abs(bodyEdge(x, y))) * scale < 1;
      const [red, green, blue, alpha] = onEdge ? average(x, y, 1 / scale, at) : at(x, y);
      rows.set([red, green, blue, alpha * 255].map(Math.round), row * stride + 1 + column * 4);
    }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Teams' colour icon: 192x192, no transparency, the symbol within the middle 96x96. */
export const colourIcon = (): Uint8Array => png(192, 48, inColour);

/** Teams' outline icon: 32x32, white on transparent. */
export const outlineIcon = (): Uint8Array => png(32, 14.5, inOutline);

/** The mark as a square picture of `size` pixels, for an avatar. */
export const logoPng = (size: number): Uint8Array => png(size, size * 0.39, inColour);

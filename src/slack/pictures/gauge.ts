import { type Chart, figure } from '../../core/kernel/index.ts';
import { colors, framed, type Place, path, point, tones, top, width, words } from './marks.ts';

type Gauge = Extract<Chart, { shape: 'gauge' }>;

const radius = 180;
const thick = 34;
const centre: Place = { x: width / 2, y: top + radius + 14 };

/** A half circle from left to right. */
const on = (share: number, r: number): Place => {
  const angle = Math.PI * (1 - share);
  return { x: centre.x + r * Math.cos(angle), y: centre.y - r * Math.sin(angle) };
};
const arc = (from: number, to: number, r: number, look: string) =>
  path(`M${point(on(from, r))}A${r} ${r} 0 0 1 ${point(on(to, r))}`, `fill="none" ${look}`);

/** Bands of the scale, the margin as an arc inside them, and a needle at the value. */
export function gauge({ title, value, from, to, margin, bands, unit }: Gauge): string {
  const share = (v: number) => Math.min(1, Math.max(0, (v - from) / (to - from || 1)));
  let start = 0;
  const segments = bands.map((band) => {
    const end = share(band.to);
    // A hair of ground between two bands, for those who see no difference of hue.
    const drawn = arc(
      start + (start > 0 ? 0.004 : 0),
      end,
      radius - thick / 2,
      `stroke="${tones[band.tone]}" stroke-width="${thick}"`,
    );
    start = end;
    return drawn;
  });
  const at = share(value);
  return framed(title, centre.y + 62, [
    ...segments,
    ...(margin
      ? [
          arc(
            share(margin.low),
            share(margin.high),
            radius - thick - 14,
            `stroke="${colors.muted}" stroke-width="8" stroke-linecap="round"`,
          ),
        ]
      : []),
    path(
      `M${point(on(at, radius + 8))}L${point(on(at, radius - thick - 26))}`,
      `stroke="${colors.ground}" stroke-width="12" stroke-linecap="round"`,
    ),
    path(
      `M${point(on(at, radius + 8))}L${point(on(at, radius - thick - 26))}`,
      `stroke="${colors.text}" stroke-width="6" stroke-linecap="round"`,
    ),
    words(figure(value, unit), { x: centre.x, y: centre.y + 4 }, { size: 56, bold: true, at: 'middle' }),
    ...(margin
      ? [
          words(
            `between ${figure(margin.low, unit)} and ${figure(margin.high, unit)}`,
            { x: centre.x, y: centre.y + 38 },
            { size: 17, color: colors.muted, at: 'middle' },
          ),
        ]
      : []),
    words(
      figure(from, unit),
      { x: on(0, radius - thick / 2).x, y: centre.y + 30 },
      { color: colors.muted, at: 'middle' },
    ),
    words(
      figure(to, unit),
      { x: on(1, radius - thick / 2).x, y: centre.y + 30 },
      { color: colors.muted, at: 'middle' },
    ),
  ]);
}

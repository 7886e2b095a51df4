import { fileURLToPath } from 'node:url';
import { type Chart, drawChart } from '../../core/kernel/index.ts';
import { gauge } from './gauge.ts';
import { width } from './marks.ts';
import { bars, distribution } from './rows.ts';
import { trend } from './trend.ts';

/** A chart as SVG. The same chart is the same text: what was uploaded once is found again by it. */
export const svgOf = (chart: Chart): string => drawChart({ bars, distribution, trend, gauge }, chart);

/** Inter, under the SIL Open Font License. */
const fonts = [
  import.meta.resolve('@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf'),
  import.meta.resolve('@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf'),
].map((url) => fileURLToPath(url));

/** As PNG, drawn on a thread of Node’s pool. The fonts of the machine play no part: a container has none. */
export async function pngOf(svg: string): Promise<Buffer> {
  // The first picture that is wanted loads the renderer; a start does not.
  const { renderAsync } = await import('@resvg/resvg-js');
  const drawn = await renderAsync(svg, {
    font: { fontFiles: fonts, loadSystemFonts: false, defaultFontFamily: 'Inter', sansSerifFamily: 'Inter' },
    fitTo: { mode: 'width', value: width * 2 },
  });
  return drawn.asPng();
}

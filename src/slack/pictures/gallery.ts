import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Chart, Delivered, View } from '../../core/kernel/index.ts';
import type { Log } from '../../core/kernel/log.ts';
import type { Pictures } from '../blocks.ts';
import { deliveredBy, type Fault, meaningOf } from '../errors.ts';
import type { Limiter } from '../limiter.ts';
import { RATES } from '../limits.ts';
import type { Called, Web } from '../web.ts';
import { pngOf, svgOf } from './picture.ts';

/*
 * A picture reaches Slack as a file that the bot uploads and keeps to itself, and an image block that names it: a bot
 * behind a firewall has no address from which Slack could fetch one. Slack looks at a file after the upload was answered,
 * and until then refuses a message that shows it.
 */

/** How often one picture is tried before the message goes without: its table says the same. */
const tries = 5;
const firstWaitMs = 500;
/** Pictures that are remembered, so that a report to many people is uploaded once. */
const keep = 500;

type Waiting = Exclude<Delivered, { is: 'done' }>;
type Kept = { file?: string; failed: number };

export type Gallery = {
  /** The pictures of a message, uploaded; or why it has to wait for them. */
  of(view: View, home: string): Promise<Pictures | Waiting>;
  /** How the message with them ended, and what follows: a picture that is not ready yet makes it wait, a few times. */
  after(view: View, home: string, delivered: Delivered): Delivered;
};

const ticket = z.object({ upload_url: z.string().min(1), file_id: z.string().min(1) });

export const isWaiting = (pictures: Pictures | Waiting): pictures is Waiting => 'is' in pictures;

export const chartsOf = (view: View): readonly Chart[] =>
  view.blocks.flatMap((block) => (block.kind === 'chart' ? [block.chart] : []));

export function createGallery({ web, limiter, log }: { web: Web; limiter: Limiter; log: Log }): Gallery {
  const known = new Map<string, Kept>();

  const keptFor = (key: string): Kept => {
    const kept = known.get(key) ?? { failed: 0 };
    known.delete(key);
    known.set(key, kept);
    const [oldest] = known.keys();
    if (known.size > keep && oldest !== undefined) known.delete(oldest);
    return kept;
  };
  const nameOf = (svg: string, home: string): string => `${home}/${createHash('sha256').update(svg).digest('hex')}`;

  /** The first call that fails ends it. A file that is never completed is dropped by Slack. */
  async function uploaded(chart: Chart, svg: string): Promise<{ file: string } | Fault> {
    // A picture is never worth a message: what cannot be drawn is told by its table.
    const png = await pngOf(svg).catch((err: unknown) => {
      log.error({ err, chart: chart.shape }, 'slack: a chart can’t be drawn');
      return undefined;
    });
    if (!png) return { code: 'undrawable' };
    const given = await web.call('bulk', 'files.getUploadURLExternal', {
      filename: 'chart.png',
      length: png.length,
      alt_text: chart.alt.slice(0, 1000),
    });
    if (!given.ok) return given.fault;
    const { data } = ticket.safeParse(given.body);
    if (!data) return { code: 'unreadable' };
    const rest: readonly (() => Promise<Called>)[] = [
      () => web.upload(data.upload_url, png),
      () => web.call('bulk', 'files.completeUploadExternal', { files: [{ id: data.file_id, title: chart.title }] }),
    ];
    for (const step of rest) {
      const called = await step();
      if (!called.ok) return called.fault;
    }
    return { file: data.file_id };
  }

  const waitMs = (kept: Kept): number => firstWaitMs * 2 ** (kept.failed - 1);

  /** What a failed upload means for the message: it waits, or it goes without. */
  function failed(kept: Kept, fault: Fault): Waiting | undefined {
    const ended = deliveredBy(fault, 'files.upload');
    if (ended.is === 'parked') return ended;
    const passing = ['later', 'unknown'].includes(meaningOf(fault));
    kept.failed = passing ? kept.failed + 1 : tries;
    if (kept.failed < tries)
      return { is: 'later', after: fault.after ?? waitMs(kept), why: `files.upload: ${fault.code}` };
    log.warn({ code: fault.code }, 'slack: a chart is shown as a table, since its picture can’t be uploaded');
    return undefined;
  }

  return {
    async of(view, home) {
      const pictures = new Map<Chart, string>();
      for (const chart of chartsOf(view)) {
        const svg = svgOf(chart);
        const kept = keptFor(nameOf(svg, home));
        if (kept.file === undefined && kept.failed < tries) {
          const key = `${home}/files`;
          const wait = limiter.take(
            [{ key, rate: RATES['files.getUploadURLExternal'] }],
            `${key}/${nameOf(svg, home)}`,
          );
          if (wait > 0) return { is: 'later', after: wait, why: 'files.upload: our own rate' };
          const made = await uploaded(chart, svg);
          if ('file' in made) Object.assign(kept, { file: made.file, failed: 0 });
          else {
            if (made.code === 'ratelimited' && made.after !== undefined) limiter.pause(key, made.after);
            const waiting = failed(kept, made);
            if (waiting) return waiting;
          }
        }
        if (kept.file !== undefined) pictures.set(chart, kept.file);
      }
      return pictures;
    },

    after(view, home, delivered) {
      const names = chartsOf(view).map((chart) => nameOf(svgOf(chart), home));
      const shown = names.flatMap((name) => known.get(name) ?? []).filter(({ file }) => file !== undefined);
      if (delivered.is === 'refused' && delivered.why.endsWith(': invalid_blocks') && shown.length > 0) {
        for (const kept of shown) {
          kept.failed += 1;
          if (kept.failed >= tries) delete kept.file;
        }
        return { is: 'later', after: firstWaitMs, why: 'chat.postMessage: a picture is not ready' };
      }
      // What failed too often is tried anew with the next message that wants it.
      if (delivered.is === 'done')
        for (const name of names) {
          const kept = known.get(name);
          if (kept?.file === undefined) known.delete(name);
          else kept.failed = 0;
        }
      return delivered;
    },
  };
}

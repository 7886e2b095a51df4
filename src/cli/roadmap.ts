import type { Writable } from 'node:stream';
import { readConfig } from '../config.ts';
import { Problem } from '../core/kernel/problem.ts';
import { type Cut, cuts, lanesOf } from '../core/roadmap/board.ts';
import { readBoard } from '../core/roadmap/board-reading.ts';
import { roadmapMarkdown } from '../core/roadmap/markdown.ts';
import { settingsSchema } from '../core/settings.ts';
import { followSettings } from '../settings-file.ts';
import { createStore } from '../store/store.ts';
import { withDatabase } from './database.ts';

const quiet = { info() {}, warn() {}, error() {} };

function cutOf(by: string | undefined): Cut {
  const cut = cuts.find((c) => c === (by ?? 'now'));
  if (cut) return cut;
  throw new Problem(
    'roadmap_cut_unknown',
    `“${by}” is no way to look at the roadmap. Write --by quarter, or --by persona.`,
  );
}

/** Writes the roadmap as a page of Markdown. Nobody is named in it. */
export async function exportRoadmap(
  env: NodeJS.ProcessEnv,
  by: string | undefined,
  out: Writable,
  now: Date,
): Promise<void> {
  const cut = cutOf(by);
  const following = followSettings(readConfig(env).settingsFile, settingsSchema.parse({}), quiet);
  const settings = following.current();
  following.stop();
  const entries = await withDatabase(env, (_, pool) =>
    readBoard({ store: createStore(pool, () => settings).direct.features, now }),
  );
  out.write(roadmapMarkdown(cut, lanesOf(cut, entries, now), { team: settings.name, now }));
}

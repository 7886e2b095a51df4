import type { GoldenPath } from '../catalog/path.ts';
import { type Block, type Button, command, counting, said, strong, text, time, type View } from '../kernel/index.ts';
import { freshness } from './rules.ts';
import type { PathHealth } from './store.ts';

export const presses = { verify: 'freshness.verify' } as const;

export const verifyButton = (path: string): Button => ({
  label: 'Verify now',
  press: { name: presses.verify, value: JSON.stringify({ path }) },
});

type Told = {
  readonly title: string;
  readonly tone: 'good' | 'warn' | 'bad';
  readonly words: (path: GoldenPath) => string;
};
const told = {
  hidden: {
    title: 'has hidden itself',
    tone: 'bad',
    words: (p) =>
      `“${p.title}” ${p.version} isn’t offered any more: its last ${p.verify?.hideAfter ?? 1} test runs failed. An outdated path is worse than none. It comes back by itself when a test run succeeds; I try again once a day.`,
  },
  shown: {
    title: 'is back',
    tone: 'good',
    words: (p) => `“${p.title}” ${p.version} went through a test run, so it is offered again.`,
  },
  verified: {
    title: 'works',
    tone: 'good',
    words: (p) => `“${p.title}” ${p.version} went through its test run: made, ready, deleted.`,
  },
  failed: {
    title: 'doesn’t work',
    tone: 'warn',
    words: (p) => `The test run of “${p.title}” ${p.version} failed.`,
  },
} as const satisfies Readonly<Record<string, Told>>;
export type Tidings = keyof typeof told;

/** For those who own a path, or asked how it is. `why`: in the backend's own words. */
export function tidingsView(tidings: Tidings, path: GoldenPath, why?: string): View {
  const { title, tone, words } = told[tidings];
  return {
    id: 'freshness.tidings',
    title: `${path.title} ${title}`,
    summary: words(path),
    blocks: [
      { kind: 'notice', tone, text: said(words(path)) },
      ...(why === undefined || tone === 'good' ? [] : [{ kind: 'quote', text: said(why) } as const]),
      ...(tone === 'good' ? [] : [{ kind: 'buttons', buttons: [verifyButton(path.name)] } as const]),
    ],
  };
}

export const startedView = (path: GoldenPath, fresh: boolean): View => ({
  id: 'freshness.started',
  title: path.title,
  summary: fresh ? 'The test run has begun.' : 'A test run is under way.',
  blocks: [
    {
      kind: 'notice',
      tone: 'info',
      text: said(
        fresh
          ? 'The test run has begun: I make one, wait until it’s ready, and delete it. You’ll hear from me how it went.'
          : 'A test run is under way already. You’ll hear from me how it went.',
      ),
    },
  ],
});

/** All paths, the worst first. */
export function healthView(
  rows: readonly { readonly path: GoldenPath; readonly health: PathHealth | undefined }[],
  now: Date,
): View {
  const blocks: readonly Block[] =
    rows.length === 0
      ? [
          {
            kind: 'text',
            text: text`No golden path has a ${strong('verify')} section yet. With one, I make the thing every few days, wait until it’s ready and delete it, so that people know the path works.`,
          },
        ]
      : [
          {
            kind: 'items',
            items: rows.map(({ path, health }) => ({
              title: text`${strong(path.title)} ${path.version}`,
              note: text`${health?.hidden ? text`${strong('hidden')} · ` : ''}${freshness(path, health, now) ?? 'Not tried by a test run yet.'}${
                health?.run === undefined ? '' : text` A test run began ${time(health.started)}.`
              }${health?.left ? ' What one left behind is still there; I try again to delete it.' : ''}`,
              buttons: [verifyButton(path.name)],
            })),
          },
        ];
  return {
    id: 'freshness.health',
    title: 'How fresh the golden paths are',
    summary: rows.length === 0 ? 'No golden path is verified.' : counting(rows.length, 'golden path'),
    blocks: [
      ...blocks,
      {
        kind: 'note',
        text: text`${command(`verify ${rows[0]?.path.name ?? '[path]'}`)} begins a test run of one of them.`,
      },
    ],
  };
}

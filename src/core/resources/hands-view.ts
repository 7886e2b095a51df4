import type { GoldenPath } from '../catalog/path.ts';
import { counting, type PersonId, person, said, strong, type Text, text, time, type View } from '../kernel/index.ts';
import { presses } from './keys.ts';
import { showButton } from './list-view.ts';
import type { Resource } from './store.ts';
import { named, notice, press, told } from './told-parts.ts';

/* Direct messages about things that change hands. */

/** Somebody would like to hand a thing over. */
export function offerView(
  resource: Resource,
  path: GoldenPath | undefined,
  by: PersonId,
  at: Date,
  cost: string | undefined,
): View {
  const value = { id: resource.id, at: at.toISOString() };
  return told(
    `Will you take ${resource.name}?`,
    `Somebody would like to hand ${resource.name} over to you.`,
    [
      {
        kind: 'text',
        text: text`${person(by)} would like to hand ${named(resource, path)} over to you. Until you take it, it stays theirs.`,
      },
      { kind: 'note', text: said(`It then counts for your team${cost === undefined ? '' : `, at ${cost} a month`}.`) },
    ],
    [
      { label: 'I’ll take it', press: press(presses.accept, value), tone: 'primary' },
      { label: 'No, thanks', press: press(presses.decline, value) },
      showButton(resource.id),
    ],
  );
}

/** In the place of an offer, and for whom it concerns, once it is settled. */
export const settledView = (resource: Resource, words: Text, tone: 'good' | 'info' | 'warn', summary: string): View =>
  told(`${resource.name} changes hands`, summary, [notice(tone, words)], [showButton(resource.id)]);

/** How many things one message offers; the others are on the team's list. */
const offeredAtOnce = 10;

/** For the team of somebody who left: what they leave behind. `taken`: who took what last. */
export function orphansView(
  owner: PersonId,
  team: string,
  orphans: readonly Resource[],
  paths: readonly GoldenPath[],
  taken?: { readonly by: PersonId; readonly name: string },
): View {
  const shown = orphans.slice(0, offeredAtOnce);
  const last = taken ? [notice('good', text`${person(taken.by)} took ${strong(taken.name)}.`)] : [];
  if (orphans.length === 0)
    return told(`Everything has an owner again`, `Everything that was left behind in team ${team} has an owner.`, [
      ...last,
      {
        kind: 'text',
        text: text`All that ${person(owner)} left behind in team ${team} has an owner again. Thank you!`,
      },
    ]);
  return told(
    `Who takes over in team ${team}?`,
    `${counting(orphans.length, 'thing')} of team ${team} lost the owner.`,
    [
      ...last,
      {
        kind: 'text',
        text: text`${person(owner)} isn’t here any more. ${orphans.length === 1 ? 'One thing needs a new owner' : `${orphans.length} things need a new owner`}; until then the whole team hears when something is due.`,
      },
      {
        kind: 'items',
        items: shown.map((r) => ({
          title: text`${strong(r.name)} · ${paths.find((p) => p.name === r.path)?.title ?? r.path}`,
          ...(r.expires ? { note: text`ends ${time(r.expires, 'date')}` } : {}),
          buttons: [
            {
              label: 'I’ll take it',
              press: press(presses.accept, { id: r.id, at: r.offer?.at.toISOString() ?? '' }),
              tone: 'primary' as const,
            },
          ],
        })),
      },
      ...(orphans.length > shown.length
        ? [{ kind: 'note', text: text`And ${orphans.length - shown.length} more, on the team’s list.` } as const]
        : []),
    ],
    [{ label: 'The team’s list', press: press(presses.team, { team }) }],
  );
}

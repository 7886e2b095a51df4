import { z } from 'zod';
import {
  type Effects,
  form,
  type Handler,
  onPress,
  onSubmit,
  type PersonCtx,
  Problem,
  person,
  type Refuse,
  refuse,
  text,
  type View,
  whisper,
} from '../kernel/index.ts';
import { longChanges } from './fixing-view.ts';
import { known, type MindingStore, mine, note } from './holding.ts';
import { detailsView, nameOf, presses } from './incident-view.ts';
import { muteOf, revisionOf, sharedWith } from './life.ts';
import { looksAfter, maySee, whoLooksAfter } from './rules.ts';
import type { Incident, Scope } from './store.ts';
import { history, oneView, redraw } from './telling.ts';
import { tellQuiet, unmuteLater } from './watching.ts';

type Minding = PersonCtx<MindingStore>;
const one = z.object({ id: z.uuid() });

const hours = { '1h': 1, '8h': 8, '1d': 24, '7d': 168 } as const;
const times = [
  { value: '1h', label: 'For an hour' },
  { value: '8h', label: 'For eight hours' },
  { value: '1d', label: 'For a day' },
  { value: '7d', label: 'For a week' },
] as const;
const muting = {
  title: 'Mute',
  submit: 'Mute',
  intro: 'It stays in “status”, and its message goes on telling how it stands. Nothing new is posted.',
} as const;
const namespaced = { value: 'namespace', label: 'Everything in its namespace' } as const;
const muteForm = form({
  ...muting,
  id: 'incident.mute-for',
  fields: {
    what: {
      kind: 'choice',
      label: 'What should be quiet?',
      hint: 'In a namespace that teams share, it is muted for its own team; for all of them when platform engineers do it.',
      options: [
        { value: 'workload', label: 'This service' },
        namespaced,
        { value: 'cause', label: 'This cause, wherever it occurs' },
      ],
    },
    until: {
      kind: 'choice',
      label: 'For how long?',
      options: [{ value: 'revision', label: 'Until its next revision' }, ...times],
    },
  },
});
/** For what has no next revision, such as a disk; a machine is in no namespace either. */
const muteThingForm = (inNamespace: boolean) =>
  form({
    ...muting,
    id: 'incident.mute-thing-for',
    fields: {
      what: {
        kind: 'choice',
        label: 'What should be quiet?',
        options: [
          { value: 'workload', label: 'This one' },
          ...(inNamespace ? [namespaced] : []),
          { value: 'cause', label: 'This cause, wherever it occurs' },
        ],
      },
      until: {
        kind: 'choice',
        label: 'For how long?',
        hint: 'It is nothing that is rolled out, so it has no next revision.',
        options: [...times],
      },
    },
  });

/** Only those who run the platform silence others' services. */
function mutedValue(scope: Scope, { subject, verdict, team }: Incident, ctx: Minding): string {
  const { namespace } = verdict.object;
  const whole = looksAfter(ctx.by, undefined) ? namespace : sharedWith(namespace, team);
  return { workload: subject, namespace: whole, cause: verdict.code }[scope];
}

/** Why this can’t be muted like this. */
function unmutable(scope: Scope, until: string, i: Incident): Refuse | undefined {
  // A form of an older process offers it: it would silence every machine.
  if (scope === 'namespace' && i.verdict.object.namespace === '')
    return refuse({ what: `${nameOf(i)} is in no namespace: mute it alone, or its cause.` });
  if (until !== 'revision') return undefined;
  if (scope !== 'workload') return refuse({ until: 'Only one service by itself has a next revision: choose a time.' });
  return revisionOf(i.service) === undefined
    ? refuse({ until: `${nameOf(i)} is nothing that is rolled out, so it has no next revision: choose a time.` })
    : undefined;
}

async function muted(
  { what, until }: { readonly what: string; readonly until: string },
  id: string,
  ctx: Minding,
): Promise<Effects | Refuse> {
  const i = await mine(id, ctx);
  const scope = what as Scope;
  const not = unmutable(scope, until, i);
  if (not) return not;
  if (scope === 'cause' && !looksAfter(ctx.by, undefined))
    throw new Problem(
      'not_your_service',
      'Muting a cause everywhere would silence other teams too: only the platform engineers may. Mute this service instead.',
    );
  const base = { cluster: i.cluster, scope, value: mutedValue(scope, i, ctx), who: ctx.by.id, at: ctx.now };
  const ends =
    until === 'revision' ? undefined : new Date(ctx.now.getTime() + hours[until as keyof typeof hours] * 3_600_000);
  await ctx.store.incidents.mute(ends ? { ...base, until: ends } : { ...base, revision: revisionOf(i.service) ?? '' });
  await note('muted', i, ctx, { scope, until: ends?.toISOString() ?? 'the next revision' });
  return [
    ...(ends ? [unmuteLater(i.cluster, ends)] : []),
    ...(await redraw(i.message === undefined ? [] : [i.message], ctx)),
  ];
}

async function seeable(id: string, ctx: Minding): Promise<Incident> {
  const i = await known(id, ctx);
  if (maySee(ctx.by, i.team, ctx.settings)) return i;
  throw new Problem('not_your_service', `I can’t show you this. ${whoLooksAfter(i.team)} see it.`);
}

async function details(id: string, ctx: Minding): Promise<View> {
  const i = await seeable(id, ctx);
  return detailsView(i, i.state === 'open' ? longChanges(i) : []);
}

/** What people do with an incident beside mending it. */
export const minding: readonly Handler<MindingStore>[] = [
  onPress(
    presses.take,
    z.object({ id: z.uuid(), off: z.literal(true).optional() }),
    'anyone',
    async ({ id, off }, ctx: Minding): Promise<Effects> => {
      const i = await mine(id, ctx);
      if (off ? i.taken === undefined : i.taken === ctx.by.id)
        return redraw(i.message === undefined ? [] : [i.message], ctx);
      await ctx.store.incidents.change(id, { taken: off ? null : ctx.by.id }, ctx.now);
      await note(off ? 'let-go' : 'taken', i, ctx);
      const words = off ? text`${person(ctx.by.id)} let go of it.` : text`${person(ctx.by.id)} is on it.`;
      return [
        ...(await redraw(i.message === undefined ? [] : [i.message], ctx)),
        ...history(i, off ? 'let-go' : 'taken', nameOf(i), words, ctx),
      ];
    },
  ),
  onPress(presses.mute, one, 'anyone', async ({ id }, ctx: Minding): Promise<Effects> => {
    const { service, verdict } = await mine(id, ctx);
    return [
      revisionOf(service) === undefined
        ? {
            kind: 'ask',
            form: muteThingForm(verdict.object.namespace !== ''),
            carry: id,
            prior: { what: 'workload', until: '1d' },
          }
        : { kind: 'ask', form: muteForm, carry: id, prior: { what: 'workload', until: 'revision' } },
    ];
  }),
  onSubmit(muteForm, 'anyone', async (answers, carry, ctx: Minding) => muted(answers, carry, ctx)),
  onSubmit(muteThingForm(true), 'anyone', async (answers, carry, ctx: Minding) => muted(answers, carry, ctx)),
  onPress(presses.unmute, one, 'anyone', async ({ id }, ctx: Minding): Promise<Effects> => {
    const i = await mine(id, ctx);
    const mute = muteOf(await ctx.store.incidents.mutes(i.cluster, ctx.now), i);
    if (mute) {
      await ctx.store.incidents.unmute(mute.cluster, mute.scope, mute.value);
      await note('unmuted', i, ctx, { scope: mute.scope });
    }
    return tellQuiet(i.cluster, ctx);
  }),
  onPress(presses.show, one, 'anyone', async ({ id }, ctx: Minding) => [
    whisper(await oneView(await seeable(id, ctx), ctx)),
  ]),
  onPress(presses.details, one, 'anyone', async ({ id }, ctx: Minding) => [whisper(await details(id, ctx))]),
];

import { z } from 'zod';
import {
  type Block,
  type Effects,
  form,
  type Handler,
  type May,
  onCommand,
  onSubmit,
  type PersonCtx,
  Problem,
  refuse,
  said,
  strong,
  text,
  type View,
  whisper,
} from '../kernel/index.ts';
import type { Store } from './keys.ts';
import type { Did, Run, WithSurveys } from './store.ts';

/*
 * You said, we did: what came of a run, told to those who were asked, before they are asked again. People tire of surveys
 * of which nothing comes.
 */

const manages: May = ['platform', 'product'];
type Ctx = PersonCtx<Store>;

export const didForm = form({
  id: 'surveys.did',
  title: 'You said, we did',
  submit: 'Keep',
  intro: 'It is told to everybody who was asked, right before the next run opens.',
  fields: {
    said: { kind: 'text', label: 'You said', max: 300, placeholder: 'Preview environments are slow to start' },
    did: { kind: 'text', label: 'We did', max: 300, placeholder: 'They start in 40 seconds now' },
    items: {
      kind: 'text',
      label: 'Items of the roadmap',
      max: 100,
      optional: true,
      hint: 'Numbers, such as 12, 15. Whoever reads it sees where they stand.',
    },
  },
});

const entry = ({ said: you, did, items }: Did): readonly Block[] => [
  { kind: 'text', text: text`${strong('You said:')} ${you}` },
  { kind: 'text', text: text`${strong('We did:')} ${did}` },
  ...(items.length > 0
    ? [{ kind: 'note', text: said(`Roadmap ${items.map((n) => `#${n}`).join(', ')}`) } as const]
    : []),
];

export const didView = (run: Run): View => ({
  id: 'surveys.did',
  title: 'You said, we did',
  summary: `What came of ${run.survey.title}`,
  blocks: [
    { kind: 'note', text: said(`What came of “${run.survey.title}”, run ${run.number}.`) },
    ...(run.did ?? []).flatMap(entry),
  ],
});

/** What came of the run before is told to those who were asked then, whether they answered or not. */
export async function tellWhatCame(name: string, ctx: { readonly store: WithSurveys }): Promise<Effects> {
  const before = (await ctx.store.surveys.runs(name, 9)).find((r) => r.state === 'closed');
  if (!before?.did || before.did.length === 0) return [];
  const view = didView(before);
  return (await ctx.store.surveys.askedIn(before.id)).map((person) => ({
    kind: 'tell',
    person,
    view,
    key: `surveys.did/${before.id}`,
  }));
}

export const closingTheLoop: readonly Handler<Store>[] = [
  onCommand(
    'survey did',
    { summary: 'Say what came of a survey', usage: '<name>', may: manages },
    async (name, ctx: Ctx) => {
      const run = (await ctx.store.surveys.runs(name.trim().toLowerCase(), 9)).find((r) => r.state === 'closed');
      if (!run)
        throw new Problem(
          'survey_not_counted',
          `There is no closed run of “${name.trim()}”, so nothing can have come of it yet. “survey list” names the surveys.`,
        );
      return [{ kind: 'ask', form: didForm, carry: JSON.stringify({ run: run.id }) }];
    },
  ),
  onSubmit(didForm, manages, async (answers, carry, ctx: Ctx) => {
    const { run: id } = z.object({ run: z.string() }).parse(JSON.parse(carry));
    const numbers = (answers.items ?? '')
      .split(/[\s,#]+/)
      .filter(Boolean)
      .map(Number);
    if (numbers.some((n) => !Number.isInteger(n) || n < 1)) return refuse({ items: 'Write numbers, such as 12, 15.' });
    for (const n of numbers)
      if (!(await ctx.store.feedback.take(n))) return refuse({ items: `There is no item #${n} on the roadmap.` });
    const run = await ctx.store.surveys.take(id);
    if (!run) return [];
    const did = [...(run.did ?? []), { said: answers.said, did: answers.did, items: numbers }];
    await ctx.store.surveys.noteDid(id, did);
    return [whisper(didView({ ...run, did }))];
  }),
];

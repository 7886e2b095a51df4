import { type FieldErrors, type Inbound, Problem, type Reply, shown, type View } from '../core/kernel/index.ts';
import { CalledOff, isAway, UnknownCommit } from './faults.ts';
import { noticeView, ownFields } from './handlers.ts';
import type { AskedForms } from './ports.ts';

const nothing = 'Nothing was started or changed.';
const away = noticeView(
  'Not now, sorry',
  `I can’t reach my memory right now. ${nothing} Please try again in a minute.`,
);
export const slow = noticeView('Too slow, sorry', `This took too long, so I stopped. ${nothing} Please try again.`);
const soon = noticeView(
  'One moment',
  'I can’t reach my memory right now. I’ll answer as soon as I can; if you hear nothing within ten minutes, please write again.',
);
export const unsure = noticeView(
  'One moment',
  'This takes longer than usual. If it worked, you’ll hear from me here in a moment; if you don’t, please try again.',
);
const broken = (delivery: string) =>
  noticeView(
    'That went wrong',
    `Something broke on my side. ${nothing} Please try again; if it stays, tell the platform team this number: ${delivery.slice(-12)}.`,
  );

function viewOf(inbound: Inbound, error: unknown) {
  if (error instanceof Problem) return noticeView('That didn’t work', error.message);
  if (error instanceof CalledOff) return slow;
  if (error instanceof UnknownCommit) return unsure;
  return isAway(error) ? away : broken(inbound.delivery);
}

/** What a person hears whose words are delivered again; undefined when that would come to the same. */
export function meanwhile(error: unknown): View | undefined {
  if (error instanceof UnknownCommit) return unsure;
  return isAway(error) || error instanceof CalledOff ? soon : undefined;
}

/** What a person is answered when their inbound failed. A form stays open with what was typed, if it can be had. */
export async function apology(inbound: Inbound, error: unknown, forms: AskedForms): Promise<readonly Reply[]> {
  const view = viewOf(inbound, error);
  const whispered: readonly Reply[] = [{ kind: 'whisper', view }];
  if (inbound.kind !== 'submit' || isAway(error)) return whispered;
  const row = await forms.take(inbound.asked).catch(() => undefined);
  if (!row || row.done || row.account !== inbound.account) return whispered;
  const prior = ownFields(row, inbound.raw);
  const [first] = shown(row.form.fields, prior);
  const errors: FieldErrors = first === undefined ? {} : { [first]: view.summary };
  return [{ kind: 'ask', asked: { id: row.id, form: row.form, prior, errors }, reopened: true }];
}

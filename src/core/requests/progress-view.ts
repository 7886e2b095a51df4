import {
  type Block,
  type Button,
  code,
  duration,
  join,
  link,
  person,
  safeUrl,
  said,
  strong,
  type Text,
  text,
  time,
  type View,
} from '../kernel/index.ts';
import type { Link, Output, Progress } from '../runs/run.ts';
import { presses } from './keys.ts';
import type { Request } from './store.ts';
import {
  buttons,
  clusterRow,
  docsNote,
  notice,
  press,
  type Subject,
  teamRow,
  thingOf,
  valueRows,
  wordsFor,
} from './view-parts.ts';

const links = (list: readonly Link[]): readonly Block[] => {
  const safe = list.flatMap((l) => {
    const url = safeUrl(l.url);
    return url ? [[link(l.label, url)] as Text] : [];
  });
  return safe.length > 0 ? [{ kind: 'note', text: join(safe, ' · ') }] : [];
};

const steps = ({ steps: list }: Progress): readonly Block[] =>
  list.length > 0 ? [{ kind: 'steps', steps: list }] : [];

/** How an approval came about; nothing where none was needed. */
const decided = ({ decided: d }: Request): readonly Block[] =>
  d
    ? [
        {
          kind: 'note',
          text: d.breakGlass ? text`${person(d.by)} broke the glass.` : text`${person(d.by)} approved it.`,
        },
      ]
    : [];

/** The one message while something runs: edited in place, with the details in its thread. */
export function progressView(request: Request, subject: Subject, progress: Progress): View {
  const thing = thingOf(request, subject);
  const cleaning = request.state === 'cleaning';
  const doing = cleaning ? 'Cleaning up after' : wordsFor(request, subject.path).doing;
  const step = progress.steps.find((s) => s.state === 'doing')?.label;
  return {
    id: 'request.progress',
    title: `${doing} ${thing}`,
    summary: `${doing} ${thing}${step ? `: ${step}` : ''}`,
    blocks: [
      ...(request.said ? [notice('info', said(request.said))] : []),
      ...(progress.slow
        ? [
            notice(
              'warn',
              text`This takes longer than it usually does. Nothing has failed: I keep watching, and tell you when it’s done.${subject.path ? text` If it’s urgent, ask ${strong(subject.path.owner)}.` : ''}`,
            ),
          ]
        : []),
      ...(progress.steps.length === 0
        ? [{ kind: 'steps', steps: [{ label: 'Waiting for its turn', state: 'doing' }] } as const]
        : steps(progress)),
      ...(progress.message ? [{ kind: 'note', text: said(progress.message) } as const] : []),
      ...links(progress.links),
      ...decided(request),
      // While it is being stopped there is nothing more to press.
      ...buttons(
        request.said || cleaning
          ? []
          : [
              press(
                'Stop',
                presses.stop,
                { number: request.number },
                {
                  confirm: 'Stop it? I’ll tell you what is left behind.',
                },
              ),
            ],
      ),
    ],
  };
}

/** One line of the backend's own words, in the thread. */
export const lineView = (words: string): View => ({
  id: 'request.line',
  title: '',
  summary: words,
  blocks: [{ kind: 'text', text: said(words) }],
});

/** From its being confirmed, and allowed where that was needed: what a person took to think is not ours to count. */
const took = ({ created, accepted, ready }: Request): string =>
  ready ? duration((ready.getTime() - (accepted ?? created).getTime()) / 1000) : '';

/** The one message after the end: what happened, in short. What to do now stands in the message that follows. */
export function endedView(request: Request, subject: Subject, progress: Progress): View {
  const thing = thingOf(request, subject);
  const { done, failed } = wordsFor(request, subject.path);
  const gone = request.verb === 'delete' && request.state === 'ready';
  const [tone, words]: readonly ['good' | 'bad' | 'warn', string] =
    request.state === 'ready'
      ? ['good', `${thing} ${done}. It took ${took(request)}.`]
      : request.state === 'failed'
        ? ['bad', `${thing} ${failed}.`]
        : ['warn', request.said ?? `Stopped. ${thing} ${failed}.`];
  return {
    id: 'request.ended',
    title: thing,
    summary: words,
    blocks: [
      notice(tone, said(words)),
      ...steps(progress),
      ...links(progress.links),
      ...decided(request),
      {
        kind: 'note',
        text: text`Request #${request.number}.${gone ? '' : ' What to do now stands in the message below.'}`,
      },
    ],
  };
}

const outputRows = (outputs: readonly Output[]): readonly (readonly [string, Text])[] =>
  outputs.map((o) => {
    const url = /^https?:\/\//.test(o.value) ? safeUrl(o.value) : undefined;
    return [o.label, url ? [link(o.value, url)] : [code(o.value)]] as const;
  });

type End = {
  readonly outputs: readonly Output[];
  readonly links: readonly Link[];
  readonly expires?: Date;
  /** What can be done with it from here on. */
  readonly next: readonly Button[];
};

/** It is done: where things are, how to use them, when it ends. */
export function readyView(request: Request, subject: Subject, end: End): View {
  const thing = thingOf(request, subject);
  const { done } = wordsFor(request, subject.path);
  const secret = end.outputs.some((o) => o.secret);
  const where = [...clusterRow(subject.resource?.cluster), ...outputRows(end.outputs)];
  return {
    id: 'request.ready',
    title: `${thing} ${done}`,
    summary: `${thing} ${done}, after ${took(request)}.`,
    blocks: [
      notice('good', text`${strong(thing)} ${done}, after ${took(request)}.`),
      ...(request.verb === 'rotate'
        ? [
            notice(
              'warn',
              said(
                'What still holds the old ones is locked out when it connects anew: restart it, so that it reads these.',
              ),
            ),
          ]
        : []),
      ...(where.length > 0 ? [{ kind: 'facts', rows: where } as const] : []),
      ...(secret
        ? [
            {
              kind: 'note',
              text: said(
                'Credentials are never shown in chat: the names above say where they are kept. Read or mount them there.',
              ),
            } as const,
          ]
        : []),
      ...(end.expires
        ? [
            {
              kind: 'text',
              text: text`It ends on ${time(end.expires, 'date')}. I’ll remind you before; one tap extends it.`,
            } as const,
          ]
        : []),
      // What stands above is not said twice.
      ...links(end.links.filter(({ url }) => !end.outputs.some((o) => o.value === url))),
      ...buttons(end.next),
      ...docsNote(request, subject.path),
    ],
  };
}

const left = (things: readonly string[]): readonly Block[] =>
  things.length > 0
    ? [
        {
          kind: 'fold',
          title: `What is left behind (${things.length})`,
          blocks: [{ kind: 'code', language: '', text: things.join('\n') }],
        },
      ]
    : [];

/** Longer words of a backend go on in the fold. */
const shortWords = 400;

/** It failed: at which step, in the backend's own words, and what to do. */
export function failedView(request: Request, subject: Subject, progress: Progress, next: readonly Button[]): View {
  const thing = thingOf(request, subject);
  const step = progress.steps.find((s) => s.state === 'failed')?.label;
  const failed = request.state === 'failed';
  // Who stopped it knows why.
  const words = failed ? (progress.message ?? '') : '';
  const verdict = failed ? wordsFor(request, subject.path).failed : 'was stopped';
  return {
    id: 'request.failed',
    title: `${thing} ${verdict}`,
    summary: `${thing} ${verdict}${step ? ` at “${step}”` : ''}${words ? `: ${words.slice(0, 200)}` : '.'}`,
    blocks: [
      notice(
        failed ? 'bad' : 'warn',
        step ? text`${strong(thing)} ${verdict} at the step ${strong(step)}.` : text`${strong(thing)} ${verdict}.`,
      ),
      ...(words === ''
        ? []
        : words.length <= shortWords
          ? [{ kind: 'code', language: '', text: words } as const]
          : [{ kind: 'fold', title: 'What it said', blocks: [{ kind: 'code', language: '', text: words }] } as const]),
      ...left(progress.left ?? []),
      { kind: 'text', text: whatNow(request, subject, progress) },
      ...links(progress.links),
      ...buttons(next),
      ...docsNote(request, subject.path),
    ],
  };
}

function whatNow(request: Request, { path }: Subject, progress: Progress): Text {
  if (request.state === 'cancelled' && progress.left?.length === 0)
    return said('Nothing is left behind. Ask again whenever you like.');
  const owner = path ? text` If it fails again, show this to ${strong(path.owner)}, who own the path.` : [];
  return text`${strong('Try again')} goes on from where it stopped; nothing is made twice.${request.verb === 'create' ? text` ${strong('Clean up')} removes what was made and frees the name.` : ''}${request.state === 'failed' ? owner : []}`;
}

/** The ending message after somebody took it up again: nothing to press any more. */
export const takenUpView = (request: Request, subject: Subject, words: string): View => ({
  id: 'request.taken-up',
  title: thingOf(request, subject),
  summary: words,
  blocks: [notice('info', said(words))],
});

/** A request that ended before anything was made. */
export function closedView(request: Request, subject: Subject, next: readonly Button[]): View {
  const thing = thingOf(request, subject);
  const words: Text =
    request.state === 'refused' && request.decided
      ? text`${person(request.decided.by)} refused it. Nothing was made.`
      : said(request.said ?? 'Taken back. Nothing was made.');
  return {
    id: 'request.closed',
    title: thing,
    summary: `Request #${request.number} for ${thing}: ${words.map((s) => ('text' in s ? s.text : '')).join('')}`,
    blocks: [
      notice(request.state === 'refused' ? 'bad' : 'info', words),
      { kind: 'facts', rows: [...valueRows(subject.path, request.values), teamRow(request.team)] },
      ...buttons(next),
    ],
  };
}

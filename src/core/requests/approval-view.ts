import { type Block, money, person, said, strong, type Text, text, type View } from '../kernel/index.ts';
import { presses } from './keys.ts';
import type { Request } from './store.ts';
import {
  buttons,
  clusterRow,
  deciders,
  notice,
  press,
  previewBlocks,
  type Subject,
  teamRow,
  thingOf,
  valueRows,
  wordsFor,
} from './view-parts.ts';

/** What an approver has to see to decide, and nothing else. The buttons stand before what is long. */
function matter(request: Request, subject: Subject, ...buttons: readonly Block[]): readonly Block[] {
  const what = request.preview ? previewBlocks(request, request.preview) : [];
  return [
    {
      kind: 'facts',
      rows: [
        ['From', [person(request.requester)]],
        teamRow(request.team),
        ...valueRows(subject.path, request.values),
        ...clusterRow(subject.cluster),
        ...(request.cost
          ? [['Costs', text`${money(request.cost.cents, request.cost.currency)} a month`] as const]
          : []),
      ],
    },
    ...what.filter((b) => b.kind !== 'fold'),
    ...buttons,
    ...what.filter((b) => b.kind === 'fold'),
  ];
}

export function decideButtons({ number, plans }: Request, where: { readonly list?: true | 'own' } = {}) {
  const value = { number, plans, ...where };
  return [
    press('Approve', presses.approve, value, { tone: 'primary' }),
    press('Refuse', presses.refuse, value, { tone: 'danger', opens: 'form' }),
  ];
}

const because = (request: Request): Text => (request.verdict?.is === 'approval' ? said(request.verdict.because) : []);

/** The copy of each approver, and of the approvals channels: open until one of them decides. */
export function approvalView(request: Request, subject: Subject, escalated = false): View {
  const thing = thingOf(request, subject);
  return {
    id: 'request.approval',
    title: `Do you approve ${thing}?`,
    summary: `Request #${request.number} waits for your decision: ${thing}, for ${request.team}.`,
    blocks: [
      {
        kind: 'text',
        text: text`${person(request.requester)} asks for ${strong(thing)}. Why you are asked: ${because(request)}`,
      },
      ...(escalated
        ? [notice('warn', said('Nobody has decided for a while, so I’m asking more people. The first answer counts.'))]
        : []),
      ...matter(request, subject, ...buttons(decideButtons(request))),
      { kind: 'note', text: text`Request #${request.number}. The first answer counts, on Slack and on Teams.` },
    ],
  };
}

/** The same copy when nothing is to be decided any more. */
export function decidedView(request: Request, subject: Subject): View {
  const thing = thingOf(request, subject);
  return {
    id: 'request.decided',
    title: thing,
    summary: `Request #${request.number} for ${thing}: ${outcome(request)
      .map((s) => ('text' in s ? s.text : ''))
      .join('')}`,
    blocks: [
      notice(request.state === 'refused' ? 'bad' : request.accepted ? 'good' : 'info', outcome(request)),
      ...(request.decided?.words ? [{ kind: 'quote', text: said(request.decided.words) } as const] : []),
      ...matter(request, subject),
      { kind: 'note', text: text`Request #${request.number}` },
    ],
  };
}

function outcome(request: Request): Text {
  const { decided } = request;
  if (decided?.breakGlass)
    return text`${person(decided.by)} broke the glass: an admin’s own request, without a second pair of eyes.`;
  if (decided && request.state === 'refused') return text`${person(decided.by)} refused it.`;
  if (decided) return text`${person(decided.by)} approved it.`;
  if (request.state === 'expired') return said('Nobody decided in time, so it was closed.');
  return said(request.said ?? 'It was taken back. Nothing is to be decided any more.');
}

/** The requester's message while others decide. */
export function waitingView(request: Request, subject: Subject, options: { readonly glass: boolean }): View {
  const thing = thingOf(request, subject);
  const by = request.verdict?.is === 'approval' ? request.verdict.by : [];
  const { number, plans } = request;
  return {
    id: 'request.waiting',
    title: thing,
    summary: `Request #${number} for ${thing} waits for approval.`,
    blocks: [
      {
        kind: 'steps',
        steps: [
          { label: 'You confirmed', state: 'done' },
          { label: `Waiting for ${deciders(by)} to decide`, state: 'doing' },
          { label: wordsFor(request, subject.path).doing, state: 'todo' },
        ],
      },
      { kind: 'note', text: text`Why: ${because(request)} I’ve asked them, and you’ll hear from me.` },
      {
        kind: 'facts',
        rows: [...valueRows(subject.path, request.values), teamRow(request.team), ...clusterRow(subject.cluster)],
      },
      ...buttons([
        press('Take it back', presses.abandon, { number }),
        ...(options.glass
          ? [press('Break the glass', presses.glass, { number, plans }, { tone: 'danger', opens: 'form' })]
          : []),
      ]),
    ],
  };
}

/** A short nudge beside the copy that nobody has answered. */
export function reminderView(request: Request, subject: Subject): View {
  const thing = thingOf(request, subject);
  return {
    id: 'request.reminder',
    title: 'Still waiting for you',
    summary: `Request #${request.number} still waits for your decision: ${thing}.`,
    blocks: [
      {
        kind: 'text',
        text: text`${person(request.requester)} still waits for your decision on ${strong(thing)} (request #${request.number}).`,
      },
      ...buttons(decideButtons(request)),
    ],
  };
}

/** What the requester is told when somebody said no. */
export function refusedView(request: Request, subject: Subject): View {
  const thing = thingOf(request, subject);
  const { decided } = request;
  return {
    id: 'request.refused',
    title: `${thing} was refused`,
    summary: `Your request #${request.number} for ${thing} was refused${decided?.words ? `: ${decided.words}` : '.'}`,
    blocks: [
      notice(
        'bad',
        decided ? text`${person(decided.by)} refused your request for ${strong(thing)}.` : said('It was refused.'),
      ),
      ...(decided?.words ? [{ kind: 'quote', text: said(decided.words) } as const] : []),
      {
        kind: 'note',
        text: said(
          'Nothing was made. If you can do without what they name, ask again with other values; else talk to them.',
        ),
      },
      ...buttons(
        request.verb === 'create'
          ? [press('Ask again, changed', presses.again, { number: request.number }, { opens: 'form' })]
          : [],
      ),
    ],
  };
}

/** Said where all approvers see it: somebody decided on their own request. */
export function glassView(request: Request, subject: Subject): View {
  const thing = thingOf(request, subject);
  return {
    id: 'request.glass',
    title: 'The glass was broken',
    summary: `An admin approved their own request #${request.number}: ${thing}. ${request.decided?.words ?? ''}`,
    blocks: [
      notice(
        'warn',
        text`${person(request.requester)} approved their own request for ${strong(thing)}, as an admin may when it can’t wait.`,
      ),
      ...(request.decided?.words ? [{ kind: 'quote', text: said(request.decided.words) } as const] : []),
      ...matter(request, subject),
      { kind: 'note', text: said('This stands in the audit. If it was not right, talk to them.') },
    ],
  };
}

/** What the requester is told when nobody decided. */
export function expiredView(request: Request, subject: Subject): View {
  const thing = thingOf(request, subject);
  return {
    id: 'request.expired',
    title: `Nobody decided on ${thing}`,
    summary: `Your request #${request.number} for ${thing} was closed: nobody decided in time.`,
    blocks: [
      notice(
        'warn',
        text`Nobody decided on your request for ${strong(thing)} in time, so I closed it. Nothing was made.`,
      ),
      { kind: 'note', text: said('I had reminded them, and asked others. Talk to them, then ask again.') },
      ...buttons(
        request.verb === 'create'
          ? [press('Ask again', presses.again, { number: request.number }, { opens: 'form' })]
          : [],
      ),
    ],
  };
}

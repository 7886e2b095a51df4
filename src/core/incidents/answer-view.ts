import {
  type Block,
  type Button,
  code,
  command,
  type Item,
  said,
  strong,
  type Text,
  text,
  type View,
} from '../kernel/index.ts';
import { helpful, inCluster, type Shown } from './incident-view.ts';
import { concerns, whoLooksAfter } from './rules.ts';
import type { Looked, Service, VerdictThere } from './seen.ts';
import { commandBlocks, groundBlocks, verdictBlocks } from './verdict-view.ts';

/*
 * What is answered to who asks: one message that says “looking…” and becomes the answer.
 */

export const presses = { why: 'doctor.why', status: 'doctor.status' } as const;

/** A second cause of one service is told in short: there is rarely one. */
const told = 3;

export const whyButton = ({ ref, called }: Service, label: string): Button => ({
  label,
  press: {
    name: presses.why,
    value: JSON.stringify({
      name: ref.name,
      namespace: ref.namespace,
      kind: ref.kind,
      ...(called === undefined ? {} : { called }),
    }),
  },
});

export const lookingView = (name: string | undefined): View => ({
  id: 'doctor.looking',
  title: name ?? 'What runs',
  summary: 'I’m looking…',
  blocks: [
    {
      kind: 'notice',
      tone: 'info',
      text: name === undefined ? said('I’m looking at what runs…') : text`I’m looking at ${strong(name)}…`,
    },
  ],
});

/** How many are ready, in words. */
export function fares({ ref, ready, desired, settled, paused }: Service): string {
  if (ref.kind === 'CronJob') return 'runs by its schedule';
  if (paused) return `its rollout is paused; ${ready} of ${desired} ready`;
  if (desired === 0) return 'scaled to nothing';
  if (settled) return ['it runs', 'both run'][desired - 1] ?? `all ${desired} run`;
  return `${ready} of ${desired} ready`;
}

/** Beside its name, which says in which of several clusters it is. */
const where = ({ ref, team }: Service): Text =>
  text`${ref.kind} in ${code(ref.namespace)}${team === undefined ? '' : `, of team ${team}`}`;
const imageOf = ({ image }: Service): Text => (image === undefined ? [] : text` · ${code(image)}`);

type Found = Pick<Extract<Looked, { is: 'found' }>, 'service' | 'verdicts' | 'offers'>;

export function whyView({ service, verdicts, offers }: Found, fixes?: Shown['fixes']): View {
  const name = inCluster(service.ref.name, service.called);
  const [first, ...others] = verdicts;
  if (first === undefined) return wellView(service);
  const also: readonly Block[] = others
    .slice(0, told)
    .map((v) => ({ kind: 'text', text: text`${strong('And')}: ${v.summary}` }));
  return {
    id: 'doctor.why',
    title: first.severity === 'critical' ? `${name} is down` : `${name} has a problem`,
    summary: first.summary.map((s) => ('text' in s ? s.text : '')).join(''),
    blocks: [
      ...verdictBlocks(first),
      ...also,
      ...(fixes?.blocks ?? []),
      { kind: 'buttons', buttons: [...(fixes?.buttons ?? []), whyButton(service, 'Look again')] },
      ...commandBlocks(helpful(first.fixes, offers), undefined, service.called),
      ...groundBlocks(first),
      { kind: 'note', text: text`${where(service)} · ${fares(service)}${imageOf(service)}` },
    ],
  };
}

/** Nothing is wrong, and that may be said warmly. */
function wellView(service: Service): View {
  const name = inCluster(service.ref.name, service.called);
  const still = service.settled || service.paused || service.desired === 0;
  const words = still
    ? text`${strong(name)} is fine: ${fares(service)}, and nothing is wrong with it. 🌿`
    : text`${strong(name)} is on its way: ${fares(service)}, and so far nothing is wrong with it.`;
  return {
    id: 'doctor.why',
    title: name,
    summary: still ? `${name} is fine.` : `${name} is on its way.`,
    blocks: [
      { kind: 'notice', tone: still ? 'good' : 'info', text: words },
      ...(still ? [] : [{ kind: 'buttons', buttons: [whyButton(service, 'Look again')] } as const]),
      { kind: 'note', text: text`${where(service)}${imageOf(service)}` },
    ],
  };
}

const choice = (service: Service): Item => ({
  title: text`${strong(inCluster(service.ref.name, service.called))}`,
  note: where(service),
  buttons: [whyButton(service, 'This one')],
});

export const severalView = (name: string, services: readonly Service[]): View => ({
  id: 'doctor.several',
  title: `Which ${name}?`,
  summary: `There are ${services.length} called ${name}.`,
  blocks: [
    { kind: 'text', text: text`There are ${services.length} called ${strong(name)}. Which one do you mean?` },
    { kind: 'items', items: services.map(choice) },
  ],
});

export const unknownView = (name: string, near: readonly Service[]): View => ({
  id: 'doctor.unknown',
  title: 'Not found',
  summary: `Nothing is called ${name}.`,
  blocks: [
    {
      kind: 'notice',
      tone: 'warn',
      text: text`Nothing that I watch is called ${strong(name)}.${near.length > 0 ? ' Did you mean one of these?' : ''}`,
    },
    ...(near.length > 0
      ? [{ kind: 'items', items: near.map(choice) } as const]
      : [{ kind: 'note', text: text`${command('status')} lists what your teams run.` } as const]),
  ],
});

export const closedView = (name: string, team: string | undefined): View => ({
  id: 'doctor.closed',
  title: name,
  summary: `You can’t see how ${name} fares.`,
  blocks: [
    {
      kind: 'notice',
      tone: 'warn',
      text: text`I can’t show you how ${strong(name)} fares. ${whoLooksAfter(team)} see it. Ask one of them.`,
    },
  ],
});

export const troubleView = (words: string): View => ({
  id: 'doctor.trouble',
  title: 'I couldn’t look',
  summary: words,
  blocks: [{ kind: 'notice', tone: 'bad', text: said(words) }],
});

const isOn = (v: VerdictThere, { ref, called }: Service): boolean => v.called === called && concerns(v, ref);

const marks = { critical: '🔴', warning: '🟠', well: '🟢', moving: '🔵' } as const;

function row(service: Service, verdicts: readonly VerdictThere[]): Item {
  const worst = verdicts.find((v) => isOn(v, service));
  const still = service.settled || service.paused || service.desired === 0;
  const mark = worst ? marks[worst.severity] : still ? marks.well : marks.moving;
  return {
    title: text`${mark} ${strong(inCluster(service.ref.name, service.called))} · ${fares(service)}`,
    ...(worst ? { note: worst.summary, buttons: [whyButton(service, 'Why?')] } : { note: where(service) }),
  };
}

/** What runs, the worst first. `teams`: whose; null: everybody's. */
export function overviewView(
  services: readonly Service[],
  verdicts: readonly VerdictThere[],
  teams: readonly string[] | null,
  more: number,
): View {
  const whose = teams === null ? 'everything' : `what ${teams.join(' and ')} runs`;
  const title =
    teams === null ? 'What runs' : teams.length === 0 ? 'What your teams run' : `What ${teams.join(' and ')} runs`;
  const worst = (s: Service) => verdicts.find((v) => isOn(v, s))?.severity;
  const rank = { critical: 0, warning: 1 } as const;
  const sorted = services.toSorted((a, b) => {
    const [x, y] = [worst(a), worst(b)];
    return (x ? rank[x] : 2) - (y ? rank[y] : 2);
  });
  const failing = services.filter((s) => worst(s) !== undefined).length;
  const words =
    services.length === 0
      ? teams?.length === 0
        ? said('You’re in no team yet, so there is nothing of yours to see. The platform team can add you to one.')
        : text`I see nothing${teams === null ? '' : ` that belongs to ${teams.join(' or ')}`} in the cluster.`
      : failing === 0
        ? text`All is well with ${whose}. 🌿`
        : text`${failing} of ${services.length + more} ${failing === 1 ? 'has' : 'have'} a problem.`;
  return {
    id: 'doctor.overview',
    title,
    summary: failing > 0 ? `${failing} with a problem.` : services.length === 0 ? 'Nothing to see.' : 'All is well.',
    blocks: [
      { kind: 'notice', tone: failing > 0 ? 'warn' : services.length === 0 ? 'info' : 'good', text: words },
      ...(services.length > 0 ? [{ kind: 'items', items: sorted.map((s) => row(s, verdicts)) } as const] : []),
      ...(more > 0
        ? [{ kind: 'note', text: said(`And ${more} more that run well, or wait their turn.`) } as const]
        : []),
      {
        kind: 'note',
        text: text`${command(`why ${sorted[0] ? inCluster(sorted[0].ref.name, sorted[0].called) : 'checkout-api'}`)} tells what is wrong with one of them.`,
      },
    ],
  };
}

/** With the clusters that did not answer: what runs there is not in it. */
export const withAway = (view: View, away: readonly string[] | undefined): View =>
  away === undefined || away.length === 0
    ? view
    : {
        ...view,
        blocks: [
          {
            kind: 'notice',
            tone: 'warn',
            text: text`${strong(away.join(' and '))} ${away.length === 1 ? 'does' : 'do'} not answer, so what runs there is not in this.`,
          },
          ...view.blocks,
        ],
      };

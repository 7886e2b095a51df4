import { code, duration, said, strong, type Text, text, time, type View } from '../kernel/index.ts';

/*
 * For those in charge: a cluster that is cut off, and is back, or is not looked at any more.
 */

const view = (title: string, tone: 'bad' | 'good' | 'info', words: Text, more: readonly Text[] = []): View => ({
  id: 'incident.cut-off',
  title,
  summary: words.map((s) => ('text' in s ? s.text : '')).join(''),
  blocks: [{ kind: 'notice', tone, text: words }, ...more.map((t) => ({ kind: 'text', text: t }) as const)],
});

export const awayView = (called: string | undefined, why: string, since: Date): View =>
  view(
    `I can’t see ${called ?? 'the cluster'}`,
    'bad',
    text`I can’t tell how ${called ?? 'the cluster'} is since ${time(since)}: ${code(why)}.`,
    [
      text`What fails there is told to nobody meanwhile, and what is open there stays open: I don’t take silence for being well.${called === undefined ? '' : ' The other clusters are followed as usual.'}`,
      said('I try again all the time. Check the network, the API server and my credentials for it.'),
    ],
  );

export const backView = (called: string | undefined, since: Date, now: Date): View =>
  view(
    `I see ${called ?? 'the cluster'} again`,
    'good',
    text`I can tell again how ${called ?? 'the cluster'} is. For ${duration((now.getTime() - since.getTime()) / 1000)} I could not.`,
  );

export const otherView = (called: string, was: string, is: string): View =>
  view(
    `${called} is another cluster now`,
    'bad',
    text`${strong(called)} leads to another cluster than before: its ${code('kube-system')} has the UID ${code(is)}, and had ${code(was)}.`,
    [
      text`What was open in the one before has ended, without a word of how it fares, and nothing that is pressed there is done here. I begin anew in this one, with no incidents, mutes or rollouts.`,
      said(
        'If that was not meant, put the context right and restart me: what was kept of the one before is taken up again. If it was, give a new cluster a context of its own the next time.',
      ),
    ],
  );

export const againView = (called: string, was: string, is: string): View =>
  view(
    `${called} is the cluster before again`,
    'info',
    text`${strong(called)} leads to a cluster again to which it has led before: its ${code('kube-system')} has the UID ${code(is)}, and had ${code(was)} meanwhile.`,
    [
      text`What was kept of this one is taken up again, and what was open in the other one has ended, without a word of how it fares.`,
      said(
        'If it goes back and forth, two API servers answer by one name: see what the context’s server leads to, its DNS and its load balancer. Of the same two clusters I tell once an hour at most.',
      ),
    ],
  );

export const leftView = (cluster: string, since: Date): View =>
  view(
    `I don’t look at ${cluster} any more`,
    'info',
    text`I could not tell how ${strong(cluster)} is since ${time(since)}, and I don’t try any more: it is not one of my clusters now.`,
  );

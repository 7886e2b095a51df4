import { identityIn, systemNamespace } from '../cluster/identity.ts';
import { Problem } from '../core/kernel/problem.ts';
import type { Order, Whereabouts } from '../core/runs/run.ts';
import { type Clock, wait } from './clock.ts';
import type { Api, Patience } from './kubernetes/api.ts';

/*
 * A context may lead to another cluster than yesterday, in which a delete finds nothing and a change makes everything anew. So
 * before anything is done in a cluster it is asked which one it is, in the way in which it will be reached.
 */

export type SameCluster = {
  /** Before anything is done. What may be made is noted as being there, so that no death leaves something unnoted. */
  readonly forDoing: (order: Order, patience: Patience) => Promise<void>;
  /** Before it is looked what would happen. */
  readonly forLooking: (order: Order, patience: Patience) => Promise<void>;
  /** It was to be made and nothing of it is there: if its context was wrong, it may be made where the right one leads. */
  readonly nothingLeft: (order: Order) => Promise<void>;
};

type Parts = {
  readonly clock: Clock;
  readonly whereabouts: Whereabouts;
  /** What people call it; absent: there is one, and it has no name. */
  readonly called: string | undefined;
};

const makes = ({ verb }: Order): boolean => verb === 'create' || verb === 'change';
const retryMs = 2_000;
const lettingGoTries = 2;

export const sameCluster =
  ({ clock, whereabouts, called }: Parts) =>
  (api: Api): SameCluster => {
    /** Our own database may be away for a moment, and what was confirmed is not given up for that. */
    async function known<T>(ask: () => Promise<T>, { signal, tries = Number.POSITIVE_INFINITY }: Patience): Promise<T> {
      for (let n = 1; ; n++) {
        try {
          return await ask();
        } catch (error) {
          if (n >= tries) throw error;
          await wait(clock, retryMs, signal);
          if (signal.aborted) throw new Problem('run_stopped', 'It was stopped.');
        }
      }
    }

    async function check(
      order: Order,
      asked: Patience,
      keeps: (order: Order) => boolean,
      ours: Patience,
    ): Promise<void> {
      const { status, body } = await api({ method: 'GET', path: systemNamespace, about: true }, asked);
      if (status === 401) throw refused();
      const is = identityIn(status, body);
      const { resource } = order;
      const was = await known(
        () => ('uid' in is && keeps(order) ? whereabouts.keep(resource, is.uid) : whereabouts.of(resource)),
        ours,
      );
      // Nothing is known of it: then nothing can be told apart.
      if (was === undefined || ('uid' in is && was === is.uid)) return;
      throw 'untold' in is ? untold(order, is.untold) : other(order, called);
    }

    return {
      // Our own database is waited for as long as the run may take, however little the cluster is.
      forDoing: (order, patience) => check(order, patience, makes, { signal: patience.signal }),
      forLooking: (order, patience) => check(order, patience, () => false, patience),
      async nothingLeft({ verb, resource }) {
        if (verb !== 'create') return;
        const patience = { signal: new AbortController().signal, tries: lettingGoTries };
        // What stays kept refuses more than it had to, and nothing else.
        await known(() => whereabouts.leave(resource), patience).catch(() => {});
      },
    };
  };

const begun = ({ verb }: Order): string => (verb === 'create' ? 'begun' : 'made');

const other = (order: Order, called: string | undefined): Problem =>
  new Problem(
    'cluster_other',
    `${called === undefined ? 'The cluster that Groundcrew is connected to' : `“${called}”`} is another cluster by now than the one in which this was ${begun(order)}. Nothing was done, in either of them. The operator of Groundcrew can see where its context leads; once it leads back, try again. If the one before is gone for good, they can let go of what was in it.`,
  );

const untold = (order: Order, why: string): Problem =>
  new Problem(
    'cluster_untold',
    `${why}, so I can’t tell whether it is the one in which this was ${begun(order)}. Nothing was done. The operator of Groundcrew can grant “get” on that namespace; then try again.`,
  );

const refused = () =>
  new Problem(
    'cluster_refuses_us',
    'The cluster does not accept Groundcrew’s credentials any more (401). Nothing was done. The operator of Groundcrew can renew them; then try again.',
  );

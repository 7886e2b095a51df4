import { kinds } from '../../src/cluster/kinds.ts';
import type { Mirror } from '../../src/cluster/mirror.ts';
import type { still } from './world.ts';

type World = Pick<ReturnType<typeof still>, 'cluster' | 'clock'>;

/**
 * Lets a test go on when whoever follows its cluster knows all that has happened in it. What comes over real sockets takes
 * its time, while the clock stands still: so the wait is for versions, not for a time. A follower that waits after an
 * error gets the time that it asks for.
 */
export function keepAbreast({ cluster, clock }: World) {
  const names = new Map(
    kinds.map(({ group, plural, kind }) => [`${group.includes('/') ? group.split('/')[0] : ''}/${plural}`, kind]),
  );
  const latest = new Map<string, number>();
  cluster.subscribe(({ resource: { group, plural }, rv }) => {
    const kind = names.get(`${group}/${plural}`);
    if (kind !== undefined) latest.set(kind, rv);
  });
  return {
    follower() {
      let mirror: Mirror | undefined;
      let step = Promise.withResolvers<void>();
      const lags = (m: Mirror): boolean => {
        const versions = m.versions();
        return !m.synced() || [...latest].some(([kind, rv]) => (versions.get(kind) ?? 0) < rv);
      };
      return {
        onStep: (now: Mirror | undefined) => {
          mirror = now;
          step.resolve();
          step = Promise.withResolvers();
        },
        follows: () => mirror !== undefined,
        async caughtUp(): Promise<void> {
          while (mirror !== undefined && lags(mirror)) {
            const waits = mirror.troubles().flatMap(({ state }) => ('ms' in state ? [state.ms] : []));
            if (waits.length > 0) await clock.pass(Math.min(...waits));
            else await step.promise;
          }
        },
      };
    },
  };
}

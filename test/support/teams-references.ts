import type { PlaceId } from '../../src/core/kernel/index.ts';
import type { Reference, References } from '../../src/teams/references.ts';

/** References in memory. `saves` counts the writes; `away` makes every call fail. */
export function memoryReferences() {
  const kept = new Map<PlaceId, Reference>();
  const state = { saves: 0, away: false };
  const up = async (): Promise<void> => {
    if (state.away) throw new Error('the database is away');
  };
  const references: References = {
    async save(place, reference) {
      await up();
      state.saves += 1;
      kept.set(place, reference);
    },
    async find(place) {
      await up();
      return kept.get(place);
    },
    async direct(account) {
      await up();
      return [...kept.values()].find((r) => r.account === account);
    },
    async any(tenantId) {
      await up();
      return [...kept.values()].find((r) => r.tenantId === tenantId && r.installed);
    },
  };
  return { references, kept, state };
}

import { randomUUID } from 'node:crypto';
import { type Catalog, noCatalog } from '../../src/core/catalog/path.ts';
import { features } from '../../src/core/features.ts';
import {
  type Ctx,
  type Effect,
  type Effects,
  type FieldErrors,
  type Inbound,
  type Json,
  type PersonalInbound,
  type PersonId,
  type Profile,
  platformOf,
} from '../../src/core/kernel/index.ts';
import type { Settings } from '../../src/core/settings.ts';
import { createHandlers } from '../../src/engine/handlers.ts';
import { createStore } from '../../src/store/store.ts';
import type { TestDatabase } from './database.ts';
import { settings } from './house.ts';

export type Played = { readonly effects: Effects; readonly errors: FieldErrors | undefined };

/**
 * Where a feature is played without an engine: a handler runs in a transaction over real rows, and what it returns is
 * compared as a value. Nothing is delivered.
 */
export function openStage(
  database: TestDatabase,
  current: () => Settings = () => settings,
  catalog: () => Catalog = () => noCatalog,
  address: Ctx<unknown>['address'] = () => undefined,
  clusters: ReadonlyMap<string, string> = new Map(),
) {
  const store = createStore(database.pool, current, clusters);
  const handlers = createHandlers(features);
  let now = new Date('2026-03-02T09:00:00Z');
  let count = 0;

  type Body = PersonalInbound extends infer I
    ? I extends PersonalInbound
      ? Omit<I, 'delivery' | 'at' | 'account' | 'origin'>
      : never
    : never;
  async function play(who: Profile, body: Body): Promise<Played> {
    count += 1;
    const inbound = {
      delivery: `stage/${count}`,
      at: now,
      account: who.account,
      origin: { platform: platformOf(who.account) },
      ...body,
    } as PersonalInbound;
    return run(inbound, who);
  }

  async function run(inbound: Inbound, who?: Profile): Promise<Played> {
    return store.transaction(async (tx) => {
      const by = who && (await tx.features.people.byAccount(who.account));
      const ctx = {
        now,
        delivery: inbound.delivery,
        store: tx.features,
        settings: current(),
        catalog: catalog(),
        address,
        id: randomUUID,
      };
      const { effects, reopen } = await handlers.run(inbound, { tx, ctx, ...(by ? { by } : {}) });
      return { effects, errors: reopen?.errors };
    });
  }

  return {
    store,
    play,
    run,
    now: () => now,
    pass(minutes: number) {
      now = new Date(now.getTime() + minutes * 60_000);
    },
    /** Makes people known, as their platform's directory tells of them; returns who they are. */
    async meet(...profiles: readonly Profile[]): Promise<readonly PersonId[]> {
      const { people } = store.direct.features;
      const ids: PersonId[] = [];
      for (const profile of profiles) {
        await people.arrive(profile.account, {}, now);
        const person = await people.learn(profile, now);
        if (!person) throw new Error(`${profile.account} was not met`);
        ids.push(person.id);
      }
      return ids;
    },
    /** The clock comes to a job. */
    async due(job: string, input: Json): Promise<Played> {
      count += 1;
      const key = `stage/due/${count}`;
      await store.direct.due.put({ key, job, input, at: now });
      return run({ kind: 'due', key, job, input, meant: now, at: now, delivery: key });
    },
    command: (who: Profile, text: string) => play(who, { kind: 'command', text }),
    press: (who: Profile, name: string, value: unknown) =>
      play(who, { kind: 'press', press: { name, value: JSON.stringify(value) } }),
    /** Fills in the form that an effect asks. */
    async fill(who: Profile, effect: Effect | undefined, raw: Record<string, unknown>): Promise<Played> {
      if (effect?.kind !== 'ask') throw new Error(`no form was asked: ${JSON.stringify(effect)}`);
      const id = randomUUID();
      const { form, carry, prior = {} } = effect;
      await store.direct.asked.keep({ id, account: who.account, form, carry, prior }, now);
      return play(who, { kind: 'submit', asked: id, raw });
    },
  };
}
export type Stage = ReturnType<typeof openStage>;

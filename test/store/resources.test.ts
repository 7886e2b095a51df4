import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { PersonId } from '../../src/core/kernel/index.ts';
import type { NewResource, Resource } from '../../src/core/resources/store.ts';
import { createStore } from '../../src/store/store.ts';
import { openTestDatabase } from '../support/database.ts';
import { ada, adaTeams, grace, settings } from '../support/house.ts';

const database = await openTestDatabase();
const store = createStore(database.pool, () => settings);
const { people, resources } = store.direct.features;
afterAll(() => database.close());
beforeEach(() => database.empty());

const now = new Date('2026-03-02T09:00:00.123Z');
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const nobody = '00000000-0000-4000-8000-000000000000';

async function meet(profile: typeof ada): Promise<PersonId> {
  await people.arrive(profile.account, {}, now);
  const person = await people.learn(profile, now);
  if (!person) throw new Error('not met');
  return person.id;
}

const orders = (owner: PersonId, n: number, more: Partial<NewResource> = {}): NewResource => ({
  slug: `r${n}`,
  name: `Orders-${n}`,
  identity: `postgres/orders-${n}`,
  path: 'postgres',
  version: '1.4.0',
  values: { name: `orders-${n}`, size: 's', backup: true, days: 7 },
  team: 'inventory',
  owner,
  created: later(n),
  ...more,
});

async function add(resource: NewResource): Promise<Resource> {
  const added = await resources.add(resource);
  if (!added) throw new Error(`${resource.identity} is there already`);
  return added;
}
const slugs = (list: readonly Resource[]) => list.map((r) => r.slug);

test('the cluster of a resource is kept by its context, whatever it is called and whichever is the first', async () => {
  const owner = await meet(ada);
  const at = (...names: readonly (readonly [string, string])[]) =>
    createStore(database.pool, () => settings, new Map(names)).direct.features.resources;
  const before = at(['ctx-eu', 'prod'], ['ctx-lab', 'staging']);
  await before.add(orders(owner, 1, { cluster: 'staging' }));
  await before.add(orders(owner, 2, { cluster: '' }));
  await before.add(orders(owner, 3));
  const seen = async (by: typeof resources) =>
    Promise.all(['r1', 'r2', 'r3'].map(async (slug) => (await by.takeSlug(slug))?.cluster));
  expect(await seen(before)).toEqual(['staging', 'prod', undefined]);
  expect(await seen(at(['ctx-lab', 'lab'], ['ctx-eu', 'prod']))).toEqual(['lab', 'prod', undefined]);
  expect(await seen(at(['ctx-eu', 'prod'], ['ctx-new', 'staging']))).toEqual(['ctx-lab', 'prod', undefined]);
});

describe('a resource', () => {
  test('comes back as it was added, with all it may have and with nothing of that', async () => {
    const owner = await meet(ada);
    const full = orders(owner, 1, {
      quota: { kind: 'postgres', amount: 0.5 },
      cost: { currency: 'EUR', cents: 1800 },
      expires: later(60),
    });
    const added = await add(full);
    expect(added).toEqual({ ...full, id: added.id, state: 'making', outputs: [], extended: 0, changed: full.created });
    const bare = orders(owner, 2);
    expect((await add(orders(owner, 3, { cluster: '' }))).cluster).toBeUndefined();
    expect(await resources.byId((await add(bare)).id)).toMatchObject(bare);
    expect(await resources.byIdentity(full.identity)).toEqual(added);
    expect(await resources.take(added.id)).toEqual(added);
    expect(await resources.byId(nobody)).toBeUndefined();
    expect(await resources.take(nobody)).toBeUndefined();
    expect(await resources.byIdentity('postgres/none')).toBeUndefined();
  });

  test('remembers the team that it was made for, while another one has it', async () => {
    const { id } = await add(orders(await meet(ada), 1));
    const home = async (team: string) => {
      await resources.change(id, { team }, later(1));
      return (await resources.byId(id))?.home;
    };
    expect([await home('inventory'), await home('orders'), await home('data'), await home('inventory')]).toEqual([
      undefined,
      'inventory',
      'inventory',
      undefined,
    ]);
  });

  test('keeps what a change does not name', async () => {
    const owner = await meet(ada);
    const other = await meet(grace);
    const { id, ...before } = await add(orders(owner, 1, { expires: later(60) }));
    await resources.change(id, { state: 'active', outputs: [{ label: 'Host', value: 'db' }] }, later(5));
    const active = { ...before, id, state: 'active', outputs: [{ label: 'Host', value: 'db' }], changed: later(5) };
    expect(await resources.byId(id)).toEqual(active);
    await resources.change(
      id,
      {
        version: '2.0.0',
        values: { name: 'x\u0000y' },
        team: 'orders',
        owner: other,
        quota: { kind: 'postgres', amount: 2 },
        cost: { currency: 'EUR', cents: 6000 },
        extended: 1,
        expires: null,
        offer: { to: { person: owner }, by: other, at: later(6) },
      },
      later(7),
    );
    const { expires: _, ...rest } = active;
    expect(await resources.byId(id)).toEqual({
      ...rest,
      version: '2.0.0',
      values: { name: 'xy' },
      team: 'orders',
      home: 'inventory',
      owner: other,
      quota: { kind: 'postgres', amount: 2 },
      cost: { currency: 'EUR', cents: 6000 },
      extended: 1,
      offer: { to: { person: owner }, by: other, at: later(6) },
      changed: later(7),
    });
    await resources.change(id, { offer: null }, later(8));
    expect(await resources.byId(id)).not.toHaveProperty('offer');
  });

  test('is found by its name in any case, by its slug, and no more once it is gone', async () => {
    const owner = await meet(ada);
    const first = await add(orders(owner, 1, { name: 'Orders' }));
    await add(orders(owner, 2, { name: 'orders', path: 'redis' }));
    expect(slugs(await resources.named('ORDERS', 9))).toEqual(['r2', 'r1']);
    expect(slugs(await resources.named('R1', 9))).toEqual(['r1']);
    expect(await resources.named("orders' or true --", 9)).toEqual([]);
    await resources.change(first.id, { state: 'gone' }, later(9));
    expect(slugs(await resources.named('orders', 9))).toEqual(['r2']);
    expect(await resources.byId(first.id)).toMatchObject({ state: 'gone' });
  });

  test('goes to whom its owner becomes when two logins turn out to be one human', async () => {
    const kept = await meet(ada);
    await people.arrive(adaTeams.account, {}, now);
    const former = (await people.byAccount(adaTeams.account))?.id as PersonId;
    const { id } = await add(orders(former, 1));
    await people.learn(adaTeams, now);
    expect(await resources.byId(id)).toMatchObject({ owner: kept });
  });
});

describe('an identity', () => {
  test('is free again when what had it is gone', async () => {
    const owner = await meet(ada);
    const first = await add(orders(owner, 1));
    expect(await resources.add(orders(owner, 2, { identity: first.identity }))).toBeUndefined();
    await resources.change(first.id, { state: 'gone' }, now);
    expect(await resources.byIdentity(first.identity)).toBeUndefined();
    expect(await resources.add(orders(owner, 3, { identity: first.identity }))).toMatchObject({ slug: 'r3' });
  });

  test('goes to one of many who want it at the same moment', async () => {
    const owner = await meet(ada);
    const tries = Array.from({ length: 8 }, (_, n) =>
      store.transaction((tx) => tx.features.resources.add(orders(owner, n, { identity: 'postgres/orders' }))),
    );
    const made = (await Promise.all(tries)).filter((r) => r !== undefined);
    expect(made).toHaveLength(1);
    expect(await resources.byIdentity('postgres/orders')).toEqual(made[0]);
  });

  test('is given to the next when the first was rolled back', async () => {
    const owner = await meet(ada);
    const first = store.transaction(async (tx) => {
      await tx.features.resources.add(orders(owner, 1, { identity: 'postgres/orders' }));
      throw new Error('called off');
    });
    const second = store.transaction((tx) =>
      tx.features.resources.add(orders(owner, 2, { identity: 'postgres/orders' })),
    );
    await expect(first).rejects.toThrow('called off');
    expect(await second).toMatchObject({ slug: 'r2' });
  });
});

describe('lists', () => {
  test('have a person’s own, those of teams, or both, newest first, and not what is gone', async () => {
    const mine = await meet(ada);
    const other = await meet(grace);
    await add(orders(mine, 1));
    await add(orders(other, 2));
    await add(orders(mine, 3, { team: 'orders' }));
    const gone = await add(orders(mine, 5));
    await resources.change(gone.id, { state: 'gone' }, now);
    expect(slugs(await resources.of({ owner: mine }, 9))).toEqual(['r3', 'r1']);
    expect(slugs(await resources.of({ teams: ['inventory'] }, 9))).toEqual(['r2', 'r1']);
    expect(slugs(await resources.of({ owner: mine, teams: ['inventory'] }, 9))).toEqual(['r3', 'r2', 'r1']);
    expect(slugs(await resources.of({ owner: mine, teams: ['inventory'] }, 2))).toEqual(['r3', 'r2']);
    expect(await resources.of({}, 9)).toEqual([]);
    expect(await resources.of({ teams: [] }, 9)).toEqual([]);
    expect(slugs(await resources.ofPath('postgres', 9))).toEqual(['r3', 'r2', 'r1']);
    const [third] = await resources.ofPath('postgres', 1);
    expect(slugs(await resources.ofPath('postgres', 1, third?.id))).toEqual(['r2']);
    expect(await resources.ofPath('redis', 9)).toEqual([]);
  });

  test('of a thousand are paged through without a gap, while new ones come', async () => {
    const owner = await meet(ada);
    await database.pool.query(
      `insert into groundcrew.resource (id, slug, name, identity, path, version, "values", team, owner, state, created, changed, cents, currency)
       select gen_random_uuid(), 'r' || n, 'n' || n, 'i' || n, 'postgres', '1.0.0', '{}', 'inventory', $1, 'active',
         $2::timestamptz + (n / 10) * interval '1 minute', $2, 100, 'EUR' from generate_series(1, 1000) n`,
      [owner, now],
    );
    const seen: string[] = [];
    let after: string | undefined;
    for (let pages = 0; pages < 100; pages++) {
      const page = await resources.of({ owner }, 15, after);
      if (page.length === 0) break;
      seen.push(...slugs(page));
      after = page.at(-1)?.id;
      await add(orders(owner, 2000 + pages));
    }
    expect(new Set(seen).size).toBe(1000);
    expect(seen).toHaveLength(1000);
    expect(await resources.totals({ owner })).toEqual({
      count: 1067,
      costs: [{ currency: 'EUR', cents: 100_000 }],
      quotas: [],
    });
  });

  test('are summed up by currency, team and quota', async () => {
    const owner = await meet(ada);
    const eur = (cents: number) => ({ cost: { currency: 'EUR', cents } });
    await add(orders(owner, 1, { ...eur(1800), quota: { kind: 'postgres', amount: 1 } }));
    await add(orders(owner, 2, { ...eur(200), quota: { kind: 'postgres', amount: 0.5 } }));
    await add(orders(owner, 3, { team: 'orders', quota: { kind: 'gpu', amount: 4 } }));
    await add(orders(owner, 4, { cost: { currency: 'USD', cents: 1 } }));
    expect(await resources.totals({ owner })).toEqual({
      count: 4,
      costs: [
        { currency: 'EUR', cents: 2000 },
        { currency: 'USD', cents: 1 },
      ],
      quotas: [
        { team: 'inventory', kind: 'postgres', amount: 1.5 },
        { team: 'orders', kind: 'gpu', amount: 4 },
      ],
    });
    expect(await resources.totals({ teams: ['none'] })).toEqual({ count: 0, costs: [], quotas: [] });
  });
});

describe('orphans', () => {
  test('are those whose owner has no login left, until the team was told, and again when the owner came back and left', async () => {
    const owner = await meet(ada);
    await meet(adaTeams);
    const { id } = await add(orders(owner, 1));
    const grace1 = await meet(grace);
    await add(orders(grace1, 2));
    await people.left(ada.account);
    expect(await resources.orphans(9)).toEqual([]);
    await people.left(adaTeams.account);
    expect(slugs(await resources.orphans(9))).toEqual(['r1']);
    await resources.change(id, { offer: { to: { person: grace1 }, by: owner, at: later(1) } }, later(1));
    expect(slugs(await resources.orphans(9))).toEqual(['r1']);
    const offer = { to: { team: 'inventory' }, at: later(1) };
    await resources.change(id, { offer }, later(1));
    expect(await resources.orphans(9)).toEqual([]);
    await resources.returned();
    expect(await resources.byId(id)).toMatchObject({ offer });

    await people.arrive(ada.account, {}, later(2));
    await resources.returned();
    expect(await resources.byId(id)).not.toHaveProperty('offer');
    await people.left(ada.account);
    expect(slugs(await resources.orphans(9))).toEqual(['r1']);
  });
});

describe('what a team uses', () => {
  test('counts its living things, by kind and currency', async () => {
    const owner = await meet(ada);
    const has = (amount: number, kind: string, cents: number, currency: string) => ({
      quota: { kind, amount },
      cost: { currency, cents },
    });
    await add(orders(owner, 1, has(1, 'postgres', 1800, 'EUR')));
    await add(orders(owner, 2, has(2, 'postgres', 200, 'USD')));
    await add(orders(owner, 3, has(4, 'gpu', 5, 'EUR')));
    await add(orders(owner, 4, { ...has(8, 'postgres', 7, 'EUR'), team: 'orders' }));
    const gone = await add(orders(owner, 6, has(8, 'postgres', 7, 'EUR')));
    await resources.change(gone.id, { state: 'gone' }, now);
    expect(await resources.usage('inventory', 'postgres', 'EUR')).toEqual({ amount: 3, cents: 1805 });
    expect(await resources.usage('inventory', 'postgres')).toEqual({ amount: 3, cents: 2005 });
    expect(await resources.usage('inventory', undefined, 'USD')).toEqual({ amount: 0, cents: 200 });
    expect(await resources.usage('nobody', 'postgres')).toEqual({ amount: 0, cents: 0 });
  });

  test('lets one of eight who want the last place at the same moment have it', async () => {
    const owner = await meet(ada);
    await add(orders(owner, 100, { quota: { kind: 'postgres', amount: 2 } }));
    const tries = Array.from({ length: 8 }, (_, n) =>
      store.transaction(async (tx) => {
        const { amount } = await tx.features.resources.usage('inventory', 'postgres');
        if (amount >= 3) return undefined;
        return tx.features.resources.add(orders(owner, n, { quota: { kind: 'postgres', amount: 1 } }));
      }),
    );
    expect((await Promise.all(tries)).filter((r) => r !== undefined)).toHaveLength(1);
    expect(await resources.usage('inventory', 'postgres')).toMatchObject({ amount: 3 });
  });
});

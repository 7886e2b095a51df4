import { randomUUID } from 'node:crypto';
import { type Draw, draw, type Effect, type PersonalInbound, type Reply } from '../core/kernel/index.ts';
import type { DueRow, Lot, Tx } from './ports.ts';

/** What effects become: replies to the person, and lots for the outbox. */
type Written = { readonly replies: Reply[]; readonly lots: Lot[] };
type Scene = Written & {
  readonly tx: Tx;
  readonly from: PersonalInbound | undefined;
  readonly now: Date;
  /** Changes to the clock: the last one of a key counts. */
  readonly clock: Map<string, DueRow | undefined>;
};

const table: Draw<Effect, Promise<void>, [Scene]> = {
  say: async (e, s) => void s.lots.push(e),
  edit: async (e, s) => void s.lots.push(e),
  tell: async (e, s) => void s.lots.push(e),
  reply: async (e, s) => void s.lots.push(e),
  act: async (e, s) => void s.lots.push(e),
  home: async (e, s) => {
    if (s.from) s.lots.push({ kind: 'home', account: s.from.account, view: e.view });
  },
  whisper: async (e, s) => void s.replies.push((await shared(e, s)) ? { kind: 'whisper', view: e.view } : e),
  ask: async ({ form, carry, prior = {} }, s) => {
    if (!s.from) return;
    const id = randomUUID();
    const { account, place } = s.from;
    await s.tx.asked.keep({ id, account, form, carry, prior, ...(place ? { place } : {}) }, s.now);
    s.replies.push({ kind: 'ask', asked: { id, form, prior, errors: {} } });
  },
  later: async ({ key, job, input, at }, s) => void s.clock.set(key, { key, job, input, at }),
  never: async (e, s) => void s.clock.set(e.key, undefined),
};

/** Whether it would take the place of what others see: a press can be made to say that it came from any message. */
const shared = async ({ over }: Extract<Effect, { kind: 'whisper' }>, { from, tx }: Scene): Promise<boolean> =>
  over === 'private' &&
  from?.place !== undefined &&
  from.on !== undefined &&
  (await tx.outbox.stands(from.place, from.on));

/** Writes effects in their order, inside the transaction of the inbound. */
export async function writeEffects(
  effects: readonly Effect[],
  tx: Tx,
  from: PersonalInbound | undefined,
  now: Date,
): Promise<Written> {
  const scene: Scene = { replies: [], lots: [], tx, from, now, clock: new Map() };
  for (const effect of effects) await draw(table, effect, scene);
  if (scene.clock.size === 0) return scene;
  const changes = [...scene.clock];
  await tx.due.put(...changes.flatMap(([, row]) => row ?? []));
  await tx.due.remove(...changes.flatMap(([key, row]) => (row ? [] : key)));
  return scene;
}

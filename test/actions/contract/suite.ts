import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backend, ended, type Order, type Progress, type Verb } from '../../../src/core/runs/run.ts';
import { type Making, makeBackend } from './making.ts';

/** One thing that a backend makes, in a world of its own, and what a test can see of that from outside. */
export type World = {
  /** How the backend is made: the same in this process and in one that will be killed. */
  readonly making: Making;
  /** The same thing in all orders. */
  order(verb: Verb, more?: Partial<Order>): Order;
  /** Of the same thing, in another size. */
  changed(verb: Verb): Order;
  /** An order that the system refuses, and words of the system itself. */
  readonly refused: { readonly order: Order; readonly words: RegExp };
  /** An order that takes until the gate is opened. */
  readonly slow: Order;
  openGate(): Promise<void>;
  /** Whether a value says that the slow order waits at its gate; for a tool that says nothing, `atGate` resolves then. */
  waiting(progress: Progress): boolean;
  readonly atGate?: Promise<unknown>;
  /** What is there, one line a thing, sorted; and how often each was made, which nothing may hide. */
  things(): Promise<readonly string[]>;
  made(): Promise<number>;
  /** Of the steps at which it is cut off, every so manieth is tried: a tool that starts slowly would take minutes. */
  readonly stride: number;
  readonly expected: { readonly created: readonly string[]; readonly changed: readonly string[] };
  close(): Promise<void>;
};

const noSignal = () => new AbortController().signal;

/** Runs to its end. */
export async function finish(backend: Backend, order: Order, signal = noSignal()): Promise<readonly Progress[]> {
  const said: Progress[] = [];
  for await (const progress of backend.run(order, signal)) said.push(progress);
  return said;
}

const script = new URL('child.ts', import.meta.url);
const children: ChildProcess[] = [];

/** A process that carries an order out, and tells what the backend says. It is killed as soon as `when` says so. */
async function killAt(
  making: Making,
  order: Order,
  when: (progress: Progress, n: number) => boolean,
  at?: Promise<unknown>,
): Promise<boolean> {
  const child = fork(script, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  children.push(child);
  const exit = once(child, 'exit');
  let n = 0;
  child.on('message', (said) => {
    if (when(said as Progress, n++)) child.kill('SIGKILL');
  });
  void at?.then(() => child.kill('SIGKILL'));
  child.send({ making, order });
  const [, signal] = await exit;
  return signal === 'SIGKILL';
}

/** What every backend must do, against the real thing. `why`: it can't be had here, which is shown, not hidden. */
export function backendContract(
  name: string,
  { open, missing }: { open(): Promise<World>; missing?: string | undefined },
): void {
  // Real tools on a busy machine take their time.
  describe.skipIf(missing !== undefined)(
    `${name}${missing === undefined ? '' : ` (SKIPPED: ${missing})`}`,
    { timeout: 300_000 },
    () => {
      let world: World;
      let backend: Backend;
      const fresh = async () => {
        await world?.close();
        world = await open();
        backend = makeBackend(world.making);
      };
      beforeAll(fresh);
      afterAll(async () => {
        for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
        await world?.close();
      });
      const last = async (order: Order, signal?: AbortSignal) => (await finish(backend, order, signal)).at(-1);

      test('can be used here', async () => {
        expect(await backend.available()).toMatchObject({ ok: true });
        expect(backend.name).toBe(name);
        expect(backend.atOnce).toBeGreaterThan(0);
      });

      test('says beforehand what would happen, and changes nothing by that', async () => {
        const preview = await backend.preview(world.order('create'), noSignal());
        expect(preview.refused).toBeUndefined();
        expect(preview.changes.map((c) => c.does)).toContain('create');
        expect(preview.summary).not.toBe('');
        expect(preview.destroys).toBe(0);
        expect(await world.things()).toEqual([]);
      });

      test('makes it, step by step; made twice it is there once', async () => {
        const said = await finish(backend, world.order('create'));
        expect(said.at(-1)).toMatchObject({ state: 'ready' });
        expect(said.at(-1)?.steps.every((s) => s.state === 'done')).toBe(true);
        expect(said.slice(0, -1).filter((p) => ended(p.state))).toEqual([]);
        expect(said.length).toBeGreaterThan(2);
        expect(await world.things()).toEqual(world.expected.created);
        const made = await world.made();
        expect(await last(world.order('create'))).toMatchObject({ state: 'ready' });
        expect(await world.things()).toEqual(world.expected.created);
        expect(await world.made()).toBe(made);
      });

      test('changes it', async () => {
        const preview = await backend.preview(world.changed('change'), noSignal());
        expect(await world.things()).toEqual(world.expected.created);
        expect(preview.changes.map((c) => c.does)).toContain('change');
        expect(await last({ ...world.changed('change'), destroys: preview.destroys })).toMatchObject({
          state: 'ready',
        });
        expect(await world.things()).toEqual(world.expected.changed);
      });

      test('deletes it, and that twice', async () => {
        const preview = await backend.preview(world.changed('delete'), noSignal());
        expect(preview.destroys).toBeGreaterThan(0);
        expect(await world.things()).toEqual(world.expected.changed);
        expect(await last(world.changed('delete'))).toMatchObject({ state: 'ready' });
        expect(await world.things()).toEqual([]);
        expect(await last(world.changed('delete'))).toMatchObject({ state: 'ready' });
        expect(await world.things()).toEqual([]);
      });

      test('tells of a failure in the system’s own words', async () => {
        await fresh();
        const failed = await last(world.refused.order);
        expect(failed).toMatchObject({ state: 'failed' });
        expect(failed?.message).toMatch(world.refused.words);
        expect(failed?.steps.filter((s) => s.state === 'failed')).toHaveLength(1);
      });

      test('stops when it is cancelled, says what is left, and that can be deleted', async () => {
        await fresh();
        const cancel = new AbortController();
        void world.atGate?.then(() => cancel.abort('cancel'));
        const said: Progress[] = [];
        for await (const progress of backend.run(world.slow, cancel.signal)) {
          said.push(progress);
          if (world.waiting(progress)) cancel.abort('cancel');
        }
        expect(said.at(-1)).toMatchObject({ state: 'cancelled' });
        if ((await world.things()).length > 0) expect(said.at(-1)?.left?.length).toBeGreaterThan(0);
        await world.openGate();
        expect(await last(world.order('delete', { spec: world.slow.spec }))).toMatchObject({ state: 'ready' });
        expect(await world.things()).toEqual([]);
      });

      test('stopped at any step and run again, it is there once', async () => {
        for (let cut = 1; ; cut += world.stride) {
          await fresh();
          const stop = new AbortController();
          let n = 0;
          let final: Progress | undefined;
          for await (const progress of backend.run(world.order('create'), stop.signal)) {
            n += 1;
            final = progress;
            if (n === cut) stop.abort('stop');
          }
          if (n < cut) break;
          if (!final || !ended(final.state))
            expect(await last(world.order('create')), `cut ${cut}`).toMatchObject({ state: 'ready' });
          expect(await world.things(), `cut ${cut}`).toEqual(world.expected.created);
        }
      });

      test('killed at any step and run again by another process, it is there once', async () => {
        for (let cut = 0; ; cut += world.stride) {
          await fresh();
          const killed = await killAt(world.making, world.order('create'), (_, n) => n === cut);
          expect(await last(world.order('create')), `cut ${cut}`).toMatchObject({ state: 'ready' });
          expect(await world.things(), `cut ${cut}`).toEqual(world.expected.created);
          if (!killed) break;
        }
      });

      test('killed while the system works, it goes on from what is there', async () => {
        await fresh();
        expect(await killAt(world.making, world.slow, world.waiting, world.atGate)).toBe(true);
        await world.openGate();
        expect(await last(world.slow)).toMatchObject({ state: 'ready' });
      });
    },
  );
}

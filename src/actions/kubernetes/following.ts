import { Problem } from '../../core/kernel/problem.ts';
import { type Clock, wait } from '../clock.ts';
import type { Story } from '../story.ts';
import type { Api, Patience } from './api.ts';
import { get } from './apply.ts';
import { nameOf, type Target } from './objects.ts';
import { proven, saysWhen } from './proof.ts';
import { type Standing, standing } from './ready.ts';
import type { Readiness } from './spec.ts';

/** How often it is looked: at first every second, and less often the longer it takes. */
const lookMs = (sinceMs: number): number => (sinceMs < 60_000 ? 1_000 : sinceMs < 600_000 ? 2_000 : 5_000);
/** Controllers say False while they find their feet: only what they say for so long is believed. */
const believedMs = 30_000;
/** An object of which no controller says anything for so long has none, or one that does not see it. */
const silentMs = 60_000;
/**
 * Who changes something that does not say which generation its “ready” is about, and whose parts we cannot look at, waits
 * this long for a sign that it is about what was before.
 */
const settleMs = 15_000;

export type Awaited = {
  readonly target: Target;
  readonly own?: Readiness;
  /** We made it: when it is gone, somebody deleted it. Others may come later. */
  readonly made: boolean;
};

/**
 * Waits until all are ready, telling for what; throws when one has failed or was deleted. `changed`: they were there
 * before, so that what is said of them may be about what they were.
 */
export async function untilReady(
  api: Api,
  clock: Clock,
  awaited: readonly Awaited[],
  story: Story,
  patience: Patience,
  changed = false,
): Promise<void> {
  const began = clock.now().getTime();
  const failing = new Map<Target, number>();
  /** Since when it has said without a break that it is ready. */
  const calm = new Map<Target, number>();
  for (;;) {
    const found = await Promise.all(awaited.map(async (a) => ({ ...a, object: await get(api, a.target, patience) })));
    const now = clock.now().getTime();
    const open: string[] = [];
    let slow = false;
    for (const { target, own, made, object } of found) {
      if (!object && made)
        throw new Problem(
          'object_deleted',
          `${nameOf(target)} was deleted by somebody else while it was being made. Find out who needs it gone, then try again or clean up.`,
        );
      let stands: Standing = object ? standing(object, own) : { is: 'working', why: 'is not there yet' };
      if (object && stands.is === 'ready') {
        const proof = await proven(object, api, patience);
        if (proof) stands = proof;
        else if (changed && !saysWhen(object)) {
          const since = calm.get(target) ?? now;
          calm.set(target, since);
          if (now - since < settleMs) stands = { is: 'working', why: 'is ready; I look whether it stays so' };
        }
      } else calm.delete(target);
      if (stands.is === 'ready') continue;
      const why = `${nameOf(target)}${stands.why ? `: ${stands.why}` : ''}`;
      if (stands.is === 'failing') failing.set(target, failing.get(target) ?? now);
      else failing.delete(target);
      if (stands.is === 'failed' || now - (failing.get(target) ?? now) >= believedMs)
        throw new Problem('object_failed', `${why}. See its events (kubectl describe) for more.`);
      const silent = object !== undefined && object.status === undefined && now - began >= silentMs;
      if (stands.is === 'stuck' || silent) slow = true;
      open.push(
        silent
          ? `${why} (nothing says anything of it: does its operator watch this namespace, are its labels right?)`
          : why,
      );
    }
    if (open.length === 0) return;
    if (slow) story.add({ slow: true, message: open[0] as string });
    const done = awaited.length - open.length;
    story.note(awaited.length === 1 ? (open[0] as string) : `${open[0]} (${done} of ${awaited.length} ready)`);
    await wait(clock, lookMs(now - began), patience.signal);
    if (patience.signal.aborted) throw new Problem('run_stopped', 'It was stopped.');
  }
}

/** Waits until an object is gone, or another of its name is there; tells what holds it. */
export async function untilGone(
  api: Api,
  clock: Clock,
  target: Target,
  uid: string | undefined,
  story: Story,
  patience: Patience,
): Promise<void> {
  const began = clock.now().getTime();
  for (;;) {
    const object = await get(api, target, patience);
    if (!object || object.metadata.uid !== uid) return;
    const holders = object.metadata.finalizers ?? [];
    story.note(`${nameOf(target)}${holders.length > 0 ? ` waits for ${holders.join(', ')}` : ' is being deleted'}`);
    await wait(clock, lookMs(clock.now().getTime() - began), patience.signal);
    if (patience.signal.aborted) throw new Problem('run_stopped', 'It was stopped.');
  }
}

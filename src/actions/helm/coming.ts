import { type Clock, wait } from '../clock.ts';
import type { Api, Patience } from '../kubernetes/api.ts';
import { get } from '../kubernetes/apply.ts';
import { createDiscovery, nameOf, type Target } from '../kubernetes/objects.ts';
import { standing } from '../kubernetes/ready.ts';
import type { Story } from '../story.ts';
import { objectsOf } from './manifest.ts';

/** How often it is looked: at first every second, and less often the longer it takes. */
const lookMs = (sinceMs: number): number => (sinceMs < 60_000 ? 1_000 : sinceMs < 600_000 ? 2_000 : 5_000);

type Release = {
  readonly api: Api;
  readonly clock: Clock;
  readonly namespace: string;
  /** What Helm has noted of the release; undefined as long as there is nothing. */
  readonly manifest: () => Promise<string | undefined>;
};

/**
 * Helm says nothing while it waits for what it made. Until the signal, this says how that stands; it decides nothing, so
 * whatever it can’t find out is left out.
 */
export async function tellWhatComes(release: Release, story: Story, signal: AbortSignal): Promise<void> {
  const { api, clock, namespace } = release;
  const patience: Patience = { signal, tries: 1 };
  const locate = createDiscovery(api, patience);
  const began = clock.now().getTime();
  let targets: readonly Target[] | undefined;
  /** What was ready once is not asked for again: most objects of a release have nothing to say, and Helm itself decides. */
  const ready = new Set<Target>();

  async function find(): Promise<readonly Target[] | undefined> {
    const manifest = await release.manifest();
    if (manifest === undefined) return undefined;
    const objects = [...objectsOf(manifest).values()];
    return Promise.all(
      objects.map(({ apiVersion, kind, metadata }) =>
        locate(apiVersion, kind, metadata.name, metadata.namespace ?? namespace),
      ),
    );
  }

  async function look(all: readonly Target[]): Promise<void> {
    const open: string[] = [];
    for (const target of all.filter((one) => !ready.has(one))) {
      const object = await get(api, target, patience);
      const stands = object ? standing(object) : { is: 'working' as const, why: 'is not there yet' };
      if (stands.is === 'ready') ready.add(target);
      else open.push(`${nameOf(target)}${stands.why ? `: ${stands.why}` : ''}`);
    }
    const [first] = open;
    if (first !== undefined && !signal.aborted)
      story.note(all.length === 1 ? first : `${first} (${all.length - open.length} of ${all.length} ready)`);
  }

  while (!signal.aborted) {
    try {
      targets ??= await find();
      if (targets) await look(targets);
    } catch {
      // The cluster is away for a moment, or something is not what Helm says: Helm itself tells of what matters.
    }
    await wait(clock, lookMs(clock.now().getTime() - began), signal);
  }
}

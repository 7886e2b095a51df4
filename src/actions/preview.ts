import type { z } from 'zod';
import { allWithoutSecrets, withoutSecrets } from '../core/catalog/secrets.ts';
import type { Action } from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import { Problem } from '../core/kernel/problem.ts';
import { type Previewed, previewAsked, runPreview } from '../core/runs/report.ts';
import type { Backend } from '../core/runs/run.ts';
import type { Clock } from './clock.ts';

/** A person waits for it, from when its turn has come. */
const limitMs = 110_000;

/** One after the other, so many at once as the backend has runs: dozens of tools that start together share a few cores. */
function inTurn(atOnce: number, stopping: () => boolean) {
  let busy = 0;
  const waiting: (() => void)[] = [];
  return async function run<T>(preview: () => Promise<T>): Promise<T> {
    if (busy < atOnce) busy += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      // The next process takes it up at once: who waits here would only be killed, and their claim hold for a minute.
      if (stopping()) throw new Problem('run_stopped', 'It was stopped before its turn came.');
      return await preview();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else busy -= 1;
    }
  };
}

/** In each cluster by themselves, as its runs are: one that does not answer holds up no other. */
function eachInTurn(atOnce: number, stopping: () => boolean) {
  const turns = new Map<string | undefined, ReturnType<typeof inTurn>>();
  return (cluster: string | undefined) => {
    const turn = turns.get(cluster) ?? inTurn(atOnce, stopping);
    turns.set(cluster, turn);
    return turn;
  };
}

/** Asks a backend what would happen. What goes wrong is a result, so that the person hears of it at once. */
export function previewRuns(
  backends: readonly Backend[],
  clock: Clock,
  log: Log,
  stopping: () => boolean = () => false,
): Action {
  const turns = new Map(backends.map((b) => [b.name, eachInTurn(b.atOnce, stopping)]));
  async function previewOf({ request, order, backend: name }: z.output<typeof previewAsked>): Promise<Previewed> {
    const late = new AbortController();
    const slow = new Promise<never>((_, reject) => {
      late.signal.addEventListener('abort', () =>
        reject(
          new Problem(
            'preview_slow',
            `${name} did not say within two minutes what would happen. Nothing was done. Try again in a while; if it stays like that, tell the operator of Groundcrew.`,
          ),
        ),
      );
    });
    const cancel = clock.after(limitMs, () => late.abort());
    try {
      const backend = backends.find((b) => b.name === name);
      if (!backend)
        throw new Problem(
          'backend_unknown',
          `There is no backend “${name}”. The owner of the golden path can correct it.`,
        );
      return { request, preview: allWithoutSecrets(await Promise.race([backend.preview(order, late.signal), slow])) };
    } catch (error) {
      if (!(error instanceof Problem)) log.error({ request, backend: name, err: error }, 'a preview failed');
      const { code, message } = error instanceof Problem ? error : failed(name);
      return { request, problem: { code, message: withoutSecrets(message) } };
    } finally {
      cancel();
    }
  }
  return {
    name: runPreview,
    async run(input): Promise<Previewed> {
      const asked = previewAsked.parse(input);
      const turn = turns.get(asked.backend);
      return turn ? turn(asked.order.cluster)(() => previewOf(asked)) : previewOf(asked);
    },
  };
}

const failed = (backend: string) =>
  new Problem('preview_failed', `${backend} could not be asked what would happen. Nothing was done. Try again.`);

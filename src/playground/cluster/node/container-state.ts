import { createHash } from 'node:crypto';
import type { Times } from '../controllers/times.ts';
import { type Fields, textOf } from '../json.ts';
import { stamp } from '../names.ts';
import type { KubeObject } from '../types.ts';
import type { Registries } from './images.ts';

/** One container of one pod, as its node sees it. */
export type Container = {
  step: 'new' | 'pulling' | 'pull-failed' | 'pull-wait' | 'config' | 'creating' | 'running' | 'restarting' | 'ended';
  /** When this step is over, by the clock. */
  until: number;
  restarts: number;
  /** Failed pulls in a row, and starts without a long life: both make pauses longer. */
  pulls: number;
  crashes: number;
  startedAt: number;
  state: Fields;
  last: Fields | undefined;
  ready: boolean;
  started: boolean;
  probes: { ready: number; live: number; misses: number };
  log: string[];
  previous: string[] | undefined;
  id: string;
};

export const fresh = (): Container => ({
  step: 'new',
  until: 0,
  restarts: 0,
  pulls: 0,
  crashes: 0,
  startedAt: 0,
  state: { waiting: { reason: 'ContainerCreating' } },
  last: undefined,
  ready: false,
  started: false,
  probes: { ready: 0, live: 0, misses: 0 },
  log: [],
  previous: undefined,
  id: '',
});

export type Say = (type: 'Normal' | 'Warning', reason: string, message: string) => void;
export type Surroundings = {
  readonly pod: KubeObject;
  readonly spec: Fields;
  readonly now: number;
  readonly times: Times;
  readonly ip: string;
  readonly registries: Registries;
  /** Images that the node has. */
  readonly images: Set<string>;
  readonly missingConfig: () => string | undefined;
  /** How large its volume is, in bytes; undefined: it has none. */
  readonly disk: () => number | undefined;
  /** The Secret that it was handed when its pod began is another one by now. */
  readonly outdated: () => boolean;
  readonly say: Say;
};

export const who = ({ pod, spec }: Surroundings): string =>
  `container=${textOf(spec.name)} pod=${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;
export const backOff = (base: number, times: number, max: number): number =>
  Math.min(max, base * 2 ** Math.max(0, times - 1));
/** As Go writes durations: 10s, 1m20s, 5m0s. */
export const duration = (ms: number): string => {
  const seconds = Math.max(1, Math.round(ms / 1000));
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
};
export const iso = (at: number): string => stamp(new Date(at));
export const containerId = (seed: string): string => `containerd://${createHash('sha256').update(seed).digest('hex')}`;

export function note(c: Container, now: number, lines: readonly string[]): void {
  for (const line of lines) c.log.push(`${new Date(now).toISOString()} ${line}`);
  if (c.log.length > 500) c.log.splice(0, c.log.length - 500);
}

export const waiting = (c: Container, reason: string, message?: string): void => {
  c.state = { waiting: { reason, ...(message ? { message } : {}) } };
  c.ready = false;
};

import { entry } from './read.ts';

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A Kubernetes quantity (`250m`, `1.5Gi`, `1e3`) as a number, bytes or cores. */
export function quantity(text: string | undefined): number | undefined {
  const [, digits = '', suffix = ''] =
    /^([+-]?(?:\d{1,30}\.?\d{0,30}|\.\d{1,30})(?:[eE][+-]?\d{1,3})?)([numkMGTPE]?i?)$/.exec(text?.trim() ?? '') ?? [];
  const factor = entry(factors, suffix);
  return digits === '' || factor === undefined ? undefined : Number(digits) * factor;
}

/** Memory as one writes it in a manifest: whole Mi, or whole Gi where that is exact. */
export function memory(bytes: number): string {
  const mi = Math.max(1, Math.ceil(bytes / 2 ** 20));
  return mi % 1024 === 0 ? `${mi / 1024}Gi` : `${mi}Mi`;
}

/** Half as much again, up to the next 64 Mi: room enough to see whether it is a leak. */
export const moreMemory = (limit: string | undefined): string =>
  memory(Math.ceil(((quantity(limit) ?? 256 * 2 ** 20) * 1.5) / (64 * 2 ** 20)) * 64 * 2 ** 20);

/** CPU as one writes it in a manifest. */
export const cpu = (cores: number): string =>
  Number.isInteger(cores) ? String(cores) : `${Math.floor(cores * 1000 + 1e-6)}m`;

/** A resource in its own unit, rounded down so that it still fits. */
export const amount = (resource: string, value: number): string =>
  resource.endsWith('cpu')
    ? cpu(value)
    : /memory|storage/.test(resource)
      ? `${Math.floor(value / 2 ** 20)}Mi`
      : String(Math.floor(value));

/** Whether it can do with that instead of what it asks for: with less than half of it, hardly anything still works. */
export const enoughOf = (less: string, ask: string): boolean => {
  const [some, all] = [quantity(less) ?? 0, quantity(ask) ?? 0];
  return some > 0 && some < all && some >= all / 2;
};

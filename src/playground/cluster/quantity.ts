import type { Json } from './json.ts';

const suffixes: Readonly<Record<string, number>> = {
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

/** Undefined when it is no quantity. */
export function quantity(value: Json | undefined): number | undefined {
  const found = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(n|u|m|k|Ki|Mi|Gi|Ti|Pi|Ei|M|G|T|P|E)?$/.exec(
    typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '',
  );
  return found ? Number(found[1]) * (suffixes[found[2] ?? ''] as number) : undefined;
}

const binary = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi'];

/** As the API writes it: memory by powers of 1024 when it divides, thousandths for parts of one. */
export function formatQuantity(value: number, like: 'binary' | 'decimal'): string {
  if (!Number.isInteger(value)) {
    const thousandths = Math.ceil(Number((value * 1000).toFixed(6)));
    return thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`;
  }
  if (like === 'decimal' || value === 0) return String(value);
  let rest = value;
  let unit = '';
  for (const next of binary) {
    if (rest % 1024 !== 0) break;
    rest /= 1024;
    unit = next;
  }
  return `${rest}${unit}`;
}

export const formatOf = (resource: string): 'binary' | 'decimal' =>
  /memory|storage|hugepages/.test(resource) ? 'binary' : 'decimal';
export const format = (resource: string, value: number): string => formatQuantity(value, formatOf(resource));

import type { Json } from '../kernel/inbound.ts';
import type { Facts } from './facts.ts';
import { readValues } from './form.ts';
import type { GoldenPath, Parameter, Values } from './path.ts';

/*
 * Values to try a path with, made from its own parameters: what it takes when nobody says anything, and the edges,
 * one at a time. They find what nobody tried: the option without a price, the name that becomes too long.
 */
export type Sample = { readonly what: string; readonly values: Values };

/** Texts that fit many patterns. What fits none needs an example: a default, a placeholder, or `verify.parameters`. */
const candidates = [
  'sample',
  'sample-1',
  'sample_1',
  'Sample text for a check',
  'SAMPLE',
  'main',
  'a',
  '1',
  '42',
  '1.0.0',
  '10Gi',
  '10.0.0.0/24',
  'https://example.com/sample',
  'https://git.example.com/team/sample.git',
  'example.com',
  'team/sample',
  'registry.example.com/sample:1.0.0',
  'SAMPLE=text',
  'jo@example.com',
];

const fits = (p: Parameter, text: string) =>
  text.length >= (p.minLength ?? 0) &&
  text.length <= (p.maxLength ?? 3000) &&
  (p.pattern === undefined || new RegExp(p.pattern, 'u').test(text));

const formats = { date: '2030-01-31', time: '09:30', person: 'slack:T1/U1' } as const;

function usual(p: Parameter, given: Json | undefined): Json | undefined {
  if (given !== undefined) return given;
  if (p.default !== undefined) return p.default;
  if (p.enum) return p.type === 'array' ? [p.enum[0]?.value ?? ''] : p.enum[0]?.value;
  if (p.type === 'boolean') return false;
  if (p.type === 'integer' || p.type === 'number') return p.minimum ?? Math.min(1, p.maximum ?? 1);
  if (p.format) return formats[p.format];
  const text = [p.placeholder ?? '', ...candidates, 'x'.repeat(p.minLength ?? 1)].find((t) => t !== '' && fits(p, t));
  return p.type === 'array' ? (text === undefined ? [] : [text]) : text;
}

/** The longest text that the parameter takes, when it takes a repeated letter at all. */
function longest(p: Parameter): string | undefined {
  for (let length = Math.min(p.maxLength ?? 253, 253); length > 1; length -= 1)
    if (fits(p, 'a'.repeat(length))) return 'a'.repeat(length);
  return undefined;
}

function edges(p: Parameter): readonly Json[] {
  if (p.enum) return p.type === 'array' ? [p.enum.map((o) => o.value)] : p.enum.map((o) => o.value);
  if (p.type === 'boolean') return [true, false];
  if (p.type === 'integer' || p.type === 'number')
    return [p.minimum, p.maximum].filter((n): n is number => n !== undefined);
  const long = p.format ? undefined : longest(p);
  if (p.type === 'array')
    return long === undefined ? [[]] : [[], [long, 'b'.repeat(long.length)].filter((t) => fits(p, t))];
  return long === undefined ? [] : [long];
}

/** The first sample is the usual one; `missing` names parameters for which no value could be found. */
export function samplesOf(path: GoldenPath): {
  readonly samples: readonly Sample[];
  readonly missing: readonly string[];
} {
  const { properties, required } = path.parameters;
  const given = path.verify?.parameters ?? {};
  const found = Object.entries(properties).map(([name, p]) => [name, usual(p, given[name])] as const);
  const missing = found.filter(([name, v]) => v === undefined && required.includes(name)).map(([name]) => name);
  const usualValues = Object.fromEntries(found.filter((f): f is readonly [string, Json] => f[1] !== undefined));
  const bare = Object.fromEntries(Object.entries(usualValues).filter(([name]) => required.includes(name)));
  const all: Sample[] = [
    { what: 'usual values', values: usualValues },
    { what: 'only what is required', values: bare },
    ...Object.entries(properties).flatMap(([name, p]) =>
      edges(p).map((edge) => ({
        what: `${name} = ${JSON.stringify(edge).slice(0, 40)}`,
        // What the parameter depends on is set so that it is shown.
        values: {
          ...usualValues,
          ...(p.shownIf ? { [p.shownIf.parameter]: shownBy(path, p.shownIf) } : {}),
          [name]: edge,
        },
      })),
    ),
  ];
  return { samples: all, missing };
}

function shownBy(path: GoldenPath, on: NonNullable<Parameter['shownIf']>): Json {
  const value = on.is[0] ?? '';
  const type = path.parameters.properties[on.parameter]?.type;
  return type === 'boolean' ? value === 'true' : type === 'array' ? [value] : value;
}

/** A sample as the form would give it; undefined when the parameters refuse it. */
export function taken(path: GoldenPath, sample: Sample): Values | undefined {
  const read = readValues(path, sample.values);
  return read.ok ? read.values : undefined;
}

/** A team whose name is as long as one may be: names made from it and from others show when they become too long. */
export const longTeam = `Team ${'x'.repeat(55)}`;

/** The facts around a sample: somebody of a team, on some day. */
export const sampleFacts = (path: GoldenPath, params: Values, change: Partial<Facts> = {}): Facts => ({
  path,
  params,
  request: { number: 1_000_000 },
  resource: {
    slug: 'r1000000',
    name: typeof params.name === 'string' ? params.name : 'sample',
    state: 'active',
    ageDays: 1,
  },
  person: { name: 'Sample Person', email: 'sample.person@example.com', teams: ['Sample Team'], roles: ['developer'] },
  team: { name: 'Sample Team', quotaLeft: 5, budgetLeftCents: 100_000 },
  environment: 'dev',
  verb: 'create',
  today: '2030-01-01',
  ...change,
});

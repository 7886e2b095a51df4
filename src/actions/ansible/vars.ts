import type { Json } from '../../core/kernel/inbound.ts';

/*
 * Ansible takes strings in variables for templates, also those that a person typed: `{{ lookup('pipe', 'id') }}` would run.
 * So every string is marked !unsafe, which JSON can't say. It is YAML of one line, all escaped.
 */

const escaped = (text: string): string =>
  `"${[...text.toWellFormed()]
    .map((c) => {
      const code = c.codePointAt(0) as number;
      return code < 0x20 || code > 0x7e || c === '"' || c === '\\' ? `\\U${code.toString(16).padStart(8, '0')}` : c;
    })
    .join('')}"`;

/** A value as YAML whose strings are what they are, and never templates. */
export function unsafeYaml(value: Json): string {
  if (typeof value === 'string') return `!unsafe ${escaped(value)}`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(unsafeYaml).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([k, v]) => `${escaped(k)}: ${unsafeYaml(v)}`)
    .join(', ')}}`;
}

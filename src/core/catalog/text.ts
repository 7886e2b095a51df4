import type { Json } from '../kernel/inbound.ts';
import { Problem } from '../kernel/problem.ts';
import { evaluate, faultOf, type Names } from './expression.ts';
import type { Scope } from './facts.ts';

/*
 * A text of a template: `${{ expression }}` stands for a value, `$${{` for the three characters themselves. A text that
 * is one expression and nothing else is the expression's value, with its type; with words around it, it is a text.
 */
type Part = { readonly text: string } | { readonly expression: string };

/** The parts of a text. An expression ends at the first `}}` outside of its own quotes and braces. */
function parts(source: string): readonly Part[] | undefined {
  const found: Part[] = [];
  let text = '';
  let at = 0;
  while (at < source.length) {
    if (source.startsWith('$${{', at)) {
      text += '${{';
      at += 4;
    } else if (source.startsWith('${{', at)) {
      const end = endOf(source, at + 3);
      if (end === undefined) return undefined;
      if (text) found.push({ text });
      text = '';
      found.push({ expression: source.slice(at + 3, end).trim() });
      at = end + 2;
    } else {
      text += source[at];
      at += 1;
    }
  }
  if (text || found.length === 0) found.push({ text });
  return found;
}

function endOf(source: string, from: number): number | undefined {
  let quote = '';
  let braces = 0;
  for (let at = from; at < source.length; at += 1) {
    const c = source[at] as string;
    if (quote) {
      if (c === '\\') at += 1;
      else if (c === quote) quote = '';
    } else if (c === '"' || c === "'") quote = c;
    else if (c === '{') braces += 1;
    else if (c === '}' && braces > 0) braces -= 1;
    else if (c === '}' && source[at + 1] === '}') return at;
  }
  return undefined;
}

const open = `“\${{” is not closed by “}}”`;

/** What is wrong with the expressions in a text. */
export function textFault(source: string, names: Names): string | undefined {
  if (!source.includes('${{')) return undefined;
  const found = parts(source);
  if (!found) return open;
  for (const part of found) {
    const fault = 'expression' in part ? faultOf(part.expression, names) : undefined;
    if (fault) return `in “\${{ ${'expression' in part ? part.expression : ''} }}”, ${fault}`;
  }
  return undefined;
}

/** A text with the values in their places. */
export function fill(source: string, scope: Scope, where: string, variables: readonly string[] = []): Json {
  if (!source.includes('${{')) return source;
  const found = parts(source);
  if (!found) throw new Problem('expression_failed', `${where}: ${open}. The owner of the path has to correct it.`);
  const [only] = found;
  if (found.length === 1 && only && 'expression' in only) return evaluate(only.expression, scope, where, variables);
  return found
    .map((part) => ('text' in part ? part.text : scalar(evaluate(part.expression, scope, where, variables), where)))
    .join('');
}

function scalar(value: Json, where: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Problem(
    'expression_failed',
    `${where} can’t be worked out: ${value === null ? 'nothing' : 'a list or a map'} can’t stand inside a text. Nothing was done. The owner of the path has to correct it.`,
  );
}

/** As `fill`, for what people read: whatever it gives becomes a text. */
export function sentence(source: string, scope: Scope, where: string): string {
  const value = fill(source, scope, where);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

import { styleText } from 'node:util';
import { commandOf } from '../core/diagnosis/fixes.ts';
import type { Changed, Ref, Verdict } from '../core/diagnosis/index.ts';
import type { Span, Text } from '../core/kernel/text.ts';

/** The form that programs read; it does not change within a version. */
export const asJson = (verdicts: readonly Verdict[]): string =>
  `${JSON.stringify(
    verdicts.map((v) => ({
      code: v.code,
      severity: v.severity,
      object: { kind: v.object.kind, namespace: v.object.namespace, name: v.object.name },
      summary: wordsOf(v.summary),
      evidence: [
        ...v.evidence.map((e) => `${named(e.on)} ${e.path}: ${e.says}`),
        ...v.affected.map((ref) => `${named(ref)} is affected`),
        ...changesOf(v.changed),
        v.blast.text,
      ],
      fixes: v.fixes.map(({ title, kind, patch, command }) =>
        patch === undefined ? { title, kind, command } : { title, kind, patch },
      ),
    })),
    undefined,
    2,
  )}\n`;

const named = ({ kind, namespace, name }: Ref): string => `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;

const wordsOf = (text: Text): string => text.map((span) => spanWords(span)).join('');
const spanWords = (span: Span): string => ('text' in span ? span.text : '');

function changesOf(changed: Changed | undefined): readonly string[] {
  if (changed === undefined) return [];
  return changed.changes.map(
    ({ path, before, after }) =>
      `revision ${changed.to} changed ${path}: ${before ?? '(nothing)'} → ${after ?? '(nothing)'}`,
  );
}

type Paint = (style: 'red' | 'yellow' | 'green' | 'cyan' | 'bold' | 'dim', words: string) => string;

/** What a person reads in a terminal. */
export function asText(verdicts: readonly Verdict[], objects: number, colours: boolean): string {
  const paint: Paint = (style, words) => (colours ? styleText(style, words, { validateStream: false }) : words);
  if (verdicts.length === 0)
    return `${paint('green', 'All is well')}: nothing fails among ${objects} ${objects === 1 ? 'object' : 'objects'}.\n`;
  const critical = verdicts.filter((v) => v.severity === 'critical').length;
  const count = `${verdicts.length} ${verdicts.length === 1 ? 'finding' : 'findings'}${critical > 0 ? `, ${critical} critical` : ''}, in ${objects} objects.`;
  return `${verdicts.map((v) => section(v, paint)).join('\n')}\n${paint('bold', count)}\n`;
}

function section(v: Verdict, paint: Paint): string {
  const mark = v.severity === 'critical' ? paint('red', '✗ critical') : paint('yellow', '! warning');
  const lines = [
    `${mark}  ${paint('bold', named(v.object))}  ${paint('dim', v.code)}`,
    `  ${v.summary.map((span) => (span.kind === 'code' ? paint('cyan', span.text) : spanWords(span))).join('')}`,
    `  ${v.blast.text}`,
    ...(v.confidence === 'certain' ? [] : [paint('dim', `  ${sure[v.confidence]}`)]),
    ...(v.near.length === 0 ? [] : [`  Near: ${v.near.join(', ')}`]),
    ...(v.affected.length === 0 ? [] : [`  Affected: ${v.affected.map(named).join(', ')}`]),
    ...changes(v.changed, paint),
    paint('dim', '  Evidence'),
    ...v.evidence.flatMap((e) => [paint('dim', `    ${named(e.on)} ${e.path}`), ...indented(e.says, 6)]),
    ...(v.fixes.length === 0 ? [] : [paint('dim', '  What mends it')]),
    ...v.fixes.flatMap((fix) => [`    ${fix.title}`, ...indented(commandOf(fix), 6)]),
    ...(v.managedBy === undefined
      ? []
      : [`  ${v.managedBy} manages it and would undo a change by hand: change it where ${v.managedBy} takes it from.`]),
  ];
  return `${lines.join('\n')}\n`;
}

const sure = {
  likely: 'Likely: it follows from several things, none of which says so by itself.',
  unclear: 'Not recognised: what the cluster says is quoted as it is.',
} as const;

const indented = (words: string, by: number): readonly string[] =>
  words.split('\n').map((line) => `${' '.repeat(by)}${line}`);

function changes(changed: Changed | undefined, paint: Paint): readonly string[] {
  if (changed === undefined) return [];
  const against = changed.knownGood ? `revision ${changed.from}, which works` : `revision ${changed.from}`;
  return [
    paint('dim', `  What revision ${changed.to} changed against ${against}`),
    ...changed.changes.map(
      ({ path, before, after }) => `    ${path}: ${before ?? '(nothing)'} → ${after ?? '(nothing)'}`,
    ),
  ];
}

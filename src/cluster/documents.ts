import { CORE_SCHEMA, loadAll, mergeTag, YAMLException } from 'js-yaml';
import { Problem } from '../core/kernel/problem.ts';

type Obj = { readonly [key: string]: unknown };

/**
 * The objects in what `kubectl get -o yaml` or `-o json` printed: several documents, lists, lists of lists. `source`
 * names the file in what is said about it.
 */
export function objectsIn(text: string, source: string): readonly Obj[] {
  const plain = text.replace(/^\uFEFF/, '');
  if (plain.trim() === '')
    throw new Problem(
      'input_empty',
      `${source} is empty: there is nothing to diagnose. Did the command before it fail? Try: kubectl get deploy,rs,pod,event -o yaml | groundcrew diagnose -f -`,
    );
  return documents(plain, source).flatMap((document, i) => itemsOf(document, source, i + 1));
}

/** Parsed documents. YAML is read by js-yaml, ten times as quick as the library that we use for settings. */
function documents(text: string, source: string): readonly unknown[] {
  if (/^\s*[{[]/.test(text)) {
    const found = json(text);
    if (found !== undefined) return found;
  }
  try {
    return yaml(text);
  } catch (error) {
    // The output of two commands, one after the other, without a line between: kubectl begins each with apiVersion.
    if (error instanceof YAMLException && /duplicated mapping key/.test(error.reason)) {
      const parted = text.replace(/^apiVersion:/gm, '---\n$&');
      try {
        return yaml(parted);
      } catch {
        throw unreadable(error, source);
      }
    }
    throw unreadable(error, source);
  }
}

const schema = CORE_SCHEMA.withTags(mergeTag);
const yaml = (text: string): readonly unknown[] =>
  loadAll(text, { schema }).filter((document) => document !== null && document !== undefined);

/** One JSON document, or several: one after the other as kubectl prints them, or one a line. */
function json(text: string): readonly unknown[] | undefined {
  for (const parts of [[text], text.split(/(?<=^\})\s*$(?=\s*^\{)/m), text.trim().split('\n')])
    try {
      return parts.map((part) => JSON.parse(part) as unknown);
    } catch {
      // Then it is written in one of the other ways, or it is YAML that begins with a bracket.
    }
  return undefined;
}

function unreadable(error: unknown, source: string): Problem {
  const mark = error instanceof YAMLException ? error.mark : undefined;
  const where = mark === undefined ? '' : `, line ${mark.line + 1}`;
  const why = error instanceof YAMLException ? error.reason : 'it is nested too deeply, or is no text';
  return new Problem(
    'input_unreadable',
    `${source}${where} is neither YAML nor JSON: ${why}. Was it cut off? Give what kubectl get … -o yaml or -o json prints.`,
    { cause: error },
  );
}

function itemsOf(document: unknown, source: string, number: number, depth = 0): readonly Obj[] {
  if (Array.isArray(document) && depth === 0) return document.flatMap((d) => itemsOf(d, source, number, 1));
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw notAnObject(
      source,
      number,
      `it is ${Array.isArray(document) ? 'a list' : `the text “${String(document).slice(0, 80)}”`}`,
    );
  const o = document as Obj;
  if (typeof o.kind !== 'string') throw notAnObject(source, number, 'it has no kind');
  if (!o.kind.endsWith('List') || !Array.isArray(o.items)) return [o];
  // The items of a typed list, such as PodList, do not say their kind again.
  const { apiVersion, kind } = o;
  const of = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) };
  return (o.items as readonly unknown[]).flatMap((item) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return [];
    return itemsOf({ ...of, ...item }, source, number, depth + 1);
  });
}

const notAnObject = (source: string, number: number, why: string): Problem =>
  new Problem(
    'input_not_kubernetes',
    `Document ${number} of ${source} is no Kubernetes object: ${why}. Give what kubectl get … -o yaml or -o json prints.`,
  );

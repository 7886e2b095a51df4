import { entry } from '../read.ts';

type Labels = ReadonlyMap<string, string>;
type Test = (labels: Labels) => boolean;

const token =
  /\s*(?:(&&|\|\||==|!=|!|\(|\)|\{|\}|,)|(not\s+in|in|contains|starts\s+with|ends\s+with)(?![\w./-])|(all|global|has)\s*\(|"([^"]*)"|'([^']*)'|([A-Za-z0-9_][\w./-]*))/y;
type Token = { readonly kind: 'sign' | 'word' | 'call' | 'text' | 'label'; readonly is: string };

/** The longest that is read, and so deep. */
const longest = 2_000;
const deepest = 20;

/** Whether labels meet a selector as Calico writes it; `undefined`: it is in words that we do not know. */
export function meetsSelector(selector: string, labels: Labels): boolean | undefined {
  const tokens = tokensOf(selector);
  if (tokens === undefined) return undefined;
  if (tokens.length === 0) return true;
  const reader = { tokens, at: 0 };
  const test = either(reader, 0);
  return test === undefined || reader.at < tokens.length ? undefined : test(labels);
}

function tokensOf(selector: string): readonly Token[] | undefined {
  if (selector.length > longest) return undefined;
  const written = selector.trim();
  const tokens: Token[] = [];
  for (token.lastIndex = 0; token.lastIndex < written.length; ) {
    const [, sign, word, call, double, single, label] = token.exec(written) ?? [];
    if (sign !== undefined) tokens.push({ kind: 'sign', is: sign });
    else if (word !== undefined) tokens.push({ kind: 'word', is: word.replace(/\s+/, ' ') });
    else if (call !== undefined) tokens.push({ kind: 'call', is: call });
    else if (label !== undefined) tokens.push({ kind: 'label', is: label });
    else if (double !== undefined || single !== undefined) tokens.push({ kind: 'text', is: double ?? single ?? '' });
    else return undefined;
  }
  return tokens;
}

type Reader = { readonly tokens: readonly Token[]; at: number };

/** The next word, if it is of that kind, and that one. */
function take(r: Reader, kind: Token['kind'], is?: string): string | undefined {
  const next = r.tokens[r.at];
  if (next?.kind !== kind || (is !== undefined && next.is !== is)) return undefined;
  r.at += 1;
  return next.is;
}

const either = (r: Reader, depth: number): Test | undefined => joined(r, depth, '||', both);
const both = (r: Reader, depth: number): Test | undefined => joined(r, depth, '&&', single);

function joined(r: Reader, depth: number, sign: '||' | '&&', part: typeof single): Test | undefined {
  const tests: Test[] = [];
  do {
    const test = part(r, depth);
    if (test === undefined) return undefined;
    tests.push(test);
  } while (take(r, 'sign', sign) !== undefined);
  return (labels) => (sign === '||' ? tests.some((t) => t(labels)) : tests.every((t) => t(labels)));
}

function single(r: Reader, depth: number): Test | undefined {
  if (depth > deepest) return undefined;
  if (take(r, 'sign', '!') !== undefined) {
    const test = single(r, depth + 1);
    return test && ((labels) => !test(labels));
  }
  if (take(r, 'sign', '(') !== undefined) {
    const test = either(r, depth + 1);
    return take(r, 'sign', ')') === undefined ? undefined : test;
  }
  const call = take(r, 'call');
  if (call !== undefined) {
    const label = call === 'has' ? take(r, 'label') : undefined;
    if (take(r, 'sign', ')') === undefined || (call === 'has') !== (label !== undefined)) return undefined;
    // `global()` is about what is in no namespace, which a pod never is.
    return (labels) => (label === undefined ? call === 'all' : labels.has(label));
  }
  const label = take(r, 'label');
  return label === undefined ? undefined : comparison(r, label);
}

function comparison(r: Reader, label: string): Test | undefined {
  const sign = take(r, 'sign') ?? take(r, 'word') ?? '';
  const values = sign === 'in' || sign === 'not in' ? setOf(r) : [take(r, 'text')];
  const compare = entry(comparisons, sign);
  if (compare === undefined || values === undefined || values.includes(undefined)) return undefined;
  return (labels) => compare(labels.get(label), values as readonly string[]);
}

const comparisons: Readonly<Record<string, (is: string | undefined, values: readonly string[]) => boolean>> = {
  '==': (is, [value]) => is === value,
  '!=': (is, [value]) => is !== value,
  in: (is, values) => is !== undefined && values.includes(is),
  'not in': (is, values) => is === undefined || !values.includes(is),
  contains: (is, [value = '']) => is?.includes(value) ?? false,
  'starts with': (is, [value = '']) => is?.startsWith(value) ?? false,
  'ends with': (is, [value = '']) => is?.endsWith(value) ?? false,
};

function setOf(r: Reader): readonly (string | undefined)[] | undefined {
  if (take(r, 'sign', '{') === undefined) return undefined;
  const values: (string | undefined)[] = [];
  while (take(r, 'sign', '}') === undefined) {
    values.push(take(r, 'text'));
    if (values.at(-1) === undefined) return undefined;
    take(r, 'sign', ',');
  }
  return values;
}

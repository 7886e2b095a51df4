export type DiffLine = { readonly sign: ' ' | '-' | '+' | '⋯'; readonly text: string };

/** Comparing everything with everything costs the product of both lengths; beyond this only both ends are compared. */
const cells = 250_000;
/** Unchanged lines shown around a change. */
const around = 2;

/** What changed from one text to another, line by line, with two lines around each change. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const a = before === '' ? [] : before.split('\n');
  const b = after === '' ? [] : after.split('\n');
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail])
    tail += 1;
  const same = (text: string): DiffLine => ({ sign: ' ', text });
  return fold([
    ...a.slice(0, head).map(same),
    ...changes(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...a.slice(a.length - tail).map(same),
  ]);
}

function changes(a: readonly string[], b: readonly string[]): readonly DiffLine[] {
  const gone = (text: string): DiffLine => ({ sign: '-', text });
  const come = (text: string): DiffLine => ({ sign: '+', text });
  if (a.length * b.length > cells) return [...a.map(gone), ...b.map(come)];
  // lengths[i][j]: the longest common run of lines of a from i and b from j.
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      (lengths[i] as Uint32Array)[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      lines.push({ sign: ' ', text: a[i] as string });
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) {
      lines.push(gone(a[i] as string));
      i += 1;
    } else {
      lines.push(come(b[j] as string));
      j += 1;
    }
  }
  return [...lines, ...a.slice(i).map(gone), ...b.slice(j).map(come)];
}

/** Leaves out what is far from every change. */
function fold(lines: readonly DiffLine[]): readonly DiffLine[] {
  const near = new Set<number>();
  for (const [i, l] of lines.entries())
    if (l.sign !== ' ') for (let k = i - around; k <= i + around; k += 1) near.add(k);
  const folded: DiffLine[] = [];
  for (const [i, l] of lines.entries()) {
    if (near.has(i)) folded.push(l);
    else if (folded.at(-1)?.sign !== '⋯') folded.push({ sign: '⋯', text: '' });
  }
  return near.size === 0 ? [] : folded;
}

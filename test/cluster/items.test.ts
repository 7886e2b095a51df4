import { expect, test } from 'vitest';
import { createItems } from '../../src/cluster/items.ts';

/** What is taken apart in pieces of so many bytes. */
function apart(bytes: Buffer, size: number) {
  const items: unknown[] = [];
  const heads: unknown[] = [];
  const list = createItems(
    (text) => items.push(JSON.parse(text)),
    () => heads.push(JSON.parse(`${list.frame()}]}`)),
  );
  for (let i = 0; i < bytes.length; i += size) list.take(bytes.subarray(i, i + size));
  return { items, heads, frame: list.frame() };
}

const hostile = [
  { metadata: { name: 'a', annotations: { brackets: '}]},{"items":[{', quotes: '"\\"\\\\', emoji: 'é – 🚀' } } },
  { metadata: { name: 'b' }, items: [{ deep: [[{}], []] }], spec: { 'it"ems': [], empty: {} } },
  {},
  { data: { '{': '[', '\\': '\\', '"items":[': '"items":[{}' } },
];

test.each([
  ['as a server writes it', JSON.stringify({ kind: 'PodList', metadata: { continue: 'x' }, items: hostile })],
  ['indented', JSON.stringify({ metadata: { continue: 'x' }, items: hostile }, null, 2)],
])('a list is the same whole and in pieces of any size: %s', (_, text) => {
  const { items: expected, ...head } = JSON.parse(text) as { items: unknown };
  const bytes = Buffer.from(text);
  for (let size = 1; size <= bytes.length; size++) {
    const { items, heads, frame } = apart(bytes, size);
    expect(items).toEqual(expected);
    expect(heads).toEqual([{ ...head, items: [] }]);
    expect(JSON.parse(frame)).toEqual({ ...head, items: [] });
  }
});

test('what stands behind the items belongs to the list, and another array is not the items', () => {
  const text = JSON.stringify({ columns: [{ name: 'x' }], items: [{ a: 1 }], metadata: { continue: 'x' } });
  for (const size of [1, 7, 1000]) {
    const { items, frame } = apart(Buffer.from(text), size);
    expect(items).toEqual([{ a: 1 }]);
    expect(JSON.parse(frame)).toEqual({ columns: [{ name: 'x' }], items: [], metadata: { continue: 'x' } });
  }
});

test('an answer that is no list is handed back as it is', () => {
  const status = JSON.stringify({ kind: 'Status', message: 'pods is forbidden: "x" {[', details: { causes: [{}] } });
  for (const text of [status, '<html>502 {[" Bad Gateway</html>', '', 'null', '[]', '{"items":null}'])
    expect(apart(Buffer.from(text), 5)).toEqual({ items: [], heads: [], frame: text });
});

/** Looking into cards: they are plain JSON. */
export type Node = { readonly [key: string]: unknown };
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** Every node of a card, with what stands in for others where `fallbacks` says so. */
export function nodesIn(value: unknown, fallbacks = true): readonly Node[] {
  const found: Node[] = [];
  const rest: unknown[] = [value];
  while (rest.length > 0) {
    const next = rest.shift();
    if (!isNode(next)) continue;
    if (!Array.isArray(next)) found.push(next);
    rest.push(...Object.entries(next).flatMap(([key, v]) => (key === 'fallback' && !fallbacks ? [] : [v])));
  }
  return found;
}

export const ofType = (card: unknown, type: string): readonly Node[] =>
  nodesIn(card, false).filter((n) => n.type === type);

/** The lines of text in a card, in the order of reading; `TextBlock`s as their Markdown. */
export function linesIn(value: unknown): readonly string[] {
  if (!isNode(value)) return [];
  if (Array.isArray(value)) return value.flatMap(linesIn);
  if (value.type === 'RichTextBlock' && Array.isArray(value.inlines))
    return [value.inlines.map((run: unknown) => (isNode(run) ? String(run.text) : '')).join('')];
  if (value.type === 'TextBlock') return [String(value.text)];
  return Object.entries(value).flatMap(([key, v]) => (key === 'fallback' ? [] : linesIn(v)));
}

/** The buttons and submits of a card, in order. */
export const actionsIn = (card: unknown): readonly Node[] =>
  nodesIn(card, false).filter(
    (n) => typeof n.type === 'string' && n.type.startsWith('Action.') && n.type !== 'Action.OpenUrl',
  );

/** The card of a message that was posted. */
export const cardOf = (message: { readonly attachments: readonly { readonly content?: unknown }[] } | undefined) =>
  message?.attachments[0]?.content as Node | undefined;
export const inputsIn = (card: unknown): readonly Node[] =>
  nodesIn(card, false).filter((n) => typeof n.type === 'string' && n.type.startsWith('Input.'));

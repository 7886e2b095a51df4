import type { Block } from '../core/kernel/index.ts';
import { buttonRow } from './buttons.ts';
import type { Element } from './card.ts';
import { LIMITS } from './limits.ts';
import { cut, oneLine, type Pen } from './pen.ts';
import { line } from './rich-text.ts';

type Fold = Extract<Block, { kind: 'fold' }>;

/**
 * A title that opens and shuts what is under it. The title itself is pressed, so the fold takes none of the few buttons
 * that a row may have. `more` stands inside, and only when even a card had to leave something out.
 */
export function fold(pen: Pen, b: Fold, drawn: (blocks: Fold['blocks']) => readonly Element[]): readonly Element[] {
  const id = `fold-${pen.folds.length + 1}`;
  pen.folds.push(id);
  const [shut, open] = [`${id}-shut`, `${id}-open`];
  const title = cut(pen, 'fold', oneLine(b.title), LIMITS.title);
  const whole = pen.cuts.length;
  const inside = drawn(b.blocks);
  const cuts = pen.cuts.length > whole;
  // What `more` leads to is not lost.
  if (cuts && b.more) pen.cuts.length = whole;
  if (inside.length === 0) return [];
  const sign = { color: 'Accent', weight: 'Bolder' } as const;
  return [
    {
      type: 'ColumnSet',
      selectAction: { type: 'Action.ToggleVisibility', title, targetElements: [shut, open, id] },
      columns: [
        {
          type: 'Column',
          width: '20px',
          items: [line('▸', sign, { id: shut }), line('▾', sign, { id: open, isVisible: false })],
        },
        { type: 'Column', width: 'stretch', items: [line(title, sign)] },
      ],
    },
    {
      type: 'Container',
      id,
      isVisible: false,
      spacing: 'Small',
      items: [...inside, ...buttonRow(pen, cuts && b.more ? [b.more] : [])],
    },
  ];
}

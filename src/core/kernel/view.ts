import type { Chart } from './chart.ts';
import type { Text } from './text.ts';

/** What a button sends back: held by clients, so a press is parsed and authorised again every time. */
export type Press = { readonly name: string; readonly value: string };

export type Button = {
  readonly label: string;
  readonly press: Press;
  readonly tone?: 'primary' | 'danger';
  /** A question asked before the press is sent. */
  readonly confirm?: string;
  /** The press is answered with a form. Teams must know beforehand: only such a button can open a dialog. */
  readonly opens?: 'form';
};

export type Step = {
  readonly label: string;
  readonly state: 'done' | 'doing' | 'todo' | 'failed';
  /** How long it took or has been taking, in whole seconds. */
  readonly seconds?: number;
  readonly note?: string;
};

export type Item = { readonly title: Text; readonly note?: Text; readonly buttons?: readonly Button[] };

/** What may also stand inside a fold: it is read, not used. */
type Read =
  | { readonly kind: 'text'; readonly text: Text }
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [label: string, value: Text])[] }
  | { readonly kind: 'steps'; readonly steps: readonly Step[] }
  | { readonly kind: 'code'; readonly language: string; readonly text: string }
  | { readonly kind: 'diff'; readonly before: string; readonly after: string };
export type Folded = Read | { readonly kind: 'items'; readonly items: readonly Omit<Item, 'buttons'>[] };

/** Blocks are named for what they mean; each platform draws its best version. */
export type Block =
  | Read
  | { readonly kind: 'notice'; readonly tone: 'info' | 'good' | 'warn' | 'bad'; readonly text: Text }
  /** Small and muted: who did it, when, what to do if it is wrong. */
  | { readonly kind: 'note'; readonly text: Text }
  | { readonly kind: 'quote'; readonly text: Text }
  /** Figures as a picture, with their table: native in Teams, drawn here for Slack. */
  | { readonly kind: 'chart'; readonly chart: Chart }
  /**
   * A picture that stands on the web, over https, and what it shows, in words. The platforms load it themselves, so where
   * that would cost the whole message if it failed (Slack’s whispers) it is a link.
   */
  | { readonly kind: 'picture'; readonly url: string; readonly alt: string }
  | { readonly kind: 'items'; readonly items: readonly Item[]; readonly more?: Button }
  | { readonly kind: 'buttons'; readonly buttons: readonly Button[] }
  /**
   * Shut until somebody opens it: a plan, a diff, long output. Slack’s messages cannot fold, so there it is a preview
   * and `more`, which the feature answers with a whisper of the whole. `more` is drawn only where something is held
   * back: a fold without it shows all of itself.
   */
  | { readonly kind: 'fold'; readonly title: string; readonly blocks: readonly Folded[]; readonly more?: Button };

/**
 * One message or page. `id` names the kind of view (a platform may draw it natively), `summary` is what a
 * notification and a screen reader say.
 */
export type View = {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly blocks: readonly Block[];
};

/** A table with one entry per kind and no `default`: a new kind breaks the build exactly where it must be learnt. */
export type Draw<T extends { kind: string }, Out, Extra extends readonly unknown[] = []> = {
  readonly [K in T['kind']]: (x: Extract<T, { kind: K }>, ...extra: Extra) => Out;
};

export function draw<T extends { kind: string }, Out, Extra extends readonly unknown[] = []>(
  table: Draw<T, Out, Extra>,
  x: T,
  ...extra: Extra
): Out {
  return table[x.kind as T['kind']](x as never, ...extra);
}

/** Every text of a view, in reading order: what must be resolved (people, places) before it is drawn. */
export function textsOf(view: View): readonly Text[] {
  return view.blocks.flatMap((block) => draw(texts, block));
}

const texts: Draw<Block, readonly Text[]> = {
  text: (b) => [b.text],
  notice: (b) => [b.text],
  note: (b) => [b.text],
  quote: (b) => [b.text],
  facts: (b) => b.rows.map(([, value]) => value),
  steps: () => [],
  chart: () => [],
  picture: () => [],
  items: (b) => b.items.flatMap((i) => (i.note ? [i.title, i.note] : [i.title])),
  code: () => [],
  diff: () => [],
  buttons: () => [],
  fold: (b) => b.blocks.flatMap((each) => draw<Block, readonly Text[]>(texts, each)),
};

/**
 * Every button of a view, save the `more` of a fold, which is drawn only where it is needed: what a contract test
 * compares between the two renderings.
 */
export function buttonsOf(view: View): readonly Button[] {
  return view.blocks.flatMap((b) =>
    b.kind === 'buttons'
      ? b.buttons
      : b.kind === 'items'
        ? [...b.items.flatMap((i) => i.buttons ?? []), ...(b.more ? [b.more] : [])]
        : [],
  );
}

import { combobox } from '../combobox.ts';
import { h } from '../dom.ts';
import type { Choice, Json } from '../wire.ts';
import { chartElements } from './charts.ts';
import { type AdaptiveCards, cards } from './library.ts';

/** What Teams draws and Microsoft's published renderer lacks, as far as our cards use it. */

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const rows = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

class HorizontalBars extends cards.CardElement {
  private title = '';
  private data: readonly { readonly label: string; readonly count: number }[] = [];

  override getJsonTypeName(): string {
    return 'Chart.HorizontalBar';
  }
  protected override internalParse(source: Json, context: AdaptiveCards.SerializationContext): void {
    super.internalParse(source, context);
    this.title = text(source.title);
    this.data = rows(source.data).map((each) => ({ label: String(each.x ?? ''), count: Number(each.y) || 0 }));
  }
  protected override internalRender(): HTMLElement {
    const counts = this.data.map((each) => each.count);
    const low = Math.min(0, ...counts);
    const high = Math.max(low < 0 ? 0 : 1, ...counts);
    const at = (count: number) => (100 * (count - low)) / (high - low);
    return h(
      'figure',
      { class: 'bars' },
      this.title && h('figcaption', {}, this.title),
      this.data.map(({ label, count }) => {
        const bar = h('span', { class: 'bar' });
        bar.style.width = `${Math.abs(at(count) - at(0))}%`;
        bar.style.marginInlineStart = `${Math.min(at(count), at(0))}%`;
        return h(
          'div',
          { class: 'bar-row' },
          h('span', {}, label),
          h('span', { class: 'bar-track' }, bar),
          h('b', {}, count),
        );
      }),
    );
  }
}

class CodeBlock extends cards.CardElement {
  private code = '';
  private language = '';

  override getJsonTypeName(): string {
    return 'CodeBlock';
  }
  protected override internalParse(source: Json, context: AdaptiveCards.SerializationContext): void {
    super.internalParse(source, context);
    this.code = text(source.codeSnippet);
    this.language = text(source.language);
  }
  protected override internalRender(): HTMLElement {
    const lines = this.code.split('\n');
    return h(
      'figure',
      { class: 'code-block' },
      h('figcaption', {}, this.language === 'PlainText' ? 'Text' : this.language || 'Text'),
      h(
        'pre',
        { tabindex: 0 },
        h('span', { class: 'line-numbers', 'aria-hidden': 'true' }, lines.map((_, nth) => nth + 1).join('\n')),
        h('code', {}, this.code),
      ),
    );
  }
}

/** The renderer's own takes an empty number for a wrong one as soon as it has a limit, even when it need not be filled. */
class NumberInput extends cards.NumberInput {
  override get value(): number | undefined {
    const value = super.value;
    return value === undefined || Number.isNaN(value) ? undefined : value;
  }
}

export type Search = (dataset: string, typed: string) => Promise<readonly Choice[]>;

/** A list that is searched as one types: `Input.ChoiceSet` with `choices.data`. */
const searchInput = (search: Search) =>
  class SearchInput extends cards.Input {
    private dataset = '';
    private placeholder = '';
    private chosen: readonly Choice[] = [];

    override getJsonTypeName(): string {
      return 'Input.Search';
    }
    protected override internalParse(source: Json, context: AdaptiveCards.SerializationContext): void {
      super.internalParse(source, context);
      const known = rows(source.choices).map((each) => ({ title: text(each.title), value: text(each.value) }));
      const values = text(source.value).split(',');
      this.dataset = isObject(source['choices.data']) ? text(source['choices.data'].dataset) : '';
      this.placeholder = text(source.placeholder);
      this.chosen = known.filter((each) => values.includes(each.value));
    }
    protected override internalRender(): HTMLElement {
      return combobox({
        label: this.label ?? 'Search',
        placeholder: this.placeholder || 'Type to search',
        chosen: this.chosen,
        many: false,
        from: 1,
        find: (typed) => search(this.dataset, typed),
        onChange: (chosen) => {
          this.chosen = chosen;
          this.valueChanged();
        },
      });
    }
    override isSet(): boolean {
      return this.chosen.length > 0;
    }
    override focus(): void {
      this.renderedElement?.querySelector('input')?.focus();
    }
    override get value(): string | undefined {
      return this.chosen[0]?.value;
    }
  };

/** Reads cards with the extras among what is known. */
export function contextFor(search: Search): AdaptiveCards.SerializationContext {
  const registry = new cards.CardObjectRegistry<AdaptiveCards.CardElement>();
  cards.GlobalRegistry.populateWithDefaultElements(registry);
  registry.register('Chart.HorizontalBar', HorizontalBars);
  for (const [type, element] of chartElements) registry.register(type, element);
  registry.register('CodeBlock', CodeBlock);
  registry.register('Input.Number', NumberInput);
  registry.register('Input.Search', searchInput(search));
  const context = new cards.SerializationContext();
  context.setElementRegistry(registry);
  return context;
}

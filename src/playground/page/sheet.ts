import { h, newId } from './dom.ts';
import { icon } from './icons.ts';

export type Sheet = {
  readonly element: HTMLElement;
  readonly title: HTMLElement;
  /** What can scroll, between the title and the buttons. */
  readonly body: HTMLElement;
  readonly foot: HTMLElement;
  close(): void;
};

type Options = {
  readonly kind: string;
  readonly title: string;
  readonly face?: Node;
  /** Esc, the cross, or the scrim when nothing can be lost. */
  readonly onClose: () => void;
};

const first = 'input:not([type=hidden]), textarea, select, button:not(.sheet-close), [tabindex="0"]';

/**
 * Opens a window over one of the two clients, not over the other: what lies under it can't be reached meanwhile. The
 * focus goes into it, and back when it is closed.
 */
export function openSheet(client: HTMLElement, { kind, title: words, face, onClose }: Options): Sheet {
  const before = document.activeElement;
  const id = newId();
  const title = h('h2', { id }, words);
  const body = h('div', { class: 'sheet-body' });
  const foot = h('div', { class: 'sheet-foot' });
  const cross = h(
    'button',
    { type: 'button', class: 'icon-button sheet-close', 'aria-label': 'Close', onclick: onClose },
    icon('close'),
  );
  const element = h(
    'div',
    { class: `sheet sheet-${kind}`, role: 'dialog', 'aria-modal': 'true', 'aria-labelledby': id, tabindex: -1 },
    h('header', { class: 'sheet-head' }, face ?? false, title, cross),
    body,
    foot,
  );
  const scrim = h('div', { class: 'scrim' }, element);
  scrim.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    onClose();
  });
  // A click beside the window must not take the focus out of it, where Esc is heard.
  scrim.addEventListener('pointerdown', (event) => event.target === scrim && event.preventDefault());
  const under = [...client.children].filter((each) => !each.hasAttribute('inert'));
  for (const each of under) each.toggleAttribute('inert', true);
  client.append(scrim);
  // What is inside comes in the same turn, after this call.
  queueMicrotask(() => {
    if (element.contains(document.activeElement)) return;
    (body.querySelector<HTMLElement>(first) ?? foot.querySelector<HTMLElement>(first) ?? element).focus({
      preventScroll: true,
    });
  });

  return {
    element,
    title,
    body,
    foot,
    close() {
      if (!scrim.isConnected) return;
      const held = scrim.contains(document.activeElement);
      // A field that loses the focus because it goes away reports a change: nobody is there to hear of it.
      scrim.toggleAttribute('data-closing', true);
      scrim.remove();
      for (const each of under) each.removeAttribute('inert');
      if (held && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    },
  };
}

/** Asks before something is done. */
export function confirm(
  client: HTMLElement,
  asked: {
    readonly title: string;
    readonly text: Node;
    readonly yes: string;
    readonly no: string;
    readonly danger: boolean;
  },
): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (answer: boolean) => (): void => {
      sheet.close();
      resolve(answer);
    };
    const sheet = openSheet(client, { kind: 'confirm', title: asked.title, onClose: end(false) });
    sheet.body.append(asked.text);
    sheet.foot.append(
      h('button', { type: 'button', class: 'button', onclick: end(false) }, asked.no),
      h(
        'button',
        { type: 'button', class: `button ${asked.danger ? 'button-danger' : 'button-primary'}`, onclick: end(true) },
        asked.yes,
      ),
    );
  });
}

import { isBusy, perform } from '../act.ts';
import { botAvatar } from '../avatar.ts';
import { fill, h, reconcile } from '../dom.ts';
import { icon } from '../icons.ts';
import { openSheet, type Sheet } from '../sheet.ts';
import { touch } from '../store.ts';
import type { InputAnswer, SlackView } from '../wire.ts';
import { keyedBlocks } from './blocks.ts';
import { words } from './json.ts';

type Open = {
  readonly id: string;
  readonly sheet: Sheet;
  readonly answers: Map<string, InputAnswer>;
  /** It was sent, and the answer is not on the screen yet. */
  sent: boolean;
};

/** Under each field what is wrong with it, in red. */
function showErrors(form: HTMLElement, errors: SlackView['errors']): void {
  for (const block of form.querySelectorAll<HTMLElement>('.block-input')) {
    const error = errors[block.dataset.block ?? ''];
    const slot = block.querySelector<HTMLElement>('.error');
    if (!slot || slot.dataset.error === (error ?? '')) continue;
    slot.dataset.error = error ?? '';
    slot.replaceChildren(...(error ? [icon('warn', 14), error] : []));
    block.classList.toggle('invalid', error !== undefined);
    for (const field of block.querySelectorAll('input, textarea, [role=radiogroup]'))
      field.setAttribute('aria-invalid', String(error !== undefined));
  }
}

/** Shows the modal on top of the stack, and keeps what is half-typed while it changes. */
export function createModals(client: HTMLElement) {
  let open: Open | undefined;

  const cancel = (): void => {
    if (open) void perform({ act: 'slack.cancel', view: open.id });
  };

  function show(view: SlackView): Open {
    const answers = new Map<string, InputAnswer>();
    const sheet = openSheet(client, { kind: 'modal', title: '', face: botAvatar(24), onClose: cancel });
    const form = h('form', { class: 'modal-form', id: `form-${view.id}`, novalidate: true });
    const submit = (event: SubmitEvent): void => {
      event.preventDefault();
      if (!view.view.submit && !sheet.foot.querySelector('[type=submit]')) return;
      void perform(
        { act: 'slack.submit', view: view.id, values: Object.fromEntries(answers) },
        { wait: `submit/${view.id}` },
      ).then(() => {
        if (open?.id !== view.id) return;
        open.sent = true;
        touch();
      });
    };
    form.addEventListener('submit', submit);
    sheet.body.append(h('div', { class: 'problem', role: 'alert', hidden: true }), form);
    return { id: view.id, sheet, answers, sent: false };
  }

  function draw(opened: Open, view: SlackView): void {
    const { sheet, answers } = opened;
    sheet.title.textContent = words(view.view, 'title');
    const form = sheet.body.querySelector('form') as HTMLElement;
    reconcile(form, keyedBlocks(view, { client, on: 'modal', view, answers }));
    showErrors(form, view.errors);
    const wrong = form.querySelector<HTMLElement>('.invalid :is(input, textarea)');
    if (opened.sent && wrong) {
      opened.sent = false;
      wrong.focus();
    }
    const problem = sheet.body.querySelector('.problem') as HTMLElement;
    problem.hidden = view.problem === undefined;
    if (problem.textContent !== (view.problem ?? '')) problem.textContent = view.problem ?? '';
    const [yes, no] = [words(view.view, 'submit'), words(view.view, 'close') || 'Cancel'];
    const hasInputs = form.querySelector('.block-input') !== null;
    const wait = `submit/${view.id}`;
    fill(sheet.foot, JSON.stringify([yes, no, hasInputs]), () => [
      h('button', { type: 'button', class: 'button', onclick: cancel }, no),
      (yes !== '' || hasInputs) &&
        h(
          'button',
          {
            type: 'submit',
            form: `form-${view.id}`,
            class: 'button button-primary',
            'data-busy': wait,
            'data-waiting': isBusy(wait),
          },
          h('span', {}, yes || 'Submit'),
        ),
    ]);
  }

  return (views: readonly SlackView[]): void => {
    const top = views.at(-1);
    if (open && open.id !== top?.id) {
      open.sheet.close();
      open = undefined;
    }
    if (!top) return;
    open ??= show(top);
    draw(open, top);
  };
}

import { perform } from '../act.ts';
import { botAvatar, zone } from '../avatar.ts';
import { fill, h } from '../dom.ts';
import { icon } from '../icons.ts';
import { openSheet, type Sheet } from '../sheet.ts';
import type { TeamsDialog } from '../wire.ts';
import { drawCard } from './card.ts';
import { pressInDialog, searchFrom } from './presses.ts';

const close = (): void => void perform({ act: 'teams.closeDialog' });

/** Shows the dialog that is open, and keeps what is typed as long as its card is the same. */
export function createDialogs(client: HTMLElement) {
  let open: { readonly id: string; readonly sheet: Sheet } | undefined;

  function show(dialog: TeamsDialog) {
    const sheet = openSheet(client, { kind: 'task', title: '', face: botAvatar(24), onClose: close });
    sheet.body.append(h('div', { class: 'problem', role: 'alert', hidden: true }), h('div', { class: 'task' }));
    return { id: dialog.id, sheet };
  }

  return (dialog: TeamsDialog | undefined, conversation: string): void => {
    if (open && open.id !== dialog?.id) {
      open.sheet.close();
      open = undefined;
    }
    if (!dialog) return;
    open ??= show(dialog);
    const { sheet } = open;
    sheet.title.textContent = dialog.title || 'Groundcrew';
    sheet.element.dataset.width = String(dialog.width ?? 'medium');
    const [problem, task] = sheet.body.children as unknown as [HTMLElement, HTMLElement];
    problem.hidden = dialog.error === undefined;
    if (problem.textContent !== (dialog.error ?? '')) problem.textContent = dialog.error ?? '';
    fill(task, JSON.stringify([dialog.card, dialog.url, dialog.message]), () => {
      if (dialog.message !== undefined)
        return h('p', { class: 'task-message', role: 'status' }, icon('check'), dialog.message);
      if (dialog.url !== undefined)
        return h('p', {}, 'This dialog shows a page of the app: ', h('code', {}, dialog.url));
      return drawCard(dialog.card, {
        onPress: (pressed) => pressInDialog(dialog.id, dialog.via, pressed),
        search: searchFrom(conversation),
        zone: zone(),
      });
    });
    const isDone = dialog.message !== undefined;
    fill(sheet.foot, String(isDone), () =>
      isDone ? h('button', { type: 'button', class: 'button button-primary', onclick: close }, 'Close') : false,
    );
    sheet.foot.hidden = !isDone;
  };
}

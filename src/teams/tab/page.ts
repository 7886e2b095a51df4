import type * as TeamsJs from '@microsoft/teams-js';
import { h } from '../../playground/page/dom.ts';
import { drawCard, type Pressed } from '../../playground/page/teams/card.ts';
import { type Reply, request, type Sent } from './request.ts';

/* The personal tab: the home page as a card, and what its buttons bring in a window over it. */

const teams = (globalThis as unknown as { readonly microsoftTeams: typeof TeamsJs }).microsoftTeams;
// The playground’s people are in many zones, and share a browser.
const zone = new URLSearchParams(location.search).get('zone') ?? Intl.DateTimeFormat().resolvedOptions().timeZone;

const title = h('h1', {}, 'Home');
const again = h('button', { type: 'button', class: 'plain', onclick: () => void show() }, 'Refresh');
const fault = h('p', { class: 'fault', role: 'alert', hidden: true });
const home = h('div', { class: 'home-card', 'aria-live': 'polite' }, h('p', { class: 'waiting' }, 'One moment …'));
const main = h('main', {}, h('header', {}, title, again), fault, home);
const windowTitle = h('h2', {});
const windowFault = h('p', { class: 'fault', role: 'alert', hidden: true });
const windowBody = h('div', {});
const close = h('button', { type: 'button', class: 'plain', onclick: () => over.close() }, 'Close');
const over = h('dialog', {}, h('header', {}, windowTitle, close), windowFault, windowBody);
over.setAttribute('aria-label', 'Groundcrew');
document.body.append(main, over);

const say = (where: HTMLElement, words: string | undefined): void => {
  where.hidden = words === undefined;
  where.textContent = words ?? '';
};

/** What the server answers. Never rejects: what went wrong is said where the person looks. */
async function ask(sent: Sent, where: HTMLElement) {
  const busy = where === windowFault ? over : main;
  busy.setAttribute('aria-busy', 'true');
  try {
    const answer = await request(sent, () => teams.authentication.getAuthToken());
    say(where, answer.error);
    return answer;
  } finally {
    busy.removeAttribute('aria-busy');
  }
}

const draw = (card: unknown, inWindow: boolean): HTMLElement =>
  drawCard(card, {
    zone,
    onPress: (pressed) => void press(pressed, inWindow),
    search: async (dataset, text) => (await ask({ did: 'search', dataset, text }, windowFault)).choices ?? [],
  });

async function show(): Promise<void> {
  const { replies, error } = await ask({ did: 'open' }, fault);
  const page = replies?.[0];
  if (page) {
    title.textContent = page.title;
    home.replaceChildren(draw(page.card, false));
  } else if (error !== undefined) home.querySelector('.waiting')?.remove();
}

function openWindow(heading: string, ...content: readonly (Node | string)[]): void {
  windowTitle.textContent = heading;
  windowBody.replaceChildren(...content);
  if (!over.open) over.showModal();
}

const drawn = (reply: Reply): HTMLElement => draw(reply.card, true);

async function press({ action, inputs }: Pressed, inWindow: boolean): Promise<void> {
  const carried = typeof action.data === 'object' && action.data !== null ? action.data : {};
  const verb = typeof action.verb === 'string' ? { verb: action.verb } : {};
  const sent: Sent = { did: 'press', ...verb, data: { ...carried, ...inputs } };
  const { replies, elsewhere, error } = await ask(sent, inWindow ? windowFault : fault);
  if (error !== undefined || !replies) return;
  const [first, ...rest] = replies;
  if (first) openWindow(first.title, drawn(first), ...rest.map(drawn));
  else if (elsewhere)
    openWindow('In the chat', h('p', {}, 'This needs Teams’ own list of people, so I sent the form to our chat.'));
  else openWindow('On its way', h('p', {}, 'I’m on it. What comes next is in our chat.'));
  // A form that is still open has changed nothing.
  if (first?.kind !== 'form') await show();
}

const themes: Readonly<Record<string, string>> = { default: 'light', dark: 'dark', contrast: 'contrast' };
const wear = (theme: string): void => {
  document.documentElement.dataset.theme = themes[theme] ?? 'light';
};

async function start(): Promise<void> {
  await teams.app.initialize();
  teams.app.registerOnThemeChangeHandler(wear);
  wear((await teams.app.getContext()).app.theme);
  void teams.app.notifySuccess();
  await show();
}
start().catch(() => {
  home.replaceChildren();
  say(fault, 'This page works inside of Microsoft Teams only: open the app there, and choose “Home”.');
});

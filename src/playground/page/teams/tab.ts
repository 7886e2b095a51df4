import { perform } from '../act.ts';
import { zone } from '../avatar.ts';
import { h } from '../dom.ts';
import { store } from '../store.ts';

/*
 * The app's personal tab: its page in a frame, and Teams around it. Pages talk to Teams by messages (TeamsJS): each carries
 * the name of a function and a number, and is answered with that number.
 */

type Asked = { readonly id?: number; readonly uuid?: string; readonly func?: string };

/** What TeamsJS is told of the client that it is in: which of its functions there are. */
const runtime = JSON.stringify({ apiVersion: 4, hostVersionsInfo: {}, isLegacyTeams: false, supports: {} });
const theme = (): string => {
  const dark = store.theme === 'auto' ? matchMedia('(prefers-color-scheme: dark)').matches : store.theme === 'dark';
  return dark ? 'dark' : 'default';
};
const context = () => ({
  app: { theme: theme(), locale: 'en-us', sessionId: '', host: { name: 'Teams', clientType: 'web', sessionId: '' } },
  page: { id: 'home', frameContext: 'content' },
});

const functions: Readonly<Record<string, () => Promise<readonly unknown[]>>> = {
  initialize: async () => ['content', 'web', runtime, '2.0.0'],
  getContext: async () => [{ ...context(), theme: theme(), entityId: 'home', hostName: 'Teams' }],
  'authentication.getAuthToken': async () => {
    const { token, error } = await perform({ act: 'teams.token' }, { silent: true });
    return token === undefined ? [false, error ?? 'no token'] : [true, token];
  },
};

/** The page of the app's tab for who looks at it. */
export function createTab(): HTMLIFrameElement {
  const frame = h('iframe', {
    class: 'app-tab',
    title: 'Home, a page of Groundcrew',
    src: `/tabs/home?zone=${encodeURIComponent(zone())}`,
  });
  const answer = ({ id, uuid }: Asked, args: readonly unknown[]): void =>
    frame.contentWindow?.postMessage({ id, uuid, uuidAsString: uuid, args }, location.origin);
  addEventListener('message', (event: MessageEvent<Asked>) => {
    if (event.source !== frame.contentWindow || event.origin !== location.origin) return;
    const { func } = event.data;
    if (func !== undefined && Object.hasOwn(functions, func))
      void functions[func]?.().then((args) => answer(event.data, args));
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () =>
    frame.contentWindow?.postMessage({ func: 'themeChange', args: [theme()] }, location.origin),
  );
  return frame;
}

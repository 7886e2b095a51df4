import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Door, Inbound, Platform } from '../core/kernel/index.ts';
import type { Log } from '../core/kernel/log.ts';
import { createConnector } from './connector.ts';
import { createDeliver } from './deliver.ts';
import { createDirectory } from './directory.ts';
import { type Acceptance, createHealth } from './health.ts';
import { createLimiter } from './limiter.ts';
import { createReceiver } from './receiver.ts';
import { createReferenceBook, type Known, type References } from './references.ts';
import { createReply, type Targeted } from './reply.ts';
import { createSender } from './sender.ts';
import type { SsoChecker } from './sso.ts';
import { createTab } from './tab.ts';
import { serviceUrlCheck, type TokenChecker } from './token.ts';

/** Where Microsoft's public cloud takes messages for tenants from which nothing has arrived yet. */
const publicCloud = 'https://smba.trafficmanager.net/teams/';

/** How requests are checked, and the token that our own calls carry. */
type Access =
  | { readonly check: TokenChecker; readonly token: () => Promise<string> }
  /** For local tools only: requests are taken from this machine alone, and no token is sent. */
  | { readonly check: 'unauthenticated' };

export type TeamsOptions = Access & {
  readonly appId: string;
  readonly tenantId: string;
  readonly references: References;
  readonly clock: { now(): Date };
  readonly log: Log;
  /** Told when Teams makes us wait: seconds, and `rate` (our own limiter) or `429`. */
  readonly onWait?: (seconds: number, what: string) => void;
  readonly door: () => Door;
  readonly fetch?: typeof globalThis.fetch;
  /** Checks who looks at the personal tab; absent: there is none. */
  readonly sso?: SsoChecker;
  /** Hosts that our token may go to, as in `serviceUrlCheck`; Microsoft's when absent. */
  readonly serviceUrlHosts?: readonly string[];
  /** Where to write to before anything has arrived; Microsoft's public cloud when absent, nowhere when unauthenticated. */
  readonly serviceUrl?: string;
  /** Milliseconds to wait for Teams. */
  readonly timeouts?: { readonly bulk: number; readonly interactive: number };
};

const localHosts = new Set(['127.0.0.1', '[::1]', 'localhost']);
const isLocal = (serviceUrl: string): boolean => {
  const url = URL.parse(serviceUrl);
  return url !== null && url.username === '' && url.password === '' && localHosts.has(url.hostname);
};

/** The Teams side: one HTTP route in, and everything that goes out. Throws `Problem` when it is misconfigured. */
export function createTeams(options: TeamsOptions) {
  const { appId, tenantId, clock, log, door, onWait = () => {} } = options;
  const open = options.check === 'unauthenticated';
  /** What only the authenticated form has. */
  const guard = options.check === 'unauthenticated' ? {} : { token: options.token, keys: options.check.keys };
  const connector = createConnector({
    allowed: open ? isLocal : serviceUrlCheck(options.serviceUrlHosts),
    ...('token' in guard ? { token: guard.token } : {}),
    ...(options.fetch ? { fetch: options.fetch } : {}),
    ...(options.timeouts ? { timeouts: options.timeouts } : {}),
  });
  const book = createReferenceBook(options.references, log, clock);
  const limiter = createLimiter(clock);
  const serviceUrl = options.serviceUrl ?? (open ? undefined : publicCloud);
  const sender = createSender({
    appId,
    connector,
    book,
    limiter,
    log,
    onWait,
    ...(serviceUrl === undefined ? {} : { serviceUrl }),
  });
  const targeted: Targeted = { supported: undefined };
  const { reply, put } = createReply({ sender, targeted, log });
  const directory = createDirectory({ tenantId, connector, book, sender, log });
  const access: Acceptance = {};
  const health = createHealth({ clock, targeted, access, ...guard });
  const deliver = createDeliver({ sender, book });

  function heard(known: Known, inbound: Inbound | undefined): void {
    book.keep(known);
    if (inbound && 'account' in inbound && known.reference.installed) book.saw(inbound.account, known.reference);
  }

  const receiver = createReceiver({
    tenantId,
    check: options.check === 'unauthenticated' ? options.check : options.check.check,
    clock,
    log,
    door,
    heard,
    replace: async (card, inbound) => {
      if ('origin' in inbound) await put(card, 'Sent', inbound.origin);
    },
  });

  const tab = options.sso && createTab({ check: options.sso, tenantId, clock, log, door });

  const platform: Platform = {
    name: 'teams',
    async deliver(outgoing, names) {
      const delivered = await deliver(outgoing, names);
      if (delivered.is === 'parked') access.refused = delivered.why;
      else if (delivered.is === 'done') delete access.refused;
      return delivered;
    },
    reply,
    profile: directory.profile,
    members: directory.members,
    health,
  };

  return {
    platform,
    /** POST /api/messages. */
    handle: (req: IncomingMessage, res: ServerResponse): Promise<void> => receiver.handle(req, res),
    /** The personal tab; false when the path is not its. */
    pages: async (req: IncomingMessage, res: ServerResponse): Promise<boolean> =>
      (await tab?.handle(req, res)) === true,
    async start(): Promise<void> {},
    /** Nothing new is taken; what is under way ends first. */
    async stop(): Promise<void> {
      await Promise.all([receiver.stop(), tab?.stop()]);
      await book.idle();
    },
  };
}

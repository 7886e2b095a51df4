import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Json } from '../json.ts';
import type { User } from '../types.ts';

export type Exchange = {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly url: URL;
  readonly user: User;
  readonly body: Json | undefined;
  readonly pass: (line: string, cut: () => void) => string | undefined;
};
export type Answer = { readonly status: number; readonly body: Json | string; readonly warnings?: readonly string[] };

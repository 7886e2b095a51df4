import type { Values } from '../catalog/path.ts';
import { allWithoutSecrets, looksSecret, namesSecret } from '../catalog/secrets.ts';
import type { Ctx, Json, PersonId } from '../kernel/index.ts';
import type { Store } from './keys.ts';
import type { Request } from './store.ts';

const hidden = '•••';
/** The audit is read by many and kept for long: what may be a secret never gets into it. */
function masked(name: string, value: Json): Json {
  if (typeof value === 'string') return namesSecret(name) || looksSecret(value) ? hidden : value;
  return Array.isArray(value) ? value.map((v: Json) => masked(name, v)) : value;
}
export const maskedValues = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, masked(name, value)]));

/** Writes what happened to a request into the audit. Called last in a handler: others wait for this lock. */
export const note = (
  what: string,
  request: Request,
  who: PersonId | 'groundcrew',
  ctx: Ctx<Store>,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> =>
  ctx.store.audit.append({
    at: ctx.now,
    who,
    what: `request.${what}`,
    about: `request/${request.number}`,
    details: {
      verb: request.verb,
      ...(request.operation === undefined ? {} : { operation: request.operation }),
      path: request.path,
      version: request.version,
      team: request.team,
      values: maskedValues(request.values),
      ...(request.resource === undefined ? {} : { resource: request.resource }),
      ...(request.run === undefined ? {} : { run: request.run }),
      ...allWithoutSecrets(more),
    },
  });

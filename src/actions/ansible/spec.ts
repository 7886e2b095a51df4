import { z } from 'zod';
import { operand } from '../spec.ts';

const vars = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not a name that Ansible takes'), z.json());
/** Another playbook, or other variables laid over those of the path. */
const part = z.strictObject({ playbook: operand.exactOptional(), vars: vars.default({}) });

export const ansibleSpec = z.strictObject({
  /** A file in the path's folder. It is told the verb and the thing as `groundcrew`. */
  playbook: operand,
  vars: vars.default({}),
  /** A file in the path's folder; without it, this machine. */
  inventory: operand.exactOptional(),
  verbs: z
    .strictObject({
      change: part.exactOptional(),
      restart: part.exactOptional(),
      rotate: part.exactOptional(),
      hibernate: part.exactOptional(),
      wake: part.exactOptional(),
      delete: part.exactOptional(),
    })
    .exactOptional(),
});

import { z } from 'zod';
import { operand } from '../spec.ts';

const identifier = z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, 'is not a name that Terraform takes');
const variables = z.record(identifier, z.json());
const over = z.strictObject({ variables });

export const terraformSpec = z.strictObject({
  /** The folder of a root module, in the path's folder. */
  module: operand,
  variables: variables.default({}),
  /** The workspace that holds the state; by default the resource's own name. */
  stateKey: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,89}$/i, 'write letters, digits, dashes and underscores')
    .exactOptional(),
  /** Settings of the module's backend, where each thing needs its own: then no workspace is used. */
  backendConfig: z.record(identifier, z.string()).exactOptional(),
  verbs: z
    .strictObject({
      restart: over.exactOptional(),
      rotate: over.exactOptional(),
      hibernate: over.exactOptional(),
      wake: over.exactOptional(),
    })
    .exactOptional(),
});
export type TerraformSpec = z.output<typeof terraformSpec>;

import { z } from 'zod';
import { values } from '../spec.ts';

const template = z
  .string()
  .regex(
    /^template:[a-z0-9-]+\/[a-z0-9._-]+$/i,
    'write the template’s reference, such as template:default/new-service',
  );
const part = z.strictObject({ template, values: values.default({}) });

export const backstageSpec = z.strictObject({
  template,
  values: values.default({}),
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

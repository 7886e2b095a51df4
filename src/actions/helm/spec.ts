import { z } from 'zod';
import { dnsLabel, operand, values } from '../spec.ts';

/** Values that a verb lays over the release's. */
const over = z.strictObject({ values });

export const helmSpec = z.strictObject({
  /** A folder or an archive in the path's folder, `oci://…`, or a chart's name in `repo`. */
  chart: operand,
  repo: z.url().exactOptional(),
  /** Exact; charts from elsewhere need one, so that the same order makes the same thing. */
  version: z
    .string()
    .regex(/^v?\d+\.\d+\.\d+[\w.+-]*$/, 'write an exact version, such as 1.2.3')
    .exactOptional(),
  release: dnsLabel.max(53, 'Helm takes 53 characters at most'),
  namespace: dnsLabel,
  createNamespace: z.boolean().exactOptional(),
  values: values.default({}),
  verbs: z
    .strictObject({
      restart: over.exactOptional(),
      rotate: over.exactOptional(),
      hibernate: over.exactOptional(),
      wake: over.exactOptional(),
    })
    .exactOptional(),
});
export type HelmSpec = z.output<typeof helmSpec>;

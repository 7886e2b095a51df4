import { parse } from '@cdktn/hcl2json';
import { serveHelper } from '../../helper.ts';
import type { Asked, Read } from './hcl.ts';

/* The process in which HCL is read: hcl.ts says why it has one of its own. */

serveHelper(
  ({ name, text }: Asked): Promise<Read> =>
    parse(name, text).then(
      (value) => ({ value }),
      (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
    ),
);

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failuresPage } from '../core/diagnosis/failures.ts';

/** Writes docs/failures.md anew, after a rule was changed. */
writeFileSync(join(import.meta.dirname, '../../docs/failures.md'), failuresPage());

import { z } from 'zod';
import type { PersonId } from '../kernel/index.ts';

/** The names of the presses of demos; their values are JSON. */
export const presses = {
  add: 'demo.add',
  manage: 'demo.manage',
  earlier: 'demo.earlier',
  remove: 'demo.remove',
} as const;

const number = z.int32().positive();
export const ofItem = z.object({ n: number, item: number });

export const keys = {
  agenda: (n: number) => `demo/${n}/agenda`,
  recorded: (n: number) => `demo/${n}/recorded`,
  told: (n: number, what: string, p: PersonId) => `demo/${n}/${what}/${p}`,
  look: 'demo.look',
} as const;

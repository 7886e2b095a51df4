import type { Feature } from '../kernel/index.ts';
import { asking } from './asking.ts';
import { cutOff } from './cut-off.ts';
import { fixing } from './fixing.ts';
import type { MindingStore } from './holding.ts';
import { minding } from './minding.ts';
import { watching } from './watching.ts';

/** The deployment doctor in chat: asked, and of its own accord. */
export const incidents: Feature<MindingStore> = {
  name: 'incidents',
  area: 'When something fails',
  handlers: [...asking, ...watching, ...cutOff, ...minding, ...fixing],
};

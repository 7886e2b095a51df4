import type { Feature } from '../kernel/index.ts';
import type { WithPeople } from '../people/store.ts';
import { asking } from './asking.ts';

/** The deployment doctor in chat. */
export const incidents: Feature<WithPeople> = { name: 'incidents', handlers: [...asking] };

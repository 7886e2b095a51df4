import type { Feature } from '../kernel/index.ts';
import { approving } from './approving.ts';
import { asking } from './asking.ts';
import { catalog, heard } from './catalog.ts';
import { confirming } from './confirming.ts';
import type { Store } from './keys.ts';
import { home, listing } from './listing.ts';
import { nudging } from './nudging.ts';
import { running } from './running.ts';

/** From a golden path to a running thing: asked, confirmed, approved where it must be, carried out, told. */
export const requests: Feature<Store> = {
  name: 'requests',
  area: 'Get what you need',
  handlers: [...catalog, ...asking, ...listing, ...confirming, ...approving, ...nudging, ...running],
  home,
  heard,
};

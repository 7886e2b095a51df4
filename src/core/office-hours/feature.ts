import { z } from 'zod';
import {
  type Button,
  type Effects,
  type Feature,
  onCommand,
  onPress,
  type PersonCtx,
  whisper,
} from '../kernel/index.ts';
import { after } from './after.ts';
import { listView } from './announce-view.ts';
import { hosting } from './hosting.ts';
import { joining } from './joining.ts';
import { presses, type Store } from './keys.ts';
import { making } from './making.ts';
import { press } from './parts.ts';
import { reminding } from './reminding.ts';
import { running } from './running.ts';
import { signingUp } from './signing-up.ts';

/** How many sessions a list shows. */
const page = 8;
const onHome = 3;

const newButton: Button = press('Plan office hours', presses.newSeries, {}, { opens: 'form' });

async function view(limit: number, ctx: PersonCtx<Store>) {
  const meetings = await ctx.store.officeHours.coming(ctx.now, limit);
  const may = ['platform', 'product', 'admin'].some((r) => ctx.by.roles.has(r as never));
  return listView(meetings, { person: ctx.by.id, may, team: ctx.settings.name }, may ? [newButton] : []);
}
const list = async (ctx: PersonCtx<Store>): Promise<Effects> => [whisper(await view(page, ctx))];

/** Time with the platform team: who comes when, with what, and what became of it. */
export const officeHours: Feature<Store> = {
  name: 'office-hours',
  area: 'Hear and be heard',
  handlers: [
    onCommand('office-hours', { summary: 'Talk to the platform team: when, and sign up', may: 'anyone' }, (_, ctx) =>
      list(ctx),
    ),
    onPress(presses.list, z.object({}), 'anyone', (_, ctx: PersonCtx<Store>) => list(ctx)),
    ...making,
    ...signingUp,
    ...joining,
    ...hosting,
    ...reminding,
    ...running,
    ...after,
  ],
  home: async (ctx) => {
    const { title, blocks } = await view(onHome, ctx);
    return {
      title,
      blocks: blocks.filter((b) => b.kind !== 'buttons'),
      buttons: blocks.flatMap((b) => (b.kind === 'buttons' ? b.buttons : [])),
    };
  },
};

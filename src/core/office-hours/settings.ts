import { z } from 'zod';
import { problemOf, scheduleSchema } from '../calendar/index.ts';
import type { PlaceId } from '../kernel/ids.ts';
import { kinds } from './store.ts';

/** Office hours as groundcrew.yaml keeps them, by a name of their own. `place` reads a channel as people write one. */
export const officeHoursSchema = (place: z.ZodType<PlaceId, string>) =>
  z.record(
    z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'Write a name of small letters, digits and dashes.'),
    z
      .strictObject({
        title: z.string().min(1).max(80),
        kind: z.enum(kinds).default('office-hours'),
        about: z.string().min(1).max(600).exactOptional(),
        schedule: scheduleSchema,
        minutes: z.int().min(5).max(480),
        /** How many minutes one conversation takes; without it there are no times to choose. */
        slots: z.int().min(5).max(240).exactOptional(),
        /** Whether people may come without a time. */
        queue: z.boolean().default(true),
        /** By e-mail, in the order of their turns. */
        hosts: z.array(z.email().transform((e) => e.toLowerCase())).default([]),
        link: z.string().min(1).max(500).exactOptional(),
        channels: z.array(place).default([]),
      })
      .superRefine(({ schedule, slots, minutes, queue, kind }, ctx) => {
        const problem = problemOf(schedule);
        if (problem) ctx.addIssue({ code: 'custom', path: ['schedule'], message: problem.message });
        if (slots !== undefined && slots > minutes)
          ctx.addIssue({
            code: 'custom',
            path: ['slots'],
            message: `Longer than all of it, which is ${minutes} minutes.`,
          });
        if (slots === undefined && !queue && kind === 'office-hours')
          ctx.addIssue({
            code: 'custom',
            path: ['queue'],
            message: 'Without slots and without a queue nobody could come.',
          });
      }),
  );
export type WrittenSeries = z.output<ReturnType<typeof officeHoursSchema>>[string];

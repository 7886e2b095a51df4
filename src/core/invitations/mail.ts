import { z } from 'zod';
import { methods } from '../calendar/ics.ts';

/** The action that sends a mail with an event in it. */
export const mailSend = 'mail.send';
export const mailInput = z.object({
  to: z.object({ name: z.string(), email: z.string() }),
  subject: z.string(),
  text: z.string(),
  method: z.enum(methods),
  ics: z.string(),
});
export type Mail = z.output<typeof mailInput>;
/** Whether the mail server took it; if not, in its own words why. */
export const mailResult = z.union([
  z.object({ sent: z.literal(true) }),
  z.object({ sent: z.literal(false), why: z.string() }),
]);

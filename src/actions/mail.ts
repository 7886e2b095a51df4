import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Mail, mailInput, mailSend } from '../core/invitations/mail.ts';
import type { Action } from '../core/kernel/index.ts';

export type MailOptions = {
  /** smtp://user:password@host:587, or smtps://…; nodemailer’s own options may follow as a query. */
  readonly url: string;
  readonly from: { readonly name: string; readonly email: string };
};

const connectMs = 10_000;
const answerMs = 30_000;

/** A password goes over a line that is not encrypted to our own machine only. */
function encrypted(url: string): boolean {
  const { protocol, password, hostname } = new URL(url);
  return protocol === 'smtp:' && password !== '' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

const refusal = z.object({ code: z.string().optional(), responseCode: z.number(), response: z.string().optional() });

/** What a mail server says when it will never take a message: its address, size or content. Our password is another matter. */
function refused(error: unknown): string | undefined {
  const { data } = refusal.safeParse(error);
  if (!data || data.responseCode < 500 || data.code === 'EAUTH') return undefined;
  return (data.response ?? `SMTP ${data.responseCode}`).slice(0, 300);
}

/** The same for each try of one mail: clients and servers show what has one id once. */
export const messageId = (key: string): string => `<${createHash('sha256').update(key).digest('hex')}@groundcrew>`;

/**
 * Sends a mail. SMTP has no idempotency key: when the server’s last answer is lost, or the process is killed before that
 * is marked, the mail goes out once more, with the same Message-ID and the same event in it.
 */
export const sendMail = ({ url, from }: MailOptions): Action => ({
  name: mailSend,
  async run(raw, key) {
    const mail: Mail = mailInput.parse(raw);
    const { createTransport } = await import('nodemailer');
    const transport = createTransport({
      url,
      connectionTimeout: connectMs,
      greetingTimeout: connectMs,
      socketTimeout: answerMs,
      ...(encrypted(url) ? { requireTLS: true } : {}),
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      await transport.sendMail({
        from: { name: from.name, address: from.email },
        to: { name: mail.to.name, address: mail.to.email },
        subject: mail.subject,
        text: mail.text,
        messageId: messageId(key),
        // Nobody’s out-of-office note should come back.
        headers: { 'auto-submitted': 'auto-generated' },
        icalEvent: { method: mail.method, content: mail.ics, filename: 'invite.ics' },
      });
      return { sent: true };
    } catch (error) {
      const why = refused(error);
      if (why === undefined) throw error;
      return { sent: false, why };
    } finally {
      transport.close();
    }
  },
});

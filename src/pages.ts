import type { ServerResponse } from 'node:http';

const escaped = (words: string): string =>
  words.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] as string);

const paragraphs = {
  '/': (team: string) => [
    'Groundcrew',
    `This is the chat bot of ${team}. It lives in Slack and in Microsoft Teams: ask it there for “help”.`,
  ],
  '/privacy': (team: string) => [
    'What Groundcrew keeps',
    `Groundcrew is run by ${team}, on their own machines and database. It keeps what you send to it (your feedback, what you request and what was made of it, what you bring to office hours), your name, e-mail address and time zone as Slack or Teams give them, who decided and did what, and which of its messages were delivered. Each survey says before you begin what is kept of your answers.`,
    'It reads messages that are written to it or mention it, messages that somebody sends to it by a shortcut, and reactions to its own messages. It reads nothing else that people write, and its logs hold neither names nor what people write.',
    `What you ask for goes to the systems that make it. What else ${team} may have connected is given no more than it needs: a tracker, what is on the roadmap; the mail server, invitations to those who are invited; a language model, the masked evidence of a deployment that fails.`,
    `Arrivals are forgotten after 3 days, delivered messages after 14; feedback, requests and their history stay. Ask ${team} to see or delete what is yours.`,
  ],
  '/terms': (team: string) => [
    'Terms of use',
    `Groundcrew is a tool for the colleagues of ${team}, who run it and answer for it. The software comes under the Apache License 2.0, without warranty.`,
  ],
} as const;
export type Page = keyof typeof paragraphs;
export const pages = Object.keys(paragraphs) as readonly Page[];

/** The pages that the Teams app package names, since Microsoft asks for them. `team` is from groundcrew.yaml. */
export function sendPage(res: ServerResponse, page: Page, team: string): void {
  const [title, ...rest] = paragraphs[page](team);
  const body = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>${title}</title>
<style>body{font:1.05rem/1.6 system-ui,sans-serif;max-width:38rem;margin:4rem auto;padding:0 1rem}</style>
<h1>${title}</h1>${rest.map((p) => `<p>${escaped(p)}</p>`).join('')}</html>`;
  res.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  });
  res.end(body);
}

import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Catalog, GoldenPath } from '../core/catalog/path.ts';

type Markdown = InstanceType<typeof import('markdown-it').default>;

const prefix = '/golden-paths/';

/** Loaded with the first page that somebody reads, and not by a start. */
let markdown: Markdown | undefined;
async function writer(): Promise<Markdown> {
  if (markdown) return markdown;
  const { default: MarkdownIt } = await import('markdown-it');
  // The page is read beside a chat: it loads nothing from anywhere.
  markdown = new MarkdownIt({ html: false, linkify: false }).disable('image');
  return markdown;
}

/** Only who has seen the address, in a chat, can know it: it has a part that is made of what the page says. */
const addressOf = ({ name, manual = '' }: GoldenPath): string =>
  `${prefix}${name}/${createHash('sha256').update(`${name}\n${manual}`).digest('hex').slice(0, 24)}`;

const page = (markdown: Markdown, path: GoldenPath, team: string): string => {
  const words = markdown.utils.escapeHtml(`${path.title} ${path.version}. Owned by ${path.owner}; offered by ${team}.`);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex"><title>${markdown.utils.escapeHtml(path.title)}</title>
<style>body{font:1.05rem/1.6 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem}pre{overflow:auto;padding:1rem;border:1px solid #8886;border-radius:.4rem}code{font-size:.9em}footer{margin-top:3rem;opacity:.7}</style>
<main>${markdown.render(path.manual ?? '')}</main><footer>${words}</footer></html>`;
};

/** Docs that are a file of a path's folder, as a page of ours, for as long as no other address of the catalog is known. */
export function createManuals(
  current: () => Catalog,
  options: { readonly base: () => string | undefined; readonly team: () => string },
) {
  let done: { readonly of: Catalog; readonly base: string; readonly is: Catalog } | undefined;
  return {
    /** The catalog with addresses that a chat can link to. */
    over(catalog: Catalog): Catalog {
      const base = options.base();
      if (base === undefined) return catalog;
      if (done?.of !== catalog || done.base !== base) {
        const linked = (path: GoldenPath) =>
          path.manual === undefined ? path : { ...path, docs: `${base}${addressOf(path)}` };
        done = { of: catalog, base, is: { ...catalog, paths: catalog.paths.map(linked) } };
      }
      return done.is;
    },
    /** Answers when it is one of these pages. */
    async handle(req: IncomingMessage, res: ServerResponse): Promise<boolean> {
      const [address] = (req.url ?? '').split('?', 1);
      if (req.method !== 'GET' || !address?.startsWith(prefix)) return false;
      const path = current().paths.find((p) => p.manual !== undefined && addressOf(p) === address);
      if (!path) return false;
      const body = page(await writer(), path, options.team());
      res.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-length': Buffer.byteLength(body),
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
        'referrer-policy': 'no-referrer',
      });
      res.end(body);
      return true;
    },
  };
}

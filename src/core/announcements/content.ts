import { instantOf, type Wall, wallOf } from '../calendar/index.ts';
import { type FieldErrors, type PersonCtx, safeUrl } from '../kernel/index.ts';
import { answersSchema } from './forms.ts';
import type { Content } from './store.ts';

export type Written = { readonly content: Content; readonly planned?: Date };
type Read = Written | { readonly errors: FieldErrors };

/** Only web addresses are shown as links: whatever else is typed is told while the form is open. */
function linkFault(link: string): string | undefined {
  const safe = safeUrl(link);
  if (safe !== undefined && /^https?:/.test(safe)) return undefined;
  return 'This is not a web address. Write one that begins with https://, such as https://docs.example.com/previews.';
}

/** What both platforms load: over https, and of these kinds. Whether it is there is seen in the preview. */
function pictureFault(url: string | undefined, alt: string | undefined): FieldErrors | undefined {
  if (url === undefined) return undefined;
  const safe = safeUrl(url);
  if (!safe?.startsWith('https://') || !/\.(png|jpe?g|gif)$/i.test(new URL(safe).pathname))
    return {
      picture:
        'This is not the address of a picture. Write one that begins with https:// and ends in .png, .jpg or .gif.',
    };
  return alt === undefined
    ? { alt: 'Say in a few words what the picture shows, for those who can’t see it.' }
    : undefined;
}

const usualTime = '10:00';

/** When it is to go out by itself, by the clock of whoever writes it. */
function wallFrom(day: string | undefined, at: string | undefined, today: string): Wall | undefined {
  return day === undefined && at === undefined ? undefined : { day: day ?? today, at: at ?? usualTime };
}

/** What was written, as it is kept; or what is wrong with it, by field. */
export function readContent(answers: unknown, { by, now }: Pick<PersonCtx<unknown>, 'by' | 'now'>): Read {
  const { kind, title, text, details, link, picture, alt, areas, personas, teams, path, version, deadline, day, at } =
    answersSchema.parse(answers);
  const today = wallOf(now, by.zone).day;
  const wall = wallFrom(day, at, today);
  const planned = wall && instantOf(wall, by.zone);
  const wrongLink = link === undefined ? undefined : linkFault(link);
  if (wrongLink !== undefined) return { errors: { link: wrongLink } };
  const wrongPicture = pictureFault(picture, alt);
  if (wrongPicture) return { errors: wrongPicture };
  if (planned && planned <= now)
    return { errors: { day: `That is over: where you are it is ${wallOf(now, by.zone).at} on ${today}.` } };
  if (deadline !== undefined && deadline < today)
    return { errors: { deadline: 'That day is over. Choose one on which it can still be done.' } };
  if (kind === 'action' && path === undefined && teams.length === 0)
    return {
      errors: { kind: 'Who has to do it? Choose a golden path whose owners it concerns, or the teams that have to.' },
    };
  const action =
    deadline === undefined
      ? undefined
      : { deadline, ...(path === undefined ? {} : { path }), ...(version === undefined ? {} : { version }) };
  return {
    content: {
      kind,
      title,
      text,
      ...(details === undefined ? {} : { details }),
      ...(link === undefined ? {} : { link: safeUrl(link) ?? link }),
      ...(picture === undefined || alt === undefined ? {} : { picture: { url: safeUrl(picture) ?? picture, alt } }),
      audience: { areas, personas, teams },
      ...(action ? { action } : {}),
    },
    ...(planned ? { planned } : {}),
  };
}

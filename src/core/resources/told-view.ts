import type { GoldenPath } from '../catalog/path.ts';
import { type Button, counting, type PersonId, person, said, strong, text, time, type View } from '../kernel/index.ts';
import { presses } from './keys.ts';
import { mineButton, missingButtons, showButton } from './list-view.ts';
import { extendLabel, lasting } from './parts.ts';
import type { Resource } from './store.ts';
import { named, notice, press, told } from './told-parts.ts';

/* Direct messages about a thing: short, with what can be done in one tap. */

/** Before it ends. */
export function reminderView(resource: Resource, path: GoldenPath | undefined, slot: number, now: Date): View {
  const { id, name, expires = now } = resource;
  const left = lasting((expires.getTime() - now.getTime()) / 1000);
  const asleep = resource.state === 'hibernated';
  const hibernates = path?.ttl?.hibernates !== undefined && !asleep;
  const value = { id, expires: expires.toISOString(), slot };
  const extend: readonly Button[] = path?.ttl
    ? [
        {
          label: extendLabel(resource, path.ttl),
          press: press(presses.extend, value),
          tone: 'primary',
        },
      ]
    : [];
  return told(
    `${name} ends in ${left}`,
    `${name} ends in ${left}. Extend it, or let it go.`,
    [
      notice('warn', text`${named(resource, path)} ends ${time(expires)}.`),
      {
        kind: 'text',
        text: said(
          hibernates
            ? `Then it’s put to sleep, and after ${lasting(path.ttl?.hibernates ?? 0)} deleted. If you still need it, extend it.`
            : 'Then it’s deleted, with all that is in it. If you still need it, extend it.',
        ),
      },
    ],
    [
      ...extend,
      {
        label: 'Delete now',
        press: press(presses.removeNow, value),
        tone: 'danger',
        confirm: `Delete “${name}” now, with all that is in it? This can’t be undone.`,
      },
      showButton(id),
    ],
  );
}

/** In the place of a reminder once somebody has extended. */
export const extendedView = (resource: Resource, by: PersonId, left: number): View =>
  told(
    `${resource.name} lives on`,
    `${resource.name} was extended.`,
    [
      notice(
        'good',
        text`${person(by)} extended ${strong(resource.name)}: it ends ${time(resource.expires ?? resource.changed)}.`,
      ),
      {
        kind: 'note',
        text: said(
          left > 0 ? `It can be extended ${counting(left, 'more time')}.` : 'The next extension needs an approval.',
        ),
      },
    ],
    [showButton(resource.id)],
  );

/** In the place of a reminder while the path's owner has to decide. */
export const waitingView = (resource: Resource, owner: string, until: Date): View =>
  told(
    `More time for ${resource.name}`,
    `Team ${owner} was asked for more time.`,
    [
      notice(
        'info',
        text`It was extended as often as its golden path allows, so team ${owner} was asked whether ${strong(resource.name)} may live until ${time(until)}. You’ll hear from me; it isn’t deleted before they had time to answer.`,
      ),
    ],
    [showButton(resource.id)],
  );

/** For the path's owner: one more extension than the path allows. */
export function askedView(resource: Resource, path: GoldenPath, by: PersonId, until: Date): View {
  const value = { id: resource.id, until: until.toISOString() };
  return told(
    `More time for ${resource.name}?`,
    `${resource.name} (${path.title}) should live longer than its path allows.`,
    [
      {
        kind: 'text',
        text: text`${person(by)} of team ${resource.team} asks that ${named(resource, path)} may live until ${time(until)}.`,
      },
      {
        kind: 'note',
        text: text`It was extended ${counting(resource.extended, 'time')}, as often as ${path.title} allows, and ends ${time(resource.expires ?? until)}.`,
      },
    ],
    [
      { label: 'Allow', press: press(presses.allow, value), tone: 'primary' },
      { label: 'Don’t', press: press(presses.deny, value) },
      showButton(resource.id),
    ],
  );
}
export const decidedView = (resource: Resource, by: PersonId, allowed: boolean, until: Date): View =>
  told(
    `More time for ${resource.name}`,
    allowed ? `${resource.name} may live on.` : `${resource.name} ends as planned.`,
    [
      allowed
        ? notice('good', text`${person(by)} allowed it: ${strong(resource.name)} ends ${time(until)}.`)
        : notice(
            'warn',
            text`${person(by)} decided against it: ${strong(resource.name)} ends ${time(resource.expires ?? until)}. Save what you need.`,
          ),
    ],
    [showButton(resource.id)],
  );

/** It has ended, and sleeps until it is deleted. */
export function asleepView(resource: Resource, path: GoldenPath | undefined, until: Date): View {
  return told(
    `${resource.name} is put to sleep`,
    `${resource.name} has reached its end and is put to sleep.`,
    [
      notice(
        'warn',
        text`${named(resource, path)} has reached its end, so I’m putting it to sleep. Its data is kept until ${time(until)}; then it’s deleted.`,
      ),
      { kind: 'text', text: said('If you still need it, extend it and wake it.') },
    ],
    [
      ...(path?.ttl
        ? [
            {
              label: extendLabel(resource, path.ttl),
              press: press(presses.extend, { id: resource.id, expires: until.toISOString() }),
              tone: 'primary',
            } as const,
          ]
        : []),
      showButton(resource.id),
    ],
  );
}

/** It has ended; `by` when somebody pressed *Delete now*. */
export const deletingView = (resource: Resource, path: GoldenPath | undefined, by?: PersonId): View =>
  told(
    `${resource.name} is being deleted`,
    `${resource.name} is being deleted.`,
    [
      notice(
        'info',
        by === undefined
          ? text`${named(resource, path)} has reached its end, so it’s being deleted. I’ll tell you only if that doesn’t work.`
          : text`${person(by)} asked to delete ${named(resource, path)}. It’s being deleted; I’ll tell you only if that doesn’t work.`,
      ),
    ],
    [mineButton],
  );

/** `over`: because its end had come, not because somebody wanted it. */
export const deletedView = (resource: Resource, path: GoldenPath | undefined, over: boolean): View =>
  told(
    `${resource.name} is deleted`,
    `${resource.name} is deleted.`,
    [
      notice(
        'info',
        text`${named(resource, path)} ${over ? 'had reached its end and is deleted' : 'is deleted'}. It costs nothing any more.`,
      ),
    ],
    [mineButton],
  );

/** Nothing of it is there any more. */
export const missingView = (resource: Resource, path: GoldenPath | undefined): View =>
  told(
    `${resource.name} isn’t there any more`,
    `${resource.name} isn’t there any more: somebody removed it.`,
    [
      notice(
        'bad',
        text`${named(resource, path)} isn’t there any more: somebody removed it by other ways than through me. It counts against team ${resource.team}’s quota until you say what should become of it.`,
      ),
    ],
    [...missingButtons(resource, path), showButton(resource.id)],
  );

/** It could not be deleted, or put to sleep: a person has to look. */
export const stuckView = (resource: Resource, path: GoldenPath | undefined, why: string): View =>
  told(
    `${resource.name} can’t be deleted`,
    `${resource.name} has reached its end, but I can’t delete it.`,
    [
      notice(
        'bad',
        text`${named(resource, path)} of team ${resource.team} has reached its end, but I can’t delete it.`,
      ),
      { kind: 'quote', text: said(why) },
      {
        kind: 'text',
        text: text`It still runs and still costs. ${person(resource.owner)} can try again from its card, or extend it; I try again once a day.`,
      },
    ],
    [showButton(resource.id)],
  );

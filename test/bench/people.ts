/* The people who use the bot in the bench, by number: the same ones in Slack and in Teams. */

export const team = 'T0BENCH';
export const tenant = '22222222-2222-4222-8222-222222222222';
/** How many act in turn. */
export const acting = 200;

const guid = (n: number): string => `aaaaaaaa-0000-4000-8000-${String(n).padStart(12, '0')}`;
const slackPattern = /^U0(\d+)$/;
const guidPattern = /^aaaaaaaa-0000-4000-8000-(\d{12})$/;

export const accounts = {
  /** The Slack user who makes a request. */
  slack: (n: number): string => `U0${1000 + (n % acting)}`,
  /** The Teams user who makes a request. */
  teams(n: number) {
    const who = 1000 + (n % acting);
    return { id: `29:${who}`, aadObjectId: guid(who), name: `Person ${who}` };
  },
  /** The number of somebody, by either id. */
  number: (id: string): string | undefined => (slackPattern.exec(id) ?? guidPattern.exec(id))?.[1]?.replace(/^0+/, ''),
};
export const emailOf = (number: string): string => `person${number}@bench.test`;

import type { PersonId } from '../kernel/index.ts';
import type { Source } from './audience.ts';
import type { Answers } from './branching.ts';
import type { Survey } from './model.ts';
import type { Report, Response } from './results.ts';

/**
 * `planned`: its audience is being found. `open`. `closing`: over, but what is being typed still counts. `closed`: it
 * was counted, and nothing links people to answers any more.
 */
export type RunState = 'planned' | 'open' | 'closing' | 'closed';
/** One run of a survey. Its definition was frozen when it was planned. */
export type Run = {
  readonly id: string;
  /** Counted for each survey. */
  readonly number: number;
  readonly survey: Survey;
  readonly state: RunState;
  readonly by?: PersonId;
  readonly opens: Date;
  readonly closes: Date;
  /** By which lots are drawn. */
  readonly seed: string;
  readonly report?: Report;
  /** What came of it. */
  readonly did?: readonly Did[];
};
/** `items` are numbers of the roadmap. */
export type Did = { readonly said: string; readonly did: string; readonly items: readonly number[] };

export type PartState = 'invited' | 'asked' | 'started' | 'answered' | 'declined';
/** That somebody is asked, and how far they are; what they say stands elsewhere. `token` names it in buttons. */
export type Part = {
  readonly token: string;
  readonly run: string;
  readonly person: PersonId;
  readonly state: PartState;
  readonly team?: string;
  readonly persona?: string;
  /** How many cards they were sent: the last one counts. */
  readonly card: number;
  readonly reminders: number;
  readonly muted: boolean;
};
export type Invited = {
  readonly token: string;
  readonly person: PersonId;
  readonly team?: string;
  readonly persona?: string;
  readonly at: Date;
};

/** What somebody has said so far; `at` is the question that they are at. `sent`: cut loose, or about to be. */
export type Draft = { readonly answers: Answers; readonly at?: string; readonly sent?: true };

export type Rate = {
  readonly invited: number;
  readonly asked: number;
  /** Have begun, and are not through. */
  readonly started: number;
  readonly answered: number;
  readonly declined: number;
};

export interface SurveyStore {
  /** Replaces all surveys that come from files. */
  readFiles(surveys: readonly Survey[]): Promise<void>;
  /** One made in chat, or made anew by the same person; false when a file or somebody else’s has that name. */
  keep(survey: Survey, by: PersonId): Promise<boolean>;
  all(): Promise<readonly Survey[]>;
  byName(name: string): Promise<Survey | undefined>;

  /** No run of this survey is planned meanwhile: taken before it is asked whether there is one. */
  hold(name: string): Promise<void>;
  plan(run: Omit<Run, 'number' | 'report' | 'did'>): Promise<Run>;
  run(id: string): Promise<Run | undefined>;
  /** Locked, so that what changes its state happens once; nobody’s tap is under way then. */
  take(id: string): Promise<Run | undefined>;
  /** Locked beside others who write to people of it: it can’t end meanwhile. */
  share(id: string): Promise<Run | undefined>;
  /** Latest first. */
  runs(name: string, limit: number): Promise<readonly Run[]>;
  /** Those that are not closed, latest first. */
  current(): Promise<readonly Run[]>;
  move(id: string, state: Exclude<RunState, 'closed'>, closes?: Date): Promise<void>;

  invite(run: string, people: readonly Invited[]): Promise<void>;
  /** Who took part in the last runs of a survey, or was asked by any since a day. */
  rested(name: string, runs: number, since: Date): Promise<ReadonlySet<PersonId>>;
  /** Whom to ask or to remind now: locked, oldest first. Others that are locked are left to whoever has them. */
  due(run: string, now: Date, limit: number): Promise<readonly Part[]>;
  /** They wait for something else than the clock. */
  unplan(tokens: readonly string[]): Promise<void>;
  /** Whether a directory is being asked who the members of one of these are, or who else has an address of theirs. */
  lookingUp(sources: readonly Source[]): Promise<boolean>;
  /** The next instant at which somebody is to be asked or reminded. */
  nextDue(run: string): Promise<Date | undefined>;
  /** Those who were asked, have not answered, and may be reminded. */
  remindable(run: string): Promise<readonly { readonly token: string }[]>;
  askAt(times: readonly { readonly token: string; readonly at: Date }[]): Promise<void>;
  /** Locked, with its run, which can’t be closed meanwhile. */
  part(token: string): Promise<{ readonly part: Part; readonly run: Run } | undefined>;
  /** Cards that have not gone out are not sent any more; whoever was to get their first one was not asked. */
  withdraw(run: string, now: Date): Promise<void>;
  /** All that a person could answer now, also before they are asked: locked, and with runs that can’t end meanwhile. */
  mine(person: PersonId): Promise<readonly { readonly part: Part; readonly run: Run }[]>;
  /** `asked`: the day on which they were first asked. */
  change(
    token: string,
    change: Partial<Pick<Part, 'state' | 'card' | 'reminders' | 'muted'>> & {
      readonly asked?: Date;
      readonly done?: true;
    },
  ): Promise<void>;
  /** By team, those without one included. */
  rates(run: string): Promise<{ readonly all: Rate; readonly teams: readonly (Rate & { readonly team: string })[] }>;

  draft(part: Pick<Part, 'run' | 'token'>): Promise<Draft>;
  save(part: Pick<Part, 'run' | 'token'>, draft: Draft): Promise<void>;
  /** Cuts those loose that were sent, once they are a crowd of so many: what they said is kept without whose it is. */
  cut(run: string, crowd: number): Promise<void>;
  /** Nobody else comes to what links people to answers: taken before it is read, since two that read first would each
   * wait for the other. Fails soon when somebody has it. */
  seal(): Promise<void>;
  /** All answers of a run, in no order; those that were not sent only when `unsent`. */
  responses(run: string, unsent: boolean): Promise<readonly Response[]>;
  /** Keeps the report and the words, and destroys everything that links people to what they said. */
  close(run: string, report: Report, words: readonly { readonly key: string; readonly words: string }[]): Promise<void>;
  noteDid(run: string, did: readonly Did[]): Promise<void>;
  /** Who was asked, by no other order than that of their ids. */
  askedIn(run: string): Promise<readonly PersonId[]>;
  /** In no order. */
  words(run: string, key: string): Promise<readonly string[]>;
}
export type WithSurveys = { readonly surveys: SurveyStore };

import type { PersonId } from '../kernel/index.ts';

/** Something that is shown in a demo. */
export type DemoItem = {
  readonly number: number;
  readonly session: number;
  /** Who presents it, and who put it on the agenda. */
  readonly person: PersonId;
  readonly by: PersonId;
  readonly title: string;
  readonly minutes: number;
  /** The backlog item that shipped, if it is one. */
  readonly feedback?: number;
};

export interface DemoStore {
  /** The sessions of demos that start in a time, whatever became of them, soonest first. */
  demos(from: Date, to: Date): Promise<readonly number[]>;
  /** In their order. */
  agenda(session: number): Promise<readonly DemoItem[]>;
  /** At the end of the agenda. */
  add(item: Omit<DemoItem, 'number'>, at: Date): Promise<void>;
  remove(item: number): Promise<void>;
  /** Gives the items of a session this order. */
  order(session: number, items: readonly number[]): Promise<void>;
  /** Which of these backlog items stand on an agenda already. */
  onAgenda(feedback: readonly number[]): Promise<ReadonlySet<number>>;
  /** The print of what stands in the channels; absent: nothing does. */
  shown(session: number): Promise<string | undefined>;
  show(session: number, print: string): Promise<void>;
}
export type WithDemos = { readonly demos: DemoStore };

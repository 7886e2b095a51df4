import type { Step } from '../core/kernel/view.ts';
import { type Progress, queued, type RunState } from '../core/runs/run.ts';
import type { Clock } from './clock.ts';

type Told = { label: string; state: Step['state']; begun?: number; seconds?: number; note?: string };
type More = Partial<Omit<Progress, 'state' | 'steps'>>;

/**
 * How a run goes, as steps in their order: what has begun ends when the next begins. How long a step takes is told with
 * the next change, so that time alone is no news.
 */
export function createStory(labels: readonly string[], clock: Clock, say: (progress: Progress) => void) {
  const steps: Told[] = labels.map((label) => ({ label, state: 'todo' }));
  let state: RunState = 'queued';
  let more: More = {};

  const doing = () => steps.find((s) => s.state === 'doing');
  function end(step: Told | undefined, as: Step['state']): void {
    if (!step) return;
    step.state = as;
    if (step.begun !== undefined) step.seconds = Math.round((clock.now().getTime() - step.begun) / 1000);
  }
  const told = (): Progress => ({
    ...queued,
    ...more,
    state,
    steps: steps.map(({ label, state, begun, seconds, note }) => {
      const so =
        state === 'doing' && begun !== undefined ? Math.round((clock.now().getTime() - begun) / 1000) : seconds;
      return { label, state, ...(so === undefined ? {} : { seconds: so }), ...(note === undefined ? {} : { note }) };
    }),
  });

  return {
    begin(label: string, as: RunState = 'running'): void {
      end(doing(), 'done');
      state = as;
      const step = steps.find((s) => s.label === label);
      if (step) Object.assign(step, { state: 'doing', begun: clock.now().getTime() });
      say(told());
    },
    /** Says more of the step that is under way. */
    note(note: string): void {
      const step = doing();
      if (!step || step.note === note) return;
      step.note = note;
      say(told());
    },
    /** Says more of the run. */
    add(what: More): void {
      more = { ...more, ...what };
      say(told());
    },
    /** The last word. */
    end(as: 'ready' | 'failed' | 'cancelled', what: More = {}): Progress {
      // What it waited for is no news once it is there.
      const last = doing();
      if (as === 'ready' && last) delete last.note;
      end(doing(), as === 'ready' ? 'done' : 'failed');
      state = as;
      const { slow: _, message: __, ...rest } = more;
      more = { ...rest, ...what };
      return told();
    },
  };
}
export type Story = ReturnType<typeof createStory>;

/** Makes what is said, while `work` goes on, a sequence; what nobody has taken yet is replaced by what is newer. */
export async function* follow(
  work: (say: (progress: Progress) => void) => Promise<Progress | undefined>,
): AsyncGenerator<Progress> {
  let next: Progress | undefined;
  let over = false;
  let wake = () => {};
  const end = work((progress) => {
    next = progress;
    wake();
  }).finally(() => {
    over = true;
    wake();
  });
  // It is awaited below, unless nobody listens to the end.
  end.catch(() => {});
  while (next || !over) {
    if (next) {
      const said = next;
      next = undefined;
      yield said;
    } else
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  }
  const last = await end;
  if (last) yield last;
}

import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Json } from './core/kernel/index.ts';
import type { Clock } from './engine/ports.ts';
import { startInviting } from './inviting.ts';
import { followSurveys } from './surveys/follow.ts';
import type { House } from './wiring.ts';

type Parts = { readonly config: Config; readonly house: House; readonly clock: Clock; readonly log: Logger };

/** Sets going what works by itself. What ends it again goes to `undo`, to be called in the opposite order. */
export async function run({ config, house, clock, log }: Parts, undo: (step: () => unknown) => void): Promise<void> {
  const { engine, wings, workshop, doctor, invitations } = house;
  const { report } = engine;
  const observed = (what: string, input: Json) =>
    report({ kind: 'observed', what, input, at: clock.now(), delivery: `${what}/${crypto.randomUUID()}` });

  await engine.start();
  undo(() => engine.stop());
  for (const wing of wings) {
    await wing.start();
    undo(() => wing.stop());
  }
  if (config.mail) {
    const inviting = startInviting({
      from: config.mail.from,
      owing: (now) => invitations.owing(now),
      report,
      clock,
      log,
    });
    undo(inviting.stop);
  }
  const runner = workshop.openRunner(report);
  undo(() => runner.stop());
  await doctor.start(report);
  undo(doctor.stop);
  await observed('started', {});
  const surveys = followSurveys(config.surveysDir, clock, log, (read) =>
    observed('surveys.read', JSON.parse(JSON.stringify({ surveys: read }))),
  );
  undo(surveys.stop);
  await surveys.start();
}

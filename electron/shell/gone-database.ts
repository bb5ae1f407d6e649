import type { Dialog } from 'electron';
import type { DesktopAgent } from './desktop-agent.ts';

/** What a person decides where the database is gone. */
type GoneAnswer = 'backup' | 'new-start';

/** Makes the agent; with an answer, a database that is gone is first put back from its newest backup or begun again. */
export type LoadAgent = (answer?: GoneAnswer) => Promise<DesktopAgent>;

/** The person was told why and decided nothing: there is no more to say. */
export class QuitInstead extends Error {}

/**
 * Makes the agent, asking the person when its database is gone: a loss must not pass for a first start. Rejects with
 * `QuitInstead` when the person decides nothing, and with what `load` rejected with when it is about something else.
 */
export async function loadOrAsk(
  load: LoadAgent,
  dialog: Pick<Dialog, 'showMessageBox'>,
  title: string,
): Promise<DesktopAgent> {
  try {
    return await load();
  } catch (thrown) {
    const answer = await ask(thrown, dialog, title);
    if (answer === 'quit') throw new QuitInstead();
    if (answer === null) throw thrown;
    return load(answer);
  }
}

async function ask(
  thrown: unknown,
  dialog: Pick<Dialog, 'showMessageBox'>,
  title: string,
): Promise<GoneAnswer | 'quit' | null> {
  const { asFailure } = await import('#shared/failure.ts');
  const { code, message } = asFailure(thrown);
  const answers = answersTo(code);
  if (answers.length === 0) return null;
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    title,
    message,
    detail: details[answers.length === 2 ? 'backup' : 'new-start'],
    buttons: [...answers.map((answer) => labels[answer]), 'Quit'],
    defaultId: 0,
    cancelId: answers.length,
    noLink: true,
  });
  return answers[response] ?? 'quit';
}

function answersTo(code: string): readonly GoneAnswer[] {
  if (code === 'database.gone') return ['backup', 'new-start'];
  return code === 'database.gone-without-backup' ? ['new-start'] : [];
}

const labels: Record<GoneAnswer, string> = { backup: 'Restore the newest backup', 'new-start': 'New start' };

const newStart =
  'A new start begins with an empty database. What is left of the previous one is kept in a folder of its own.';

const details: Record<GoneAnswer, string> = {
  backup: `Restore the newest backup to continue from that state; what was done since then is not in it. ${newStart}`,
  'new-start': `${newStart} To put the database back yourself, quit first.`,
};

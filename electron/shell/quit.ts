import type { Dialog } from 'electron';

interface Parts {
  dialog: Pick<Dialog, 'showMessageBox'>;
  title: string;
  /** What is worked on now, for people. */
  running(): readonly string[];
  /** Ends the application; what runs may take so long. Left out: as long as always. */
  quit(graceMs?: number): void;
}

/** For what runs to end well: a restart and a proof of what is served take minutes where they are tried again. */
const drainMs = 10 * 60_000;
const answers = ['Quit when done', 'Quit now', 'Cancel'] as const;
const named = 3;

/** Quits for a person: where something runs, they are told what, and decide. Asks once at a time. */
export function makeQuit({ dialog, title, running, quit }: Parts): () => Promise<void> {
  let asking = false;
  return async () => {
    const names = running();
    if (names.length === 0) return quit();
    if (asking) return;
    asking = true;
    try {
      const { response } = await dialog.showMessageBox({
        ...{ type: 'question', title, noLink: true },
        message: `Trustkeep is working on ${namesOf(names)}.`,
        detail:
          'Quit when done: what has begun on a server is finished first, and no other task is started. Quit now: a step that is not done in 10 s is broken off; the next start repeats or undoes it.',
        buttons: [...answers],
        defaultId: 0,
        cancelId: 2,
      });
      if (response === 0) quit(drainMs);
      if (response === 1) quit();
    } finally {
      asking = false;
    }
  };
}

function namesOf(names: readonly string[]): string {
  const more = names.length - named;
  return `${names.slice(0, named).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

import type { MessageBoxOptions } from 'electron';
import { describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import type { DesktopAgent } from '../../../electron/shell/desktop-agent.ts';
import { type LoadAgent, loadOrAsk, QuitInstead } from '../../../electron/shell/gone-database.ts';

const desktop = {} as DesktopAgent;

/** A start whose database is gone, and a person who presses the button of this number. */
function start(failure: Failure, button: number) {
  const asked: MessageBoxOptions[] = [];
  const answers: Parameters<LoadAgent>[0][] = [];
  const dialog = {
    showMessageBox: async (options: unknown) => {
      asked.push(options as MessageBoxOptions);
      return { response: button, checkboxChecked: false };
    },
  };
  const load = async (answer?: Parameters<LoadAgent>[0]) => {
    answers.push(answer);
    if (answer === undefined) throw failure;
    return desktop;
  };
  return { asked, answers, made: loadOrAsk(load, dialog as never, 'Trustkeep') };
}

const gone = new Failure('database.gone', 'The database d is gone, but there are backups of it.');

describe('a start whose database is gone', () => {
  test.each([
    [0, 'backup'],
    [1, 'new-start'],
  ])('asks, and button %i is carried out as %s', async (button, answer) => {
    const { asked, answers, made } = start(gone, button);
    expect(await made).toBe(desktop);
    expect(answers).toEqual([undefined, answer]);
    expect(asked).toMatchObject([
      { message: gone.message, buttons: ['Restore the newest backup', 'New start', 'Quit'], cancelId: 2 },
    ]);
  });

  test('offers no backup where none is intact', async () => {
    const { asked, answers, made } = start(new Failure('database.gone-without-backup', 'Gone.'), 0);
    await made;
    expect(asked).toMatchObject([{ buttons: ['New start', 'Quit'], cancelId: 1 }]);
    expect(answers).toEqual([undefined, 'new-start']);
  });

  test('ends without another word when the person quits', async () => {
    const { answers, made } = start(gone, 2);
    await expect(made).rejects.toBeInstanceOf(QuitInstead);
    expect(answers).toEqual([undefined]);
  });
});

test('A start that fails for another reason asks nothing', async () => {
  const { asked, made } = start(new Failure('database.busy', 'Busy.'), 0);
  await expect(made).rejects.toMatchObject({ code: 'database.busy' });
  expect(asked).toEqual([]);
});

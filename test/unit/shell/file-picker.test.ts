import type { BrowserWindow } from 'electron';
import { describe, expect, test, vi } from 'vitest';
import type { Log } from '#kit/log.ts';
import { wantFileMessage } from '#shared/page.ts';
import { answerRequests, pickFile, type RequestPort } from '../../../electron/shell/file-picker.ts';

/** The main process' end of a port, played by hand. */
function requestPort() {
  const answers: unknown[] = [];
  let heard: (event: { data: unknown }) => void = () => {};
  const port = {
    on: (_name: string, listener: typeof heard) => {
      heard = listener;
      return port;
    },
    postMessage: (answer: unknown) => void answers.push(answer),
    start() {},
  } as unknown as RequestPort;
  return { port, answers, say: (data: unknown) => heard({ data }) };
}

function shell() {
  const warned: string[] = [];
  const open: { resolve(path: string | null): void; reject(error: Error): void }[] = [];
  const hear = answerRequests({
    pick: () => new Promise((resolve, reject) => open.push({ resolve, reject })),
    log: { warn: (sentence: string) => void warned.push(sentence) } as unknown as Log,
  });
  const join = () => {
    const end = requestPort();
    hear(end.port);
    return end;
  };
  return { warned, open, join };
}

describe('a request of the page', () => {
  test('opens a picker and is answered with the path that was picked', async () => {
    const { open, join } = shell();
    const { answers, say } = join();
    say(wantFileMessage);
    expect(answers).toEqual([]);
    open[0]?.resolve('/home/ann/.ssh/id_ed25519');
    await vi.waitFor(() => expect(answers).toEqual(['/home/ann/.ssh/id_ed25519']));
  });

  test('is answered with null when the person changes their mind, and may be said again', async () => {
    const { open, join } = shell();
    const { answers, say } = join();
    say(wantFileMessage);
    open[0]?.resolve(null);
    await vi.waitFor(() => expect(answers).toEqual([null]));
    say(wantFileMessage);
    expect(open).toHaveLength(2);
  });

  test('opens no second picker over the first, over whichever port it comes', async () => {
    const { open, join } = shell();
    const [first, second] = [join(), join()];
    first.say(wantFileMessage);
    first.say(wantFileMessage);
    second.say(wantFileMessage);
    await vi.waitFor(() => expect([first.answers, second.answers]).toEqual([[null], [null]]));
    expect(open).toHaveLength(1);
    open[0]?.resolve('/a');
    await vi.waitFor(() => expect(first.answers).toEqual([null, '/a']));
    expect(second.answers).toEqual([null]);
  });

  test('survives a picker that fails', async () => {
    const { open, warned, join } = shell();
    const { answers, say } = join();
    say(wantFileMessage);
    open[0]?.reject(new Error('no portal'));
    await vi.waitFor(() => expect(answers).toEqual([null]));
    expect(warned).toEqual(['the file picker failed']);
    say(wantFileMessage);
    expect(open).toHaveLength(2);
  });

  test.each([
    ['an object', { data: wantFileMessage }],
    ['a list', [wantFileMessage]],
    ['a path', '/etc/shadow'],
    ['another message', 'trustkeep:want-port'],
    ['nothing', undefined],
    ['a word with more behind it', `${wantFileMessage} /etc`],
  ])('that is %s opens nothing and gets no answer', async (_name, request) => {
    const { open, warned, join } = shell();
    const { answers, say } = join();
    say(request);
    await Promise.resolve();
    expect({ open, answers }).toEqual({ open: [], answers: [] });
    expect(warned).toHaveLength(1);
  });
});

describe('the picker', () => {
  const window = {} as BrowserWindow;
  const answering = (canceled: boolean, filePaths: string[]) => ({
    showOpenDialog: vi.fn(async () => ({ canceled, filePaths })),
  });

  test('picks one file over our window, shows hidden ones and takes nothing from the page', async () => {
    const dialog = answering(false, ['/home/ann/.ssh/id', '/other']);
    expect(await pickFile(dialog, window)).toBe('/home/ann/.ssh/id');
    expect(dialog.showOpenDialog.mock.calls).toEqual([
      [window, { properties: ['openFile', 'showHiddenFiles', 'dontAddToRecent'] }],
    ]);
  });

  test('gives null when it is closed with nothing picked', async () => {
    expect(await pickFile(answering(true, []), window)).toBeNull();
    expect(await pickFile(answering(true, ['/a']), window)).toBeNull();
    expect(await pickFile(answering(false, []), window)).toBeNull();
  });

  test('does not open without a window to stand over', async () => {
    const dialog = answering(false, ['/a']);
    expect(await pickFile(dialog, null)).toBeNull();
    expect(dialog.showOpenDialog).not.toHaveBeenCalled();
  });
});

import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { askHidden, type Terminal } from '../../../electron/cli/prompt.ts';

/** A terminal that writes down what happens to it. */
function terminal() {
  const seen: string[] = [];
  const keys = new EventEmitter();
  const stdin = Object.assign(keys, {
    setRawMode: (on: boolean) => void seen.push(on ? 'hides' : 'shows'),
    resume: () => {},
    pause: () => {},
  });
  const made = {
    stdin,
    stderr: { write: (text: string) => void seen.push(text) },
    emit: (signal: string) => void seen.push(signal),
  };
  return {
    seen,
    terminal: made as unknown as Terminal,
    type: (text: string) => void keys.emit('data', Buffer.from(text)),
  };
}

test('the terminal shows nothing of an answer, even when it comes the moment the question does', async () => {
  const { seen, terminal: at, type } = terminal();
  const answer = askHidden('Password: ', at);
  expect(seen).toEqual(['hides', 'Password: ']);
  type('sä😀x\u007f\u007f1\r');
  expect(await answer).toBe('sä1');
  expect(seen).toEqual(['hides', 'Password: ', 'shows', '\n']);
});

test('what was typed before Ctrl+C is no answer', async () => {
  const { seen, terminal: at, type } = terminal();
  let answered = false;
  void askHidden('Password: ', at).then(() => {
    answered = true;
  });
  type('half\u0003');
  await new Promise((done) => setImmediate(done));
  expect(answered).toBe(false);
  expect(seen).toEqual(['hides', 'Password: ', 'shows', '\n', 'SIGINT']);
});

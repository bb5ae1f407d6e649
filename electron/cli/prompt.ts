/** What a question needs of the terminal: `process` has it. @internal */
export interface Terminal {
  stdin: Pick<NodeJS.ReadStream, 'on' | 'off' | 'setRawMode' | 'resume' | 'pause'>;
  stderr: { write(text: string): unknown };
  emit(event: 'SIGINT'): unknown;
}

/** Asks at the terminal. Nothing of the answer is shown. Ctrl+C ends the program as everywhere else. */
export function askHidden(question: string, terminal: Terminal = process): Promise<string> {
  const { stdin, stderr } = terminal;
  // before the question: whoever answers at once must not see it either
  stdin.setRawMode(true);
  stderr.write(question);
  return new Promise((done) => {
    let answer = '';
    const take = (part: Buffer): void => {
      for (const character of part.toString('utf8')) {
        if (character === '\r' || character === '\n' || character === '\u0004') {
          end();
          done(answer);
          return;
        }
        if (character === '\u0003') {
          end();
          // what was typed so far is no answer; and a signal that is sent would find the program ended by itself
          terminal.emit('SIGINT');
          return;
        }
        if (character === '\u007f' || character === '\b') answer = [...answer].slice(0, -1).join('');
        else answer += character;
      }
    };
    const end = (): void => {
      stdin.off('data', take);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
    };
    stdin.resume();
    stdin.on('data', take);
  });
}

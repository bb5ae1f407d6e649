/** Asks at the terminal. Nothing of the answer is shown. Ctrl+C ends the program as everywhere else. */
export function askHidden(question: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(question);
  return new Promise((done) => {
    let answer = '';
    const take = (part: Buffer): void => {
      for (const character of part.toString('utf8')) {
        if (character === '\r' || character === '\n' || character === '\u0004') {
          end();
          return;
        }
        if (character === '\u0003') {
          end();
          process.kill(process.pid, 'SIGINT');
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
      done(answer);
    };
    stdin.setRawMode(true);
    stdin.resume();
    stdin.on('data', take);
  });
}

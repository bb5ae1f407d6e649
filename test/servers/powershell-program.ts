import { powershell } from './powershell.ts';
import { Machine } from './powershell-machine.ts';

/** `powershell.exe` as a program of its own: the directory of the machine, then name and arguments as it was called. */
const [, , directory = '', ...argv] = process.argv;
const program = powershell(new Machine(directory))(argv);
const control = new AbortController();
for (const signal of ['SIGHUP', 'SIGTERM'] as const)
  process.once(signal, () => {
    control.abort();
    process.exit(1);
  });
if (program === undefined) process.stderr.write('Die Syntax ist falsch.\r\n');
process.exitCode = await program?.({
  argv,
  stdin: process.stdin,
  ended: control.signal,
  write: (stream, bytes) => void process[stream].write(bytes),
});
process.exitCode ??= 64;

import { Failure } from '#shared/failure.ts';

/** One argument as `CommandLineToArgvW` and the C runtime of Microsoft read it again. */
function quoted(argument: string): string {
  if (argument !== '' && !/[\s"]/.test(argument)) return argument;
  return `"${argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
}

/**
 * The command line behind the program. A batch file is read by `cmd`, which has other rules: what `cmd` could take for its own is
 * refused there, never handed on.
 */
export function commandLine([program, ...args]: readonly [string, ...string[]], host: string): string {
  const isBatch = /\.(bat|cmd)[. ]*$/i.test(program);
  if (args.some((one) => one.includes('\0') || (isBatch && /["%!&|<>^()\r\n]/.test(one)))) {
    throw new Failure(
      'script.not-executable',
      `An argument for ${program} on ${host} has characters that the command interpreter would take for its own. It was not run.`,
      {
        hint: 'Use a program or a PowerShell script instead of a batch file, or arguments without such characters.',
      },
    );
  }
  return args.map(quoted).join(' ');
}

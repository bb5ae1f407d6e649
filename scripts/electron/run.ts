import { spawn } from 'node:child_process';

/** Runs a program to its end; rejects with the last lines it said when it fails. */
export function run(
  argv: readonly [string, ...string[]],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const [program, ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let all = '';
    child.stdout.on('data', (part: Buffer) => {
      out += part;
      all = (all + part).slice(-4000);
    });
    child.stderr.on('data', (part: Buffer) => {
      all = (all + part).slice(-4000);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`${argv.join(' ')} ended with ${code}:\n${all}`));
    });
  });
}

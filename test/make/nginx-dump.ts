import { createHash } from 'node:crypto';
import type { ExecResult } from '../../electron/kit/exec.ts';

/** What `nginx -T` prints for these files. */
export const dumpOf = (files: Record<string, string | Buffer>): Buffer =>
  Buffer.concat(
    Object.entries(files).map(([name, content]) =>
      Buffer.concat([
        Buffer.from(`# configuration file ${name}:\n`),
        Buffer.from(content),
        Buffer.from('\n'),
      ]),
    ),
  );

/** What `sha256sum -- …` prints where these files are. */
export function sumsOf(files: Record<string, string | Buffer>, argv: readonly string[]): ExecResult {
  const lines = argv.slice(2).flatMap((path) => {
    const content = files[path];
    if (content === undefined) return [];
    const plain = !/[\\\n]/.test(path);
    const name = plain ? path : path.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
    return `${plain ? '' : '\\'}${createHash('sha256').update(content).digest('hex')}  ${name}\n`;
  });
  const whole = lines.length === argv.length - 2;
  return {
    ...{ code: whole ? 0 : 1, stdout: Buffer.from(lines.join('')), stderr: Buffer.alloc(0), timedOut: false },
  };
}

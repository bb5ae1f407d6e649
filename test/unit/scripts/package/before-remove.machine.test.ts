import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tempDirectory } from '../../../make/directory.ts';

// The script of deb and rpm before files go, with a folder in the place of the root of the machine.
const text = readFileSync('build/linux/before-remove.sh', 'utf8');
const unit = 'etc/systemd/system/trustkeep.service';
const script = 'etc/init.d/trustkeep';
let machine: ReturnType<typeof tempDirectory>;

beforeEach(() => {
  machine = tempDirectory('before-remove');
  mkdirSync(join(machine.path, 'opt/Trustkeep/resources/cli'), { recursive: true });
  mkdirSync(join(machine.path, 'run'));
  put('usr/bin/trustkeep', '#!/bin/sh\necho "trustkeep $*" >>"$CALLS"\n');
});
afterEach(() => machine.remove());

function put(name: string, content: string): void {
  const path = join(machine.path, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content, { mode: 0o755 });
}

const unitOf = (folder: string) => `[Service]\nExecStart="${join(machine.path, folder)}/node" "run"\n`;
const scriptOf = (folder: string, running = true) =>
  `#!/bin/sh\nPROGRAM='${join(machine.path, folder)}/node'\n[ "$1" != status ] || exit ${running ? 0 : 3}\necho "script $*" >>"$CALLS"\n`;

/** What the script has done when it is called with these words. */
function called(...words: string[]): string[] {
  const calls = join(machine.path, 'calls');
  rmSync(calls, { force: true });
  const inside = text.replaceAll(/(?<![\w/"}])\/(?=etc\/|usr\/|opt\/|run\/)/g, `${machine.path}/`);
  execFileSync('sh', ['-c', inside, 'before-remove', ...words], { env: { ...process.env, CALLS: calls } });
  return existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : [];
}
const own = 'opt/Trustkeep/resources/cli';

test.each([['remove'], ['0']])('%s removes the service whose program goes, by whatever starts it', (word) => {
  expect(called(word)).toEqual([]);
  put(unit, unitOf(own));
  expect(called(word)).toEqual(['trustkeep service remove --manager systemd']);
  rmSync(join(machine.path, unit));
  put(script, scriptOf(own));
  expect(called(word)).toEqual(['trustkeep service remove --manager sysv']);
});

test.each([
  ['remove', ''],
  ['upgrade', '0.1.99'],
])('%s leaves alone the service of an archive that was unpacked elsewhere', (...words) => {
  put(unit, unitOf('usr/local/trustkeep'));
  put(script, scriptOf('usr/local/trustkeep'));
  expect(called(...words)).toEqual([]);
});

test.each([
  ['upgrade', '0.1.99'],
  ['remove', 'in-favour', 'trustkeep', '0.1.99'],
])('%s %s stops a running init script, to be started again, and removes no service', (...words) => {
  put(unit, unitOf(own));
  put(script, scriptOf(own));
  expect(called(...words)).toEqual(['script stop']);
  expect(existsSync(join(machine.path, 'run/trustkeep.updating'))).toBe(true);
  put(script, scriptOf(own, false));
  expect(called(...words)).toEqual([]);
});

test.each([['1'], ['failed-upgrade'], ['deconfigure']])('%s changes nothing', (word) => {
  put(unit, unitOf(own));
  put(script, scriptOf(own));
  expect(called(word)).toEqual([]);
});

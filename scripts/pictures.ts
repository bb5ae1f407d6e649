import { spawnSync } from 'node:child_process';
import { electronForTests } from '../test/e2e/electron.ts';
import { prepareApp } from './find-electron.ts';

/**
 * Takes the pictures of docs/pictures anew: the real application on a display that no one sees, with an estate that it made
 * itself. Needs Linux and root, for hosts with names of their own; see `pictures/hosts.ts`.
 */
if (process.getuid?.() !== 0)
  fail('Run it as root: it makes hosts of its own, with names that only it can see.');
const electron = await electronForTests();
if (electron === null) fail('There is no Electron here, or no display to start it on.');
await prepareApp({ electron, flavour: 'e2e' }); // while there is still a network
const own = ['--mount', '--net', '--pid', '--fork', '--mount-proc', '--kill-child'];
const inside = [process.execPath, new URL('pictures/take.ts', import.meta.url).pathname];
process.exitCode = spawnSync('unshare', [...own, ...inside], { stdio: 'inherit' }).status ?? 1;

function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

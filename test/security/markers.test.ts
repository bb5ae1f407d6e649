import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { type Marker, markerOf, watchProcesses } from './markers.ts';

/** What the planted secrets are searched with does find them. */

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function sleeper(word: string, env: Record<string, string> = {}): ChildProcess {
  const child = spawn('sh', ['-c', 'read line', word], { env, stdio: ['pipe', 'ignore', 'ignore'] });
  children.push(child);
  return child;
}

test.runIf(process.platform === 'linux')(
  'a marked value is found on a command line and in an environment, also when it was marked after the process began',
  async () => {
    const markers: Marker[] = [markerOf('a word', 'marked-word-4711'), markerOf('a variable', 'marked-4712')];
    const watch = watchProcesses(markers);
    sleeper('marked-word-4711', { HELD: 'x-marked-4712-x' });
    sleeper('marked-late-4713');
    const warned = sleeper('marked-warned-4714');
    watch.allow(warned.pid);
    await expect.poll(() => watch.found).toHaveLength(2);
    markers.push(markerOf('late', 'marked-late-4713'), markerOf('warned', 'marked-warned-4714'));
    await expect.poll(() => watch.found).toContainEqual(expect.stringMatching(/^late in /));
    const { found, looked } = watch.stop();
    expect(looked).toBeGreaterThan(10);
    const doors = ['a word in cmdline', 'a variable in environ', 'late in cmdline'];
    expect(found.map((one) => one.replace(/ of .*/s, '')).toSorted()).toEqual(doors.toSorted());
  },
);

import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest';
import { type WindowsPeer, windowsWays } from '#test/make/windows-ways.ts';
import type { WindowsWorld } from '#test/servers/powershell-world.ts';
import type { WindowsConnection } from '../../electron/providers/connections/common/windows-connection.ts';

interface Subject {
  peer(): WindowsPeer;
  world(): WindowsWorld;
  connection(): WindowsConnection;
  /** A directory of the host, new for each test, where it lies. */
  directory(): string;
  /** A path in it, as Windows writes it, and where it lies. */
  at(name: string): string;
  real(name: string): string;
}

/** What every way to a Windows host promises, held over each of them. */
export function eachWindowsWay(promise: string, suite: (subject: Subject) => void): void {
  for (const [name, { can, start }] of Object.entries(windowsWays))
    describe.runIf(can)(`Windows over ${name}: ${promise}`, () => suite(subjectOf(start)));
}

function subjectOf(start: () => Promise<WindowsPeer>): Subject {
  let peer: WindowsPeer;
  let connection: WindowsConnection;
  let directory: string;
  beforeAll(async () => {
    peer = await start();
    connection = await peer.connect();
  });
  afterAll(async () => {
    await connection?.close();
    const left = peer?.left();
    await peer?.stop();
    expect(left).toBe(0);
  });
  beforeEach(() => {
    directory = mkdtempSync(join(peer.machine.world.drive, 'test '));
  });
  afterEach(() => {
    peer.machine.world.heal();
    rmSync(directory, { recursive: true, force: true });
    expect(peer.incidents()).toEqual([]);
  });
  const real = (name: string) => join(directory, ...name.split('\\'));
  return {
    peer: () => peer,
    world: () => peer.machine.world,
    connection: () => connection,
    directory: () => directory,
    real,
    at: (name) => (name === '' ? peer.machine.world.shown(directory) : peer.machine.world.shown(real(name))),
  };
}

import type { JunkWorld } from '../../../test/make/junk/world.ts';
import { ofDoors } from './of-doors.ts';
import { ofHosts } from './of-hosts.ts';
import { ofKeyStores } from './of-key-stores.ts';
import { ofKeys } from './of-keys.ts';
import { ofNames } from './of-names.ts';
import { ofPeers } from './of-peers.ts';
import { ofSockets } from './of-sockets.ts';
import { ofXml } from './of-xml.ts';
import type { OpenReaders } from './reader.ts';
import { readers } from './readers.ts';

/** Every reader there is, with what those of connections need open. */
export async function openReaders(world: JunkWorld): Promise<OpenReaders> {
  const connected = [await ofSockets(world), await ofPeers(), await ofDoors(), await ofNames()];
  return {
    readers: [
      ...(await readers()),
      ...ofHosts,
      ...ofKeys(),
      ...(await ofKeyStores()),
      ...ofXml(),
      ...connected.flatMap((one) => one.readers),
    ],
    wrongNow: async () => (await Promise.all(connected.map((one) => one.wrongNow()))).flat(),
    async close() {
      await Promise.all(connected.map((one) => one.close()));
    },
  };
}

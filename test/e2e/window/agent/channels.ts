import { channelDefinition } from '#shared/model/channel.ts';
import { type FakeTools, need, os } from './procedures.ts';

/** Channels: what is sent arrives, but for a host that is called broken. */
export function channelRoutes({ world, changed, did }: FakeTools) {
  const find = (id: string) =>
    need(world.channels, (one) => one.id === id || one.name === id, 'channel', id, 'trustkeep channels list');
  return {
    channels: {
      add: os.channels.add.handler(({ input }) => {
        did('channels.add', input);
        const { kind, name, ...flat } = input;
        const settings = channelDefinition({ kind }).fromFlat(flat);
        const id = `ch_${world.channels.length + 1}`;
        world.channels.push({ id, name, kind, settings, report: null, createdAt: Date.now(), waiting: 0 });
        changed('channels');
        return find(id);
      }),
      list: os.channels.list.handler(() => world.channels),
      show: os.channels.show.handler(({ input }) => find(input.channel)),
      update: os.channels.update.handler(({ input }) => {
        did('channels.update', input);
        return find(input.channel);
      }),
      remove: os.channels.remove.handler(({ input }) => {
        did('channels.remove', input);
        world.channels = world.channels.filter(({ id }) => id !== input.channel);
        changed('channels');
        return {};
      }),
      test: os.channels.test.handler(({ input }) => {
        did('channels.test', input);
        const channel = find(input.channel);
        const at = Date.now();
        channel.report = { at, ok: true, sentence: 'It answered 200.', failure: null, failingSince: null };
        changed('channels');
        return channel.report;
      }),
    },
  };
}

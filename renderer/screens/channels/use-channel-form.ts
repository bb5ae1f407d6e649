import { useState } from 'react';
import { channelCatalog, usualChannel } from '#shared/catalog/channels/index.ts';
import { type Channel, type ChannelKind, channelDefinition } from '#shared/model/channel.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { commandLine } from '../../parts/command-line.ts';
import { changedInput, readForm, startValues, withoutDefaults } from '../../parts/descriptor-form/values.ts';

/** What the form of a channel starts with, by the names of its catalog fields. */
function valuesOf(channel: Channel): Record<string, unknown> {
  return { name: channel.name, ...channelDefinition(channel).toFlat(channel.settings) };
}

/** What is typed into the form of a channel, a new one (null) or one that is there, and sending it. */
export function useChannelForm(channel: Channel | null, onClose: () => void) {
  const { client } = useBridge();
  const [kind, setKind] = useState<ChannelKind>(channel?.kind ?? usualChannel.id);
  const { fields } = channelCatalog[kind];
  const [before, setBefore] = useState(() => startValues(fields, channel === null ? {} : valuesOf(channel)));
  const [values, setValues] = useState(before);
  const [problems, setProblems] = useState<Record<string, string>>({});
  const add = useCommand(client.channels.add);
  const update = useCommand(client.channels.update);
  const choose = (next: ChannelKind): void => {
    const start = startValues(channelCatalog[next].fields);
    setKind(next);
    setBefore(start);
    setValues({ ...start, name: values.name ?? '' });
    setProblems({});
  };
  const submit = async (): Promise<void> => {
    const read = channel === null ? readForm(fields, values) : changedInput(fields, before, values);
    setProblems(read.problems);
    if (Object.keys(read.problems).length > 0) return;
    const saved =
      'input' in read
        ? await add.run({ ...read.input, kind, name: String(read.input.name) })
        : await update.run({ channel: channel?.id ?? '', changes: read.changes });
    if (saved !== undefined) onClose();
  };
  const line =
    channel === null
      ? commandLine('channels add', kind, withoutDefaults(fields, readForm(fields, values).input), fields)
      : commandLine('channels update', channel.name, changedInput(fields, before, values).changes, fields);
  return {
    ...{ kind, fields, values, problems, line, setValues, choose },
    busy: add.busy || update.busy,
    failure: add.failure ?? update.failure,
    submit: () => void submit(),
  };
}

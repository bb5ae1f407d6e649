import { Field, Radio, RadioGroup } from '@fluentui/react-components';
import { channelCatalog } from '#shared/catalog/channels/index.ts';
import { type Channel, type ChannelKind, channelKinds } from '#shared/model/channel.ts';
import { CommandBox } from '../../parts/command-box.tsx';
import { DescriptorForm } from '../../parts/descriptor-form/descriptor-form.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { en } from '../../text/en.ts';
import { useChannelForm } from './use-channel-form.ts';

/** Adds a channel, or changes one. */
export function ChannelForm({ channel, onClose }: { channel: Channel | null; onClose(): void }) {
  const form = useChannelForm(channel, onClose);
  return (
    <FormDialog
      title={channel === null ? en.channels.add : en.channels.editTitle(channel.name)}
      submit={channel === null ? en.channels.addYes : en.dialog.save}
      busy={form.busy}
      failure={form.failure}
      onSubmit={form.submit}
      onClose={onClose}
    >
      {channel === null && (
        <Field label={en.channels.kind} hint={channelCatalog[form.kind].help}>
          <RadioGroup
            layout="horizontal"
            value={form.kind}
            onChange={(_, data) => form.choose(data.value as ChannelKind)}
          >
            {channelKinds.map((one) => (
              <Radio key={one} value={one} label={channelCatalog[one].label} />
            ))}
          </RadioGroup>
        </Field>
      )}
      <DescriptorForm
        key={form.kind}
        fields={form.fields}
        values={form.values}
        problems={form.problems}
        onChange={form.setValues}
        editing={channel !== null}
      />
      <CommandBox line={form.line} />
    </FormDialog>
  );
}

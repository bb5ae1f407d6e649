import { Button, makeStyles, Spinner, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ChannelRow } from '#shared/contract/channels.ts';
import { channelDefinition } from '#shared/model/channel.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { Answer } from '../../parts/answer.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { AddIcon, BellIcon } from '../../parts/icons.ts';
import { Level, type Shade } from '../../parts/level.tsx';
import { OpenButton } from '../../parts/open-button.tsx';
import { Section } from '../../parts/section.tsx';
import { Time } from '../../parts/time.tsx';
import { en } from '../../text/en.ts';
import { ChannelForm } from './channel-form.tsx';

const useStyles = makeStyles({
  list: { listStyle: 'none', margin: 0, padding: 0 },
  item: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: tokens.spacingHorizontalM,
    padding: `${tokens.spacingVerticalS} 0`,
    ':not(:last-child)': { borderBottom: `1px solid ${tokens.colorNeutralStroke3}` },
  },
  what: { flexGrow: 1, flexBasis: '260px', minWidth: 0, overflowWrap: 'anywhere' },
  name: { fontWeight: tokens.fontWeightSemibold },
  soft: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
  buttons: { display: 'flex', gap: tokens.spacingHorizontalS },
});

/** Where notifications are sent besides this machine. */
export function ChannelsSection() {
  const styles = useStyles();
  const { queries } = useBridge();
  const [adding, setAdding] = useState(false);
  const query = useQuery(queries.channels.list.queryOptions({ input: {} }));
  return (
    <Section
      title={en.channels.title}
      icon={<BellIcon />}
      actions={
        <OpenButton icon={<AddIcon />} onClick={() => setAdding(true)}>
          {en.channels.add}
        </OpenButton>
      }
    >
      <p style={{ marginTop: 0 }}>{en.channels.text}</p>
      <Answer query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <span>{en.channels.none}</span>
          ) : (
            <ul className={styles.list}>
              {rows.map((row) => (
                <ChannelItem key={row.id} channel={row} />
              ))}
            </ul>
          )
        }
      </Answer>
      {adding && <ChannelForm channel={null} onClose={() => setAdding(false)} />}
    </Section>
  );
}

function ChannelItem({ channel }: { channel: ChannelRow }) {
  const styles = useStyles();
  const { client } = useBridge();
  const [open, setOpen] = useState<'edit' | 'remove' | null>(null);
  const test = useCommand(() => client.channels.test({ channel: channel.id }));
  const remove = useCommand(() => client.channels.remove({ channel: channel.id }));
  const { name, settings } = channel;
  const close = (): void => setOpen(null);
  return (
    <li className={styles.item}>
      <div className={styles.what}>
        <div className={styles.name}>{name}</div>
        <div className={styles.soft}>{channelDefinition(channel).place(settings)}</div>
        <State channel={channel} />
        <FailureBar failure={test.failure ?? channel.report?.failure ?? null} />
      </div>
      <div className={styles.buttons}>
        <Button
          size="small"
          aria-label={en.channels.testOne(name)}
          disabledFocusable={test.busy}
          {...(test.busy ? { icon: <Spinner size="tiny" /> } : {})}
          onClick={() => void test.run(undefined)}
        >
          {test.busy ? en.channels.testing : en.channels.test}
        </Button>
        <OpenButton size="small" aria-label={en.channels.editOne(name)} onClick={() => setOpen('edit')}>
          {en.channels.edit}
        </OpenButton>
        <OpenButton size="small" aria-label={en.channels.removeOne(name)} onClick={() => setOpen('remove')}>
          {en.channels.remove}
        </OpenButton>
      </div>
      {open === 'edit' && <ChannelForm channel={channel} onClose={close} />}
      <Confirm
        open={open === 'remove'}
        title={en.channels.removeTitle(name)}
        yes={en.channels.remove}
        busy={remove.busy}
        failure={remove.failure}
        onYes={() => void remove.run(undefined)}
        onClose={close}
      >
        {en.channels.removeText}
      </Confirm>
    </li>
  );
}

function State({ channel: { report, waiting } }: { channel: ChannelRow }) {
  const styles = useStyles();
  const shade: Shade = report === null ? 'unknown' : report.ok ? 'ok' : 'danger';
  const word = report === null ? en.channels.unused : report.ok ? en.channels.delivered : en.channels.failing;
  return (
    <div className={styles.soft}>
      <Level shade={shade}>{word}</Level> {report !== null && <Time at={report.at} />}
      {waiting > 0 && ` · ${en.channels.waiting(waiting)}`}
    </div>
  );
}

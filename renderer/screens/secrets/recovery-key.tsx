import { Button, Checkbox, makeStyles, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { CopyButton } from '../../parts/copy-button.tsx';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { en } from '../../text/en.ts';

const useStyles = makeStyles({
  stack: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalL },
  key: {
    display: 'block',
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase500,
    lineHeight: tokens.lineHeightBase600,
    padding: tokens.spacingHorizontalL,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground3,
    overflowWrap: 'anywhere',
    userSelect: 'all',
  },
  row: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS, alignItems: 'center' },
  text: { margin: 0 },
});

/**
 * Shown once. The key lives in this part only and is forgotten with it; whoever draws it must keep it drawn until
 * `onDone`, whatever the agent says in between.
 */
export function RecoveryKey({ onDone }: { onDone(): void }) {
  const styles = useStyles();
  const { client } = useBridge();
  const [key, setKey] = useState<string | null>(null);
  const [written, setWritten] = useState(false);
  const show = useCommand(() => client.secrets.recoveryKey({}));
  const reveal = async (): Promise<void> => setKey((await show.run(undefined))?.recoveryKey ?? null);
  if (key === null)
    return (
      <div className={styles.stack}>
        <p className={styles.text}>{en.secrets.recoveryText}</p>
        <FailureBar failure={show.failure} />
        <div className={styles.row}>
          <Button appearance="primary" disabled={show.busy} onClick={() => void reveal()}>
            {en.secrets.show}
          </Button>
          <Button appearance="subtle" onClick={onDone}>
            {en.secrets.notNow}
          </Button>
        </div>
      </div>
    );
  return (
    <div className={styles.stack}>
      <p className={styles.text}>{en.secrets.recoveryText}</p>
      <output className={styles.key} data-recovery-key>
        {key}
      </output>
      <div className={styles.row}>
        <CopyButton text={key} what={en.secrets.recoveryKey} label={en.secrets.copyKey} />
      </div>
      <Checkbox
        checked={written}
        label={en.secrets.wroteDown}
        onChange={(_, data) => setWritten(data.checked === true)}
      />
      <div>
        <Button appearance="primary" disabled={!written} onClick={onDone}>
          {en.secrets.goOn}
        </Button>
      </div>
    </div>
  );
}

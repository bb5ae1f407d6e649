import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  ProgressBar,
  tokens,
} from '@fluentui/react-components';
import { useRef, useState } from 'react';
import { en } from '../../text/en.ts';
import { CommandBox } from '../command-box.tsx';
import { CopyButton } from '../copy-button.tsx';
import { Level } from '../level.tsx';
import { Names } from '../some.tsx';
import { type BulkAction, type BulkFailure, type BulkResult, runForAll } from './bulk.ts';

const useStyles = makeStyles({
  content: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  failures: { margin: 0, padding: 0, listStyle: 'none' },
  failure: {
    padding: `${tokens.spacingVerticalXS} 0`,
    overflowWrap: 'anywhere',
    ':not(:last-child)': { borderBottom: `1px solid ${tokens.colorNeutralStroke3}` },
  },
  hint: { color: tokens.colorNeutralForeground3 },
});

interface BulkDialogProps<Row> {
  action: BulkAction<Row>;
  rows: readonly { key: string; row: Row }[];
  onClose(): void;
}

type Stage = 'asking' | 'running' | 'over';

/** Asks, shows how far it is, and says for each row where it failed. What was asked about is what it is done to, whatever the list shows by then. */
export function BulkDialog<Row>({ action, rows, onClose }: BulkDialogProps<Row>) {
  const styles = useStyles();
  const [stage, setStage] = useState<Stage>('asking');
  const [result, setResult] = useState<BulkResult>({ done: 0, failed: [] });
  const giveUp = useRef(new AbortController());
  const fit = rows.filter(({ row }) => action.can?.(row) ?? true);
  const run = async (): Promise<void> => {
    setStage('running');
    await runForAll(action, fit, giveUp.current.signal, setResult);
    setStage('over');
  };
  const close = (): void => (stage === 'running' ? giveUp.current.abort() : onClose());
  return (
    <Dialog open modalType="alert" onOpenChange={(_, data) => !data.open && close()}>
      <DialogSurface data-bulk={action.id}>
        <DialogBody>
          <DialogTitle>{stage === 'over' ? action.label : action.title(fit.length)}</DialogTitle>
          <DialogContent className={styles.content}>
            {stage === 'asking' ? (
              <Question action={action} rows={fit} others={rows.length - fit.length} />
            ) : (
              <Progress result={result} of={fit.length} running={stage === 'running'} />
            )}
          </DialogContent>
          <DialogActions>
            <Button onClick={close}>{stage === 'over' ? en.dialog.close : en.dialog.cancel}</Button>
            {stage !== 'over' && (
              <Button
                appearance="primary"
                disabledFocusable={stage === 'running' || fit.length === 0}
                onClick={() => void run()}
              >
                {action.label}
              </Button>
            )}
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

const commandsShown = 3;
const namesShown = 200;

function Question<Row>(props: {
  action: BulkAction<Row>;
  rows: readonly { key: string; row: Row }[];
  /** Selected rows that it cannot be done to. */
  others: number;
}) {
  const { action, rows, others } = props;
  const commands = rows.slice(0, commandsShown).map(({ row }) => action.command(row));
  const text = commands.map((line) => line.text).join('\n');
  return (
    <>
      <div>{action.text}</div>
      <Names names={rows.slice(0, namesShown).map(({ row }) => action.name(row))} />
      {rows.length > namesShown && <div>{en.some.more(rows.length - namesShown)}</div>}
      {others > 0 && <div>{en.table.cannot(others)}</div>}
      {commands.length > 0 && <CommandBox line={{ text, asks: [] }} />}
      {rows.length > commandsShown && (
        <div>
          <CopyButton
            size="small"
            label={en.copy.copy(en.table.allCommands(rows.length))}
            what={en.table.allCommands(rows.length)}
            text={() => rows.map(({ row }) => action.command(row).text).join('\n')}
          />
        </div>
      )}
    </>
  );
}

function Progress({ result, of, running }: { result: BulkResult; of: number; running: boolean }) {
  const { done, failed } = result;
  const ended = done + failed.length;
  return (
    <>
      {running && <ProgressBar value={ended} max={of} aria-label={en.table.progress(ended, of)} />}
      <div role="status">
        {running ? (
          en.table.progress(ended, of)
        ) : (
          <Level shade={failed.length > 0 || ended < of ? 'attention' : 'ok'}>
            {en.table.outcome(done, failed.length, of - ended)}
          </Level>
        )}
      </div>
      <Failures failed={failed} />
    </>
  );
}

/** So many are listed; a list of thousands would hold the window up. */
const failuresShown = 100;

function Failures({ failed }: { failed: readonly BulkFailure[] }) {
  const styles = useStyles();
  if (failed.length === 0) return null;
  return (
    <ul className={styles.failures}>
      {failed.slice(0, failuresShown).map(({ key, name, failure }) => (
        <li key={key} className={styles.failure} data-failure={failure.code}>
          <strong>{name}</strong>: {failure.sentence}
          {failure.hint !== undefined && <div className={styles.hint}>{failure.hint}</div>}
        </li>
      ))}
      {failed.length > failuresShown && (
        <li className={styles.failure}>{en.some.more(failed.length - failuresShown)}</li>
      )}
    </ul>
  );
}

import { Button, Field, Input, makeStyles, tokens } from '@fluentui/react-components';
import { type ReactNode, useState } from 'react';
import type { FailureData } from '#shared/failure.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { Browse } from '../../parts/browse.tsx';
import { CommandBox } from '../../parts/command-box.tsx';
import { commandLine } from '../../parts/command-line.ts';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { dateOf } from '../../parts/format.ts';
import { BackupIcon } from '../../parts/icons.ts';
import { Notice } from '../../parts/notice.tsx';
import { OpenButton } from '../../parts/open-button.tsx';
import { PassphraseFields, shortestPassphrase, usePassphrase } from '../../parts/passphrase.tsx';
import { Section } from '../../parts/section.tsx';
import { en } from '../../text/en.ts';

const words = en.backups;

const useStyles = makeStyles({
  stack: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  row: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
});

interface Done {
  title: string;
  sentence: string;
  /** It takes effect at the next start. */
  restart: boolean;
}

/** Everything into one encrypted file, and back. */
export function BackupSection() {
  const styles = useStyles();
  const [open, setOpen] = useState<'create' | 'restore' | null>(null);
  const [done, setDone] = useState<Done | null>(null);
  const finish = (result: Done): void => {
    setDone(result);
    setOpen(null);
  };
  return (
    <Section title={words.title} icon={<BackupIcon />}>
      <div className={styles.stack}>
        <span>{words.text}</span>
        {done !== null && <DoneNotice done={done} />}
        <div className={styles.row}>
          <OpenButton onClick={() => setOpen('create')}>{words.create}</OpenButton>
          <OpenButton onClick={() => setOpen('restore')}>{words.restore}</OpenButton>
        </div>
      </div>
      {open === 'create' && <CreateBackup onDone={finish} onClose={() => setOpen(null)} />}
      {open === 'restore' && <RestoreBackup onDone={finish} onClose={() => setOpen(null)} />}
    </Section>
  );
}

function DoneNotice({ done }: { done: Done }) {
  const { client } = useBridge();
  const stop = useCommand(() => client.agent.stop({}));
  const [stopping, setStopping] = useState(false);
  const stopNow = async (): Promise<void> => {
    setStopping(true);
    if ((await stop.run(undefined)) === undefined) setStopping(false);
  };
  return (
    <>
      <FailureBar failure={stop.failure} />
      <Notice
        intent={done.restart ? 'warning' : 'success'}
        title={`${done.title}.`}
        {...(done.restart && !stopping
          ? {
              actions: (
                <Button size="small" onClick={() => void stopNow()}>
                  {words.stop}
                </Button>
              ),
            }
          : {})}
      >
        {done.sentence} {stopping && words.stopping}
      </Notice>
    </>
  );
}

interface SheetProps {
  onDone(done: Done): void;
  onClose(): void;
}

function CreateBackup({ onDone, onClose }: SheetProps) {
  const { client } = useBridge();
  const create = useCommand(client.backups.create);
  const send = async (path: string, passphrase: string): Promise<void> => {
    const made = await create.run({ path, passphrase });
    if (made !== undefined)
      onDone({ title: `${words.made} (${words.size(made.bytes)})`, sentence: made.sentence, restart: false });
  };
  return (
    <Sheet
      verb="create"
      title={words.createTitle}
      submit={create.busy ? words.creating : words.createYes}
      busy={create.busy}
      failure={create.failure}
      pathHint={words.createHint}
      onSend={send}
      onClose={onClose}
    />
  );
}

function RestoreBackup({ onDone, onClose }: SheetProps) {
  const { client } = useBridge();
  const restore = useCommand(client.backups.restore);
  const send = async (path: string, passphrase: string): Promise<void> => {
    const answer = await restore.run({ path, passphrase });
    if (answer !== undefined)
      onDone({ title: words.restored(dateOf(answer.madeAt)), sentence: answer.sentence, restart: true });
  };
  return (
    <Sheet
      verb="restore"
      title={words.restoreTitle}
      submit={restore.busy ? words.restoring : words.restoreYes}
      busy={restore.busy}
      failure={restore.failure}
      pathHint={words.restoreHint}
      onSend={send}
      onClose={onClose}
    >
      {words.restoreText}
    </Sheet>
  );
}

/** A file and its passphrase; the passphrase is read from its field when it is sent, and kept nowhere. */
function Sheet(props: {
  verb: 'create' | 'restore';
  title: string;
  submit: string;
  busy: boolean;
  failure: FailureData | null;
  pathHint: string;
  onSend(path: string, passphrase: string): Promise<void>;
  onClose(): void;
  children?: ReactNode;
}) {
  const twice = props.verb === 'create';
  const [path, setPath] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const passphrase = usePassphrase(twice);
  const submit = (): void => {
    const wrong = path.trim() === '' ? words.needPath : null;
    setProblem(wrong);
    if (wrong !== null) return;
    const taken = passphrase.take();
    if (taken !== null) void props.onSend(path.trim(), taken);
  };
  return (
    <FormDialog
      title={props.title}
      submit={props.submit}
      busy={props.busy}
      failure={props.failure}
      onSubmit={submit}
      onClose={props.onClose}
    >
      {props.children !== undefined && <Notice intent="warning">{props.children}</Notice>}
      <PathField
        path={path}
        hint={props.pathHint}
        problem={problem}
        browsed={props.verb === 'restore'}
        onChange={setPath}
      />
      <PassphraseFields
        passphrase={passphrase}
        twice={twice}
        hint={twice ? words.passphraseHint(shortestPassphrase) : ''}
      />
      <CommandBox
        line={commandLine(`backup ${props.verb}`, path.trim(), { passphrase: '?' }, [
          { name: 'passphrase', label: en.secrets.passphrase, help: '', kind: 'secret' },
        ])}
      />
    </FormDialog>
  );
}

/** The file of a backup; only one that is there already can be picked. */
function PathField(props: {
  path: string;
  hint: string;
  problem: string | null;
  browsed: boolean;
  onChange(path: string): void;
}) {
  const { path, problem, onChange } = props;
  return (
    <Field
      label={words.path}
      hint={props.hint}
      required
      {...(problem === null ? {} : { validationMessage: problem, validationState: 'error' as const })}
    >
      {(frame) => {
        const input = (
          <Input
            {...frame}
            value={path}
            spellCheck={false}
            autoComplete="off"
            data-field="path"
            onChange={(_, data) => onChange(data.value)}
          />
        );
        if (!props.browsed) return input;
        return (
          <Browse label={words.path} name="path" onPick={onChange}>
            {input}
          </Browse>
        );
      }}
    </Field>
  );
}

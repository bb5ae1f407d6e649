import { Button, makeStyles, ProgressBar, Spinner, Switch, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import type { AutoupdateStatus } from '#shared/model/update.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { CommandBox } from '../../parts/command-box.tsx';
import { commandLine } from '../../parts/command-line.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { type Fact, Facts } from '../../parts/facts.tsx';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { Mono } from '../../parts/hash.tsx';
import { Level } from '../../parts/level.tsx';
import { updateShade } from '../../parts/shades.ts';
import { Time } from '../../parts/time.tsx';
import { en } from '../../text/en.ts';

const words = en.autoupdate;

const useStyles = makeStyles({
  stack: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  row: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalS },
  hint: { color: tokens.colorNeutralForeground3 },
});

/** The state as it is, and what may be done in it. */
export function UpdateState({ status }: { status: AutoupdateStatus }) {
  const styles = useStyles();
  const { state, sentence, failure } = status;
  return (
    <div className={styles.stack} data-update={state}>
      <div className={styles.row}>
        <Level shade={updateShade[state]} pill>
          {words.states[state]}
        </Level>
        {failure === null && <span role="status">{sentence}</span>}
      </div>
      <FailureBar failure={failure} />
      <Progress status={status} />
      <OnOff status={status} />
      <Facts facts={factsOf(status)} />
      <Actions status={status} />
    </div>
  );
}

function Progress({ status: { progress, offered } }: { status: AutoupdateStatus }) {
  if (progress === null || offered === null) return null;
  const text = words.progress(
    progress.percent,
    words.megabytes(progress.bytes),
    words.megabytes(offered.size),
  );
  return (
    <div>
      <ProgressBar
        value={progress.percent / 100}
        aria-label={words.states.downloading}
        aria-valuetext={text}
      />
      <span>{text}</span>
    </div>
  );
}

function OnOff({ status }: { status: AutoupdateStatus }) {
  const { client } = useBridge();
  const enable = useCommand(client.autoupdate.enable);
  const disable = useCommand(client.autoupdate.disable);
  const busy = enable.busy || disable.busy;
  const decided = status.policy.enabled !== null || status.disabledBy === 'package';
  return (
    <>
      <Switch
        label={words.enabled}
        checked={decided ? status.enabled : status.settings.enabled}
        disabled={decided || busy}
        onChange={(_, { checked }) => void (checked ? enable : disable).run({})}
      />
      <FailureBar failure={enable.failure ?? disable.failure} />
    </>
  );
}

function factsOf(status: AutoupdateStatus): Fact[] {
  const { lastCheckAt, nextCheckAt, feed } = status;
  return [
    [words.version, status.version],
    [words.package, words.packages[status.package]],
    [words.feed, feed === null ? words.noFeed : <Mono key="f">{feed}</Mono>],
    [
      words.lastCheck,
      lastCheckAt === null ? (
        words.never
      ) : (
        <span key="l">
          <Time at={lastCheckAt} />
          {status.byHand && `, ${words.byHand}`}
        </span>
      ),
    ],
    [words.result, status.lastResult],
    [words.nextCheck, nextCheckAt === null ? null : <Time key="n" at={nextCheckAt} />],
  ];
}

type Asking = 'install' | 'go-back' | null;

function Actions({ status }: { status: AutoupdateStatus }) {
  const styles = useStyles();
  const { client } = useBridge();
  const [asking, setAsking] = useState<Asking>(null);
  const check = useCommand(client.autoupdate.check);
  const cancel = useCommand(client.autoupdate.cancel);
  const { state, offered, previous } = status;
  const busy = check.busy || ['checking', 'downloading', 'installing'].includes(state);
  const own = status.commands.length === 0;
  const installable = own && offered !== null && ['available', 'ready', 'failed'].includes(state);
  return (
    <>
      <FailureBar failure={status.failure === null ? (check.failure ?? cancel.failure) : cancel.failure} />
      <div className={styles.row}>
        {installable && (
          <Button appearance="primary" onClick={() => setAsking('install')}>
            {state === 'ready' ? words.install : words.download}
          </Button>
        )}
        <Button
          disabledFocusable={busy}
          onClick={() => void (busy || check.run({}))}
          {...(check.busy ? { icon: <Spinner size="tiny" /> } : {})}
        >
          {check.busy ? words.checking : words.check}
        </Button>
        {state === 'downloading' && <Button onClick={() => void cancel.run({})}>{words.cancel}</Button>}
        {previous !== null && (
          <Button onClick={() => setAsking('go-back')}>{words.goBack(previous.version)}</Button>
        )}
      </div>
      {!status.enabled && status.disabledBy !== 'feed' && (
        <span className={styles.hint}>{words.checkOff}</span>
      )}
      <Asked asking={asking} status={status} onClose={() => setAsking(null)} />
    </>
  );
}

function Asked({ asking, status, onClose }: { asking: Asking; status: AutoupdateStatus; onClose(): void }) {
  const styles = useStyles();
  const { client } = useBridge();
  const install = useCommand(client.autoupdate.install);
  const goBack = useCommand(client.autoupdate.goBack);
  const { offered, previous } = status;
  const installNow = async (when_idle: boolean): Promise<void> => {
    if ((await install.run(when_idle ? { when_idle } : {})) !== undefined) onClose();
  };
  const back = async (): Promise<void> => {
    if ((await goBack.run({})) !== undefined) onClose();
  };
  return (
    <>
      <Confirm
        open={asking === 'install' && offered !== null}
        title={words.installTitle(offered?.version ?? '')}
        yes={words.installYes}
        busy={install.busy}
        failure={install.failure}
        onYes={() => void installNow(false)}
        onClose={onClose}
      >
        <div className={styles.stack}>
          <span>{words.installText}</span>
          {install.failure?.code === 'update.busy' && (
            <Button onClick={() => void installNow(true)}>{words.whenIdle}</Button>
          )}
          <CommandBox line={commandLine('autoupdate install', '', {})} />
        </div>
      </Confirm>
      <Confirm
        open={asking === 'go-back' && previous !== null}
        title={words.goBackTitle(previous?.version ?? '')}
        yes={words.goBackYes}
        busy={goBack.busy}
        failure={goBack.failure}
        onYes={() => void back()}
        onClose={onClose}
      >
        <div className={styles.stack}>
          <span>{words.goBackText(previous?.version ?? '')}</span>
          <CommandBox line={commandLine('autoupdate go-back', '', {})} />
        </div>
      </Confirm>
    </>
  );
}

import { Button, makeStyles, Spinner, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import type { FailureData } from '#shared/failure.ts';
import type { Authority, AuthorityAccount } from '#shared/model/authority.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useCommand } from '../../bridge/use-command.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { type Fact, Facts } from '../../parts/facts.tsx';
import { FailureBar } from '../../parts/failure-bar.tsx';
import { Hash } from '../../parts/hash.tsx';
import { LookIcon } from '../../parts/icons.ts';
import { Level } from '../../parts/level.tsx';
import { Notice } from '../../parts/notice.tsx';
import { OpenButton } from '../../parts/open-button.tsx';
import { Section } from '../../parts/section.tsx';
import { en } from '../../text/en.ts';
import { ImportAccount } from './import-account.tsx';

const words = en.authorityAccount;

const useStyles = makeStyles({
  stack: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  row: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
});

/** What is done with the account, and what is said when the CA has accepted it. */
const changes = {
  accountUpdate: words.contactSent,
  accountRollKey: words.keyRolled,
  accountRegister: words.registered,
  accountDeactivate: words.deactivated,
} as const;
type Change = keyof typeof changes;

/** The two that are asked about first. */
const questions = {
  accountRegister: { title: words.registerTitle, text: words.registerText, yes: words.registerYes },
  accountDeactivate: { title: words.deactivateTitle, text: words.deactivateText, yes: words.deactivateYes },
} as const;

/** What the CA last answered, and what it accepted since; null: it has no account. */
interface Seen {
  account: AuthorityAccount | null;
  said: string | null;
}

/** The account at the CA of an authority. The CA is asked when a person wants to see it, never for drawing. */
export function AccountSection({ authority }: { authority: Authority }) {
  const styles = useStyles();
  const { client } = useBridge();
  const [seen, setSeen] = useState<Seen | null>(null);
  const [asking, setAsking] = useState<keyof typeof questions | 'import' | null>(null);
  const show = useCommand(() => client.authorities.accountShow({ authority: authority.id }));
  const change = useChange(authority, seen?.account?.url);
  const look = async (): Promise<void> => {
    const answer = await show.run(undefined);
    if (answer !== undefined) setSeen({ account: answer.account, said: null });
  };
  const carryOut = async (verb: Change): Promise<void> => {
    const account = await change.run(verb);
    if (account === undefined) return;
    setSeen({ account, said: changes[verb] });
    setAsking(null);
  };
  const open = (what: typeof asking): void => {
    change.clear();
    setAsking(what);
  };
  const question = asking === null || asking === 'import' ? null : asking;
  return (
    <Section title={words.title} actions={<ShowButton busy={show.busy} onClick={() => void look()} />}>
      <div className={styles.stack}>
        <FailureBar failure={show.failure ?? (question === null ? change.failure : null)} />
        {seen === null ? <span>{words.hint}</span> : <SeenAccount seen={seen} />}
        <Actions
          account={seen?.account ?? null}
          shown={seen !== null}
          busy={change.busy}
          onChange={(verb) => void carryOut(verb)}
          onOpen={open}
        />
      </div>
      {question !== null && (
        <Question
          about={question}
          name={authority.name}
          change={change}
          onYes={() => void carryOut(question)}
          onClose={() => open(null)}
        />
      )}
      {asking === 'import' && (
        <ImportAccount
          authority={authority}
          onDone={({ account, client: from, keyFile }) => {
            setSeen({ account, said: words.imported(from, keyFile) });
            setAsking(null);
          }}
          onClose={() => setAsking(null)}
        />
      )}
    </Section>
  );
}

/** What cannot be undone is done to the very account that was shown. */
function useChange({ id }: Authority, account: string | undefined) {
  const { client } = useBridge();
  return useCommand((verb: Change) =>
    verb in questions
      ? client.authorities[verb as keyof typeof questions]({ authority: id, account })
      : client.authorities[verb]({ authority: id }),
  );
}

function Question(props: {
  about: keyof typeof questions;
  name: string;
  change: { busy: boolean; failure: FailureData | null };
  onYes(): void;
  onClose(): void;
}) {
  const { title, text, yes } = questions[props.about];
  const { busy, failure } = props.change;
  return (
    <Confirm
      open
      title={title(props.name)}
      yes={yes}
      busy={busy}
      failure={failure}
      onYes={props.onYes}
      onClose={props.onClose}
    >
      {text}
    </Confirm>
  );
}

function ShowButton({ busy, onClick }: { busy: boolean; onClick(): void }) {
  return (
    <Button icon={busy ? <Spinner size="tiny" /> : <LookIcon />} disabledFocusable={busy} onClick={onClick}>
      {busy ? words.asking : words.show}
    </Button>
  );
}

function SeenAccount({ seen: { account, said } }: { seen: Seen }) {
  return (
    <>
      {said !== null && <Notice intent="success">{said}</Notice>}
      {account === null ? <span>{words.none}</span> : <Facts facts={factsOf(account)} />}
    </>
  );
}

function factsOf({ url, status, contact, thumbprint, eabKeyId }: AuthorityAccount): Fact[] {
  return [
    [words.url, url],
    [words.state, <State key="s" status={status} />],
    [words.contact, contact === null ? words.notShown : contact.join(', ') || words.noContact],
    [words.key, <Hash key="k" value={thumbprint} what={words.key} whole />],
    [words.binding, eabKeyId ?? words.noBinding],
  ];
}

function State({ status }: { status: string | null }) {
  if (status === null) return words.notShown;
  if (status === 'valid') return <Level shade="ok">{words.valid}</Level>;
  return <Level shade="danger">{`${status.slice(0, 1).toUpperCase()}${status.slice(1)}`}</Level>;
}

/** An account that is over can be replaced, and nothing else. */
function Actions(props: {
  account: AuthorityAccount | null;
  /** Whether the CA was asked: what would change an account is offered to who has seen it. */
  shown: boolean;
  busy: boolean;
  onChange(verb: Change): void;
  onOpen(what: keyof typeof questions | 'import'): void;
}) {
  const styles = useStyles();
  const { account, shown, busy, onChange, onOpen } = props;
  const works = account !== null && (account.status === null || account.status === 'valid');
  return (
    <div className={styles.row}>
      {works && (
        <>
          <Button disabledFocusable={busy} onClick={() => onChange('accountUpdate')}>
            {words.sendContact}
          </Button>
          <Button disabledFocusable={busy} onClick={() => onChange('accountRollKey')}>
            {words.rollKey}
          </Button>
        </>
      )}
      <OpenButton disabledFocusable={busy} onClick={() => onOpen('import')}>
        {words.import}
      </OpenButton>
      {shown && (
        <OpenButton disabledFocusable={busy} onClick={() => onOpen('accountRegister')}>
          {words.register}
        </OpenButton>
      )}
      {works && (
        <OpenButton disabledFocusable={busy} onClick={() => onOpen('accountDeactivate')}>
          {words.deactivate}
        </OpenButton>
      )}
    </div>
  );
}
